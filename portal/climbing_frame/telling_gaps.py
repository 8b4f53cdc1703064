"""Gaps as people read them: what each is called, where it leads, and what we know of it.

The words are chosen with care: a row says what we know of, and never that something is missing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.gaps import (
    Gap,
    GapKind,
    OpeningGap,
    ProgrammeGap,
    RequirementGap,
    RoleGap,
    SquareGap,
)
from portal.climbing_frame.graph import Hold
from portal.climbing_frame.starting import Demand, Requirement
from portal.taxonomy import Level, Square
from portal.templating import counted, listed

MOST_EXAMPLES = 3
ONE_OF_THEM = {
    GapKind.SQUARE: "Step",
    GapKind.ROLE: "Growing job",
    GapKind.REQUIREMENT: "Asked for",
    GapKind.PROGRAMME: "Way in",
    GapKind.OPENING: "Nothing to apply for",
}
GRADES = {
    "entry": "Entry level",
    "three": "grade 3 or Level 1",
    "four": "grade 4 or Level 2",
    "five": "grade 5 or above",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A gap as it is told: what it is called, where it leads, and what we know of it."""

    gap: Gap
    title: str
    path: str
    known: str
    examples_are: str
    examples: tuple[Hold, ...]
    sector_name: str

    @property
    def kind_name(self) -> str:
        """What kind of gap it is, in words."""
        return ONE_OF_THEM[self.gap.kind]


def told(gap: Gap, words: Vocabulary) -> Row:
    """A gap in words, the same for the page and for both files."""
    match gap:
        case SquareGap():
            title, path, known, are, examples = _square(gap, words)
        case RoleGap():
            title, path = gap.role.title, gap.role.path
            known, are = _role(gap, words), "In the way"
            examples = (gap.wanted,) if gap.wanted else ()
        case RequirementGap():
            title, path, known = _requirement(gap, words)
            are, examples = "Asked for by", gap.asked_by
        case ProgrammeGap():
            title, path = gap.programme.title, gap.programme.path
            jobs = counted(len(gap.roles), "growing job")
            known = f"It leads into {jobs}. We do not know of a course in it near here."
            are, examples = "Leads into", gap.roles
        case OpeningGap():
            title, path = gap.role.title, gap.role.path
            known = "We do not know of a vacancy or an experience of work for it near here."
            are, examples = "Leads into it", gap.programmes
        case _:
            message = f"nobody has said how to tell a {gap.kind}"
            raise TypeError(message)
    return Row(
        gap=gap,
        title=title,
        path=path,
        known=known,
        examples_are=are,
        examples=examples[:MOST_EXAMPLES],
        sector_name=words.sector_name(gap.sector),
    )


def _square(gap: SquareGap, words: Vocabulary) -> tuple[str, str, str, str, tuple[Hold, ...]]:
    level = gap.level or Level.ENTRY
    stands = [
        counted(len(holds), name)
        for holds, name in ((gap.roles, "job"), (gap.programmes, "qualification"))
        if holds
    ]
    known = (
        f"{listed(stands)} {'stands' if gap.touches == 1 else 'stand'} here. "
        "We do not know of a course near here at this level in this area of work. "
    )
    if gap.beside:
        known += f"We do know of courses one step away, at {_levels(gap.beside, words, 'and')}."
    else:
        known += "Nor do we know of one a step below or above it."
    title = f"{words.level_name(level)} in {words.sector_name(gap.sector)}"
    path = f"/climbing-frame/squares/{Square(level, gap.sector or '')}"
    return title, path, known, "Here", (*gap.roles, *gap.programmes)


def _role(gap: RoleGap, words: Vocabulary) -> str:
    starts = _levels(gap.starts, words, "or")
    known = f"We do not know of a full route near here for somebody who starts at {starts}. "
    if gap.wanted is None:
        return known + "We found no steps that join up all the way."
    if not gap.lacking:
        return known + f"We do not know of a course near here in {gap.wanted.title}."
    asks = listed(_asks(gap.lacking))
    return known + (
        f"{gap.wanted.title} asks for {asks}. "
        "We do not know of a course near here that gives that on the way."
    )


def _asks(lacking: Iterable[Demand]) -> list[str]:
    """What is asked, in words; English and maths together where they are asked alike."""
    grades: dict[str, list[str]] = {}
    others = []
    for demand in lacking:
        if demand.requirement in {Requirement.ENGLISH, Requirement.MATHS}:
            name = "English" if demand.requirement is Requirement.ENGLISH else "maths"
            grades.setdefault(demand.wanted, []).append(name)
        else:
            others.append(demand.wanted)
    return [f"{listed(names)} at {GRADES[grade]}" for grade, names in grades.items()] + others


def _requirement(gap: RequirementGap, words: Vocabulary) -> tuple[str, str, str]:
    number = len(gap.asked_by)
    ask = f"{counted(number, 'qualification')} {'asks' if number == 1 else 'ask'}"
    path = gap.gives[0].path if gap.gives else gap.asked_by[0].path
    if gap.requirement is Requirement.LEVEL:
        name = words.level_name(gap.level)
        known = (
            f"{ask} for {name} in this area of work. "
            f"We do not know of a {name} course in it near here."
        )
        if gap.elsewhere:
            known += (
                " In other areas we do know of courses for "
                f"{counted(gap.elsewhere, 'qualification')} at this level, which may do as well."
            )
        return (
            f"{name}, to go on in {words.sector_name(gap.sector)}",
            f"/sectors/{gap.sector}",
            known,
        )
    title = gap.wanted
    if gap.requirement is not Requirement.SUBJECT:
        subject = "English" if gap.requirement is Requirement.ENGLISH else "Maths"
        title = f"{subject} at {GRADES[gap.wanted]}"
    known = (
        f"{ask} for it. We do not know of a course near here that gives it. "
        "Schools and colleges often teach it beside something else, so ask them."
    )
    return title, path, known


def _levels(levels: Iterable[Level], words: Vocabulary, last: str) -> str:
    return listed([words.level_name(level) for level in levels], last)
