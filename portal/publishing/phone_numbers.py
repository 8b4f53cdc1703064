"""Telephone numbers in folded text: in digits, in words, in both, or hidden among letters. Pure."""

import re
from collections.abc import Iterator
from itertools import accumulate

SPOKEN = {
    "zero": "0", "nought": "0", "naught": "0", "oh": "0", "o": "0", "one": "1", "two": "2",
    "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "hundred": "00",
}  # fmt: skip
TIMES = {"double": 2, "triple": 3, "treble": 3}
SPOKEN_WORD = "|".join(word for word in [*SPOKEN, *TIMES] if word != "o")
NUMERAL = rf"(?:\d|(?<![a-z])(?:(?:{SPOKEN_WORD})+|o)(?![a-z]))"
APART = r"(?:[^\w£%]|_){0,4}"
FILLER = r"(?:and\sthen|then|space|dash|next|last|bit|add|plus|comma|followed|by)"
RUN = re.compile(rf"{NUMERAL}(?:{APART}(?:{FILLER}{APART}){{0,3}}{NUMERAL}){{5,}}")
PART = re.compile(rf"\d+|{SPOKEN_WORD}|o")
MIXED = re.compile(r"(?<![a-z0-9])[0-9oil]{2,}(?![a-z0-9])")
NOT_PHONES = re.compile(
    r"(?<![\d/.:\-])(?:"
    r"(?:[0-2]?\d|3[01])([/.\-])(?:0?\d|1[0-2])\1(?:19|20)\d\d|(?:19|20)\d\d-[01]\d-[0-3]\d"
    r"|(?:[01]?\d|2[0-3]):[0-5]\d|24/7"
    r")(?![\d/:])"
)
SHAPE = re.compile(r"(?:0|44|0044)[1-3789]\d{8}")
SHORTEST_ABROAD = 9
# A mobile’s number without its first 0, and one written backwards.
CURTAILED = re.compile(r"7\d{9,10}|\d{9}70")
HELP_LINES = frozenset(["08001111", "116123"])
SPLIT = re.compile(r"(?<![\d£.,])07\d{3}(?!\d)\D{1,25}\d{3}|\d{6}\D{1,25}(?<!\d)07\d{3}(?!\d)")
CUE = re.compile(
    r"\b(?:tel|telephone|phone|mobile|mob|ring|call|text|dial|fax|ph|(?:my|our) number)\b[^\d]*$"
)


def phone_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Where telephone numbers begin and end in a folded text."""
    digits = MIXED.sub(_as_digits, text)
    digits = NOT_PHONES.sub(lambda match: "\0" * len(match[0]), digits)
    yield from (match.span() for match in RUN.finditer(digits) if _is_phone(match))
    yield from (match.span() for match in SPLIT.finditer(digits))


def _as_digits(match: re.Match[str]) -> str:
    """“O77OO” as digits; a word without any digit stays a word."""
    word = match[0]
    return word.translate(str.maketrans("oil", "011")) if re.search(r"\d", word) else word


def _is_phone(match: re.Match[str]) -> bool:
    parts = _digits(match[0])
    digits = "".join(parts)
    if digits in HELP_LINES:
        return False
    before = match.string[max(0, match.start() - 40) : match.start()]
    if CUE.search(before):
        return True
    starts = accumulate((len(part) for part in parts), initial=0)
    return (
        any(SHAPE.match(digits, start) for start in starts)
        or (before.endswith("+") and len(digits) >= SHORTEST_ABROAD)
        or CURTAILED.fullmatch(digits) is not None
    )


def _digits(run: str) -> list[str]:
    """The digits of each word or number in a run."""
    digits: list[str] = []
    times = 1
    for part in PART.findall(run):
        if part in TIMES:
            times = TIMES[part]
            continue
        number = SPOKEN.get(part, part)
        digits.append(number[0] * (times - 1) + number)
        times = 1
    return digits
