"""The part that says when: up to twelve times, which can come round again by themselves."""

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from wtforms import Field, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from portal.clock import today
from portal.forms import WholeNumberField
from portal.placements.forms_listing import PartForm
from portal.placements.repeating import WORDS, Every, repeated
from portal.publishing.fields import ClockField, DayField, OfferForm, read_clock, read_day, squeezed

MOST_DATES = 12
MOST_PLACES = 500
# A T Level placement can be spread over a school year.
LONGEST_TIME = dt.timedelta(days=366)
FURTHEST = dt.timedelta(days=730)
HOURS = re.compile(r"[0-9]{1,2}(?:\.[0-9]{1,2})?")
MOST_HOURS = 24
ROW = ("first_day", "last_day", "places")
COLUMNS = {"first_day": "First day", "last_day": "Last day", "places": "Places"}
TIMES_MISTAKE = f"Write how many times in all: a number from 2 to {MOST_DATES}."


class WhenForm(PartForm):
    """When it is. Rows are kept under the one name ``dates``, those that are empty left out."""

    begins = ClockField("Begins", validators=[InputRequired("Write when it begins.")])
    ends = ClockField("Ends", validators=[InputRequired("Write when it ends.")])
    days = StringField("How many days in all, each time", filters=[squeezed])
    hours_a_day = StringField(
        "Hours a day, without breaks",
        filters=[squeezed],
        validators=[InputRequired("Write how many hours a day.")],
    )
    opens_on = DayField("First day to ask for it")
    closes_on = DayField("Last day to ask for it")
    repeat = SelectField(
        "Do the days come round again?",
        choices=[SelectChoice("", "No"), *(SelectChoice(e.value, w) for e, w in WORDS.items())],
        default="",
    )
    times = WholeNumberField(
        "How many times in all", mistake=TIMES_MISTAKE, validators=[Optional()]
    )

    def ask_only(self, names: Collection[str]) -> None:
        """All rows, where dates are asked."""
        rows = {f"{name}_{number}" for number in range(MOST_DATES) for name in ROW}
        super().ask_only({*names, "repeat", "times", *rows} if "dates" in names else names)

    def rows(self, empty: int = 0) -> list[dict[str, Field]]:
        """Every row with something in it, and some more to write in."""
        rows = [{name: self[f"{name}_{n}"] for name in ROW} for n in range(MOST_DATES)]
        used = [n for n, row in enumerate(rows) if any(f.data or f.errors for f in row.values())]
        return rows[: max(used, default=-1) + 1 + empty]

    def content(self) -> dict[str, Any]:
        """The rows under one name, with those that come round again."""
        found = super().content()
        rows = [{name: found.pop(f"{name}_{n}") for name in ROW} for n in range(MOST_DATES)]
        every, times = found.pop("repeat"), found.pop("times")
        kept = [_whole_row(row) for row in rows if any(row.values())]
        return found | {"dates": list(_with_repeats(kept, every, times))}

    @classmethod
    def of(cls, content: Mapping[str, Any], **given: object) -> OfferForm:
        """The rows in their fields."""
        flat = {
            f"{name}_{number}": _typed(row, name)
            for number, row in enumerate(list(content.get("dates") or [])[:MOST_DATES])
            for name in ROW
        }
        others = {name: value for name, value in content.items() if name != "dates"}
        return super().of({**others, **flat}, **given)

    @property
    def faults(self) -> dict[str, str]:
        """A fault of any row is one of the dates."""
        named = super().faults.items()
        return {
            "dates" if name.rpartition("_")[0] in ROW else name: words
            for name, words in reversed(list(named))
        }

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms’ own type
        """Each row by itself, then all of them together."""
        is_right: bool = super().validate(extra_validators)
        if is_right:
            self._refuse_rows()
        if self["repeat"].data and not 1 < (self["times"].data or 0) <= MOST_DATES:
            self["times"].errors = [TIMES_MISTAKE]
        return not self.mistakes

    def _refuse_rows(self) -> None:
        seen: set[dt.date] = set()
        for row in (row for row in self.rows() if any(f.data for f in row.values())):
            for name, words in row_faults(row, seen):
                row[name].errors = [words]
            seen.add(read_day(row["first_day"].data or "") or dt.date.min)
        if not seen:
            self["first_day_0"].errors = ["Write at least one day on which it can be had."]
        elif not self["days"].data and any(_is_longer(row) for row in self.rows()):
            self["days"].errors = ["Write how many days it is, each time."]

    def validate_days(self, field: Any) -> None:  # noqa: ANN401
        """A whole number; one day needs none."""
        if field.data and not (field.data.isascii() and field.data.isdecimal()):
            message = "Write a whole number of days, such as 5."
            raise ValidationError(message)
        if field.data and not 1 <= int(field.data[:6]) <= LONGEST_TIME.days:
            message = f"Write a number of days from 1 to {LONGEST_TIME.days}."
            raise ValidationError(message)

    def validate_hours_a_day(self, field: Any) -> None:  # noqa: ANN401
        """Hours, with halves and quarters."""
        if field.data and (
            not HOURS.fullmatch(field.data) or not 0 < float(field.data) <= MOST_HOURS
        ):
            message = "Write hours as a number, such as 6 or 6.5."
            raise ValidationError(message)

    def validate_ends(self, field: Any) -> None:  # noqa: ANN401
        """After it begins, or past midnight: only the same moment is no length of time."""
        begins, ends = read_clock(self["begins"].data or ""), read_clock(field.data or "")
        if begins and begins == ends:
            message = "It has to end after it begins."
            raise ValidationError(message)

    def validate_closes_on(self, field: Any) -> None:  # noqa: ANN401
        """Not before it opens."""
        opens, closes = read_day(self["opens_on"].data or ""), read_day(field.data or "")
        if opens and closes and closes < opens:
            message = "The last day to ask has to be on or after the first."
            raise ValidationError(message)


