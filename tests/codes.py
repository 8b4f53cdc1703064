"""QR codes as pages and paper draw them, and as the library of the field makes them."""

import re

import segno

Modules = set[tuple[int, int]]


def drawn(path: str) -> Modules:
    """The dark modules of a path, counted from the first row and column with one."""
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", path)
    found = {(int(x) + at, int(y)) for x, y, wide in runs for at in range(int(wide))}
    left, top = min(x for x, _ in found), min(y for _, y in found)
    return {(x - left, y - top) for x, y in found}


def matrix(address: str) -> Modules:
    """The dark modules that a QR code of an address has."""
    rows = segno.make(address, error="m", micro=False).matrix
    return {(x, y) for y, row in enumerate(rows) for x, dark in enumerate(row) if dark}
