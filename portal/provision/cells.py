"""What one cell of a spreadsheet says: text into a value, or into words about what is wrong.

Each ``read_`` function raises ``UnreadableError`` with one sentence for the person who wrote the
cell: what is wrong with it, and what to write instead.
"""

import datetime as dt
import difflib
import re
from collections.abc import Collection, Sequence
from decimal import Decimal
from functools import lru_cache

from portal.provision.columns import Column

MOST_POUNDS = Decimal("999999.99")
AIM_LENGTH = 8
_SHOWN = 40
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_OTHER_THAN_WORD = re.compile(r"[\W_]+")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?) ?([0-9][ABD-HJLNP-UW-Z]{2})")
_EMAIL = re.compile(r"[^@\s,;<>()\"“”]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class UnreadableError(ValueError):
    """A cell does not say what its column asks for. Its words are for whoever wrote it."""


def quoted(text: str) -> str:
    """A cell’s text in quotation marks, on one line, shortened, with nothing invisible in it."""
    line = "".join(c if c.isprintable() else "�" for c in " ".join(text[: 3 * _SHOWN].split()))
    return f"“{line[:_SHOWN].rstrip()}…”" if len(line) > _SHOWN else f"“{line}”"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words in a row: “one, two and three”."""
    return f" {last} ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def with_plain_lines(text: str) -> str:
    """A text whose lines all end alike, whichever program or browser wrote it."""
    return text if text.isprintable() else _LINE_ENDS.sub("\n", text)


def nearest(word: str, options: Collection[str]) -> str | None:
    """The option that is probably meant, for a remedy."""
    plain = {_plain(option): option for option in options}
    near = difflib.get_close_matches(_plain(word[:_SHOWN]), plain, n=1, cutoff=0.7)
    return plain[near[0]] if near else None


def _plain(text: str) -> str:
    """Only the letters and digits, so that “Full-time” and “full time” are one answer."""
    return _OTHER_THAN_WORD.sub("", text).casefold()


def read_answer(text: str, column: Column) -> str:
    """The value that an answer stands for."""
    answer = _answers(column.name, (*column.answers, *column.also_written)).get(_plain(text))
    if answer is None:
        near = nearest(text, column.answers)
        remedy = f"did you mean “{near}”?" if near else f"write {listed([*column.answers], 'or')}."
        message = f"{quoted(text)} is not an answer here: {remedy}"
        raise UnreadableError(message)
    return column.answers[column.also_written.get(answer, answer)]


@lru_cache
def _answers(_column: str, written: tuple[str, ...]) -> dict[str, str]:
    return {_plain(answer): answer for answer in written}


def read_day(text: str, *, today: dt.date) -> dt.date:
    """A first day, which must be after today."""
    found = re.fullmatch(
        r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})"
        r"|(?P<year_>[0-9]{4})-(?P<month_>[0-9]{2})-(?P<day_>[0-9]{2})",
        # Excel adds the midnight of a day that it took for a time.
        re.sub(r"[ T]00:00(:00)?$", "", text),
    )
    if not found:
        message = f"{quoted(text)} is not a date: write it as DD/MM/YYYY, such as 31/01/2030."
        raise UnreadableError(message)
    parts = {name.rstrip("_"): int(number) for name, number in found.groupdict().items() if number}
    try:
        day = dt.date(**parts)
    except ValueError:
        message = f"{quoted(text)} is not in the calendar: write the day, the month and the year."
        raise UnreadableError(message) from None
    if day <= today:
        message = f"{quoted(text)} has passed: write a date after {today:%d/%m/%Y}."
        raise UnreadableError(message)
    return day


def read_pounds(text: str) -> str:
    """A price in pounds and pence, such as “1500.00”."""
    written = re.fullmatch(r"£? ?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(?:\.[0-9]{1,2})?)", text)
    if not written:
        message = f"{quoted(text)} is not a price: write pounds and pence, such as 1500.00."
        raise UnreadableError(message)
    pounds = Decimal(written[1].replace(",", ""))
    if pounds > MOST_POUNDS:
        message = f"{quoted(text)} is too much: write a price of at most {MOST_POUNDS}."
        raise UnreadableError(message)
    return f"{pounds:.2f}"


def read_length(text: str) -> int:
    """How many units a course lasts."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) == 0:
        message = (
            f"{quoted(text)} is not a whole number from 1 to 999: "
            "write only the number, and its unit in DURATION_UNIT."
        )
        raise UnreadableError(message)
    return int(text)


def read_aim(text: str) -> str:
    """The eight characters of a learning-aim code; spreadsheets lose the zeros it begins with."""
    code = re.sub(r"[\s/]", "", text).upper()
    if re.fullmatch(r"[0-9]{1,7}|[0-9]{4,6}X", code):
        code = code.zfill(AIM_LENGTH)
    if re.fullmatch(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", code):
        message = (
            f"{quoted(text)} is how Excel shortens a long number: "
            "make the column Text, and write the code again."
        )
        raise UnreadableError(message)
    if not re.fullmatch(r"(?=.*[0-9])[0-9A-Z]{8}", code):
        message = f"{quoted(text)} is not a code: write 8 digits and letters, such as 50079281."
        raise UnreadableError(message)
    return code


def read_areas(text: str, *, known: frozenset[str]) -> list[str]:
    """Regions and parts of them, each once, in the order written."""
    by_plain = _areas(known)
    written = dict.fromkeys(part.strip() for part in re.split(r"[;,]", text) if part.strip())
    found = {part: by_plain.get(_plain(part)) for part in written}
    unknown = [part for part, area in found.items() if area is None]
    if unknown:
        first = unknown[0]
        near = nearest(first, sorted(a for a in known if a[0].lower() == first[0].lower()))
        more = f" (and {len(unknown) - 1} more like it)" if unknown[1:] else ""
        remedy = f"did you mean “{near}”?" if near else "write names such as Stoke-on-Trent;Derby."
        message = f"{quoted(first)}{more} is not an area of England: {remedy}"
        raise UnreadableError(message)
    if not found:
        message = f"{quoted(text)} names no area: write names such as Stoke-on-Trent;Derby."
        raise UnreadableError(message)
    return list(dict.fromkeys(area for area in found.values() if area))


@lru_cache(maxsize=8)
def _areas(known: frozenset[str]) -> dict[str, str]:
    return {_plain(area): area for area in known}


def read_postcode(text: str) -> str:
    """A postcode as it is usually written."""
    found = _POSTCODE.fullmatch(" ".join(text.upper().split()))
    if not found:
        message = f"{quoted(text)} is not a UK postcode: write it in full, such as ST1 1AA."
        raise UnreadableError(message)
    return f"{found[1]} {found[2]}"


def read_email(text: str) -> str:
    """One email address."""
    if not _EMAIL.fullmatch(text):
        message = f"{quoted(text)} is not an email address: write one such as courses@example.org."
        raise UnreadableError(message)
    return text


def read_phone(text: str) -> str:
    """One phone number."""
    digits = re.sub(r"[ ()\-]|^\+44|^0", "", text)
    if not re.fullmatch(r"[0-9]{9,10}", digits):
        message = f"{quoted(text)} is not a UK phone number: write one such as 01782 000000."
        raise UnreadableError(message)
    return text