for _number in range(MOST_DATES):
    for _name, _label in COLUMNS.items():
        _field = StringField(_label, filters=[squeezed]) if _name == "places" else DayField(_label)
        setattr(WhenForm, f"{_name}_{_number}", _field)


def row_faults(row: Mapping[str, Any], seen: Collection[dt.date]) -> Iterator[tuple[str, str]]:
    """What is wrong with a row whose days can be read: the name of a column, and words."""
    first, last = (read_day(row[name].data or "") for name in ("first_day", "last_day"))
    places = row["places"].data or ""
    if first is None:
        yield "first_day", "Write the first day, or empty the row."
    elif first <= today():
        yield "first_day", "This day has passed, or is today. Write a later one, or empty the row."
    elif first > today() + FURTHEST:
        yield "first_day", "Write a day in the next two years."
    elif first in seen:
        yield "first_day", "This day is there already. Add its places to that row."
    if first and last and not first <= last <= first + LONGEST_TIME:
        yield "last_day", "The last day has to be on or after the first, within a year."
    if not (places.isascii() and places.isdecimal() and 1 <= int(places[:6]) <= MOST_PLACES):
        yield "places", f"Write how many places there are, from 1 to {MOST_PLACES}."


def _whole_row(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its last day, which is the first where nothing else is said."""
    return row | {"last_day": row["last_day"] or row["first_day"]}


def _typed(row: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - as it was typed
    """What stands in a field; nothing as the last day of a single one, so that it can be moved."""
    is_single = name == "last_day" and row.get("last_day") == row.get("first_day")
    return None if is_single else row.get(name)


def _is_longer(row: Mapping[str, Field]) -> bool:
    last = row["last_day"].data
    return bool(last) and last != row["first_day"].data


def _with_repeats(
    rows: list[dict[str, Any]],
    every: str | None,
    times: Any,  # noqa: ANN401 - as it was typed
) -> Iterator[dict[str, Any]]:
    """The rows, then those that follow from the last of them; never more than there is room for."""
    yield from rows
    if not rows or every not in set(Every) or not isinstance(times, int):
        return
    first, last = (read_day(rows[-1][name] or "") for name in ("first_day", "last_day"))
    if first is None or last is None:
        return
    room = MOST_DATES - len(rows)
    for begins, ends in repeated(first, last, Every(every), min(times, room + 1))[1:]:
        yield {
            "first_day": begins.isoformat(),
            "last_day": ends.isoformat(),
            "places": rows[-1]["places"],
        }
