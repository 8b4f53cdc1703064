"""Addresses as codes that a phone’s camera reads (QR): for pages and for paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import segno

# White around it, in modules: without it a camera does not find the code on a dark page.
MARGIN = 4


@dataclass(frozen=True)
class Code:
    """A code as rows of modules, each 1 where it is dark."""

    rows: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """How many modules wide the picture is, with its margin."""
        return len(self.rows) + 2 * MARGIN

    @property
    def picture(self) -> str:
        """A path for SVG, one unit a module, with the margin."""
        return "".join(
            f"M{first + MARGIN} {row + MARGIN}h{last - first}v1h-{last - first}z"
            for row, first, last in self.runs()
        )

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Row, beginning and end of each run of dark modules."""
        for number, row in enumerate(self.rows):
            first = row.find(1)
            while first >= 0:
                last = row.find(0, first)
                last = last if last >= 0 else len(row)
                yield number, first, last
                first = row.find(1, last)


def code_of(address: str) -> Code:
    """The code of an address; nothing of it is kept, so it may be a secret one."""
    return Code(tuple(map(bytes, segno.make(address, error="m", micro=False).matrix)))


@lru_cache(maxsize=1024)
def code_of_page(address: str) -> Code:
    """The same for a page that everybody may know, kept because making one takes long."""
    return code_of(address)
