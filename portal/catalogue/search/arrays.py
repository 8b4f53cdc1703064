"""Arrays over documents: facets’ values, and the small integers that stand for them."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Keys = NDArray[np.uint64]

FACETS = (
    "kind", "level", "sector", "growth", "type", "family", "provider", "mode", "study",
    "attendance", "free", "entry", "suits", "skill",
)  # fmt: skip

# From a quarter of all documents on, looking at every value is quicker than finding each one’s.
MANY = 4


@dataclass(frozen=True)
class Column:
    """One facet's values over documents: document i has values[offsets[i]:offsets[i + 1]].

    ``single`` is the one value of each document (-1 for none) where no document has two.
    """

    offsets: Ints
    values: Ints

    @cached_property
    def single(self) -> Ints | None:
        """Most facets have one value a document, which is four times quicker to count."""
        lengths = np.diff(self.offsets)
        if lengths.max(initial=0) > 1:
            return None
        codes = np.full(len(lengths), -1, dtype=np.int32)
        codes[lengths == 1] = self.values
        return codes

    @cached_property
    def owners(self) -> Ints:
        """The document that each value belongs to."""
        lengths = np.diff(self.offsets)
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)

    @classmethod
    def joined(cls, columns: Sequence["Column"]) -> "Column":
        """Columns of consecutive segments as one."""
        if len(columns) == 1:
            return columns[0]
        starts = np.cumsum([0, *(len(c.values) for c in columns)])
        offsets = [c.offsets[:-1] + start for c, start in zip(columns, starts, strict=False)]
        last = np.array([starts[-1]], dtype=np.int32)
        return cls(
            np.concatenate([*offsets, last]).astype(np.int32),
            np.concatenate([c.values for c in columns]),
        )

    def counts(self, ids: Ints, size: int) -> Ints:
        """How many of the documents have each value code."""
        if self.single is not None:
            return np.asarray(np.bincount(self.single[ids] + 1, minlength=size + 1)[1:])
        if len(ids) * MANY > len(self.offsets):
            chosen = np.zeros(len(self.offsets) - 1, dtype=np.bool_)
            chosen[ids] = True
            found = self.values[chosen[self.owners]]
        else:
            found = self.values[self._positions(ids)]
        return np.asarray(np.bincount(found, minlength=size))

    def mask(self, codes: Sequence[int], size: int) -> Mask:
        """Documents that have any of the codes, of which there are so many."""
        wanted = np.zeros(size + 1, dtype=np.bool_)
        wanted[np.array(codes, dtype=np.int32)] = True
        if self.single is not None:
            return np.asarray(wanted[self.single])
        totals = np.concatenate([[0], np.cumsum(wanted[self.values])])
        return np.asarray(totals[self.offsets[1:]] > totals[self.offsets[:-1]])

    def _positions(self, ids: Ints) -> Ints:
        """Positions in ``values`` of everything the documents have."""
        starts = self.offsets[ids]
        lengths = self.offsets[ids + 1] - starts
        total = int(lengths.sum())
        if total == 0:
            return np.empty(0, dtype=np.int32)
        ends = np.cumsum(lengths)
        steps = np.arange(total, dtype=np.int32) - np.repeat(ends - lengths, lengths)
        positions: Ints = (np.repeat(starts, lengths) + steps).astype(np.int32)
        return positions


class Codes:
    """Facet values as small integers, the same in every segment of one process."""

    def __init__(self) -> None:
        """Begin with no values."""
        self._codes: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
        self._lock = threading.Lock()

    def code(self, facet: str, value: str) -> int:
        """The code of a value, made when it is new."""
        codes = self._codes[facet]
        if value not in codes:
            with self._lock:
                codes.setdefault(value, len(codes))
        return codes[value]

    def known(self, facet: str, values: Iterable[str]) -> list[int]:
        """Codes of those values that some document has had."""
        codes = self._codes[facet]
        return [codes[value] for value in values if value in codes]

    def values(self, facet: str) -> list[str]:
        """Values in the order of their codes."""
        return list(self._codes[facet])
