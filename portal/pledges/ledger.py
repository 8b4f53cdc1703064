"""The ledger: what was promised, published, taken and attended, counted and shown.

Pure: no Flask, no database. Numbers of places are the employers’ and are shown as they are. Numbers
of young people are rounded, and small ones are not shown, so that nobody can be found in them by
reading one table against another.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

ROUNDED_TO = 5
FEW = f"fewer than {ROUNDED_TO}"


class Side(StrEnum):
    """By what the ledger can be cut."""

    TIER = "tier"
    EXPERIENCE = "experience"
    TERM = "term"
    SECTOR = "sector"
    DISTRICT = "district"
    SIZE = "size"


@dataclass(frozen=True)
class Tally:
    """How many experiences for one young person each, at the four stages of the pledge."""

    promised: int = 0
    published: int = 0
    taken: int = 0
    attended: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        return Tally(
            self.promised + other.promised,
            self.published + other.published,
            self.taken + other.taken,
            self.attended + other.attended,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return self == Tally()


NOTHING = Tally()


@dataclass(frozen=True)
class Line:
    """A tally with where it stands on some sides; an empty word where that is not known."""

    where: Mapping[Side, str]
    tally: Tally


@dataclass(frozen=True)
class Ledger:
    """One school year, cut by each side. The parts of every side add up to the same total."""

    parts: Mapping[Side, Mapping[str, Tally]]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "Ledger":
        """From lines, each of which counts on the sides that it names."""
        parts: dict[Side, dict[str, Tally]] = {side: {} for side in Side}
        for line in lines:
            for side, value in line.where.items():
                parts[side][value] = parts[side].get(value, NOTHING) + line.tally
        return cls(parts)

    def by(self, side: Side) -> Mapping[str, Tally]:
        """Cut by one side."""
        return self.parts[side]

    @property
    def total(self) -> Tally:
        """Everything together."""
        return self.at(Side.TIER, self.by(Side.TIER))

    def at(self, side: Side, values: Iterable[str]) -> Tally:
        """What stands at some values of a side, together."""
        return sum((self.by(side).get(value, NOTHING) for value in values), NOTHING)


def rounded(people: int) -> int | None:
    """A number of young people as it may be published; None when it is too small to be."""
    if 0 < people < ROUNDED_TO:
        return None
    return ROUNDED_TO * ((people + ROUNDED_TO // 2) // ROUNDED_TO)


def shown(people: int) -> str:
    """The same in words."""
    number = rounded(people)
    return FEW if number is None else f"{number:,}"


@dataclass(frozen=True)
class Public:
    """A tally as anybody may read it."""

    promised: int
    published: int
    taken: int | str
    attended: int | str

    @classmethod
    def of(cls, tally: Tally) -> "Public":
        """Places as they are; young people rounded, small numbers in words."""

        def people(number: int) -> int | str:
            found = rounded(number)
            return FEW if found is None else found

        return cls(tally.promised, tally.published, people(tally.taken), people(tally.attended))


def share(part: int, whole: int) -> float:
    """How far a part fills a whole, from 0 to 1."""
    return min(part / whole, 1.0) if whole > 0 else 0.0
