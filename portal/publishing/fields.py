"""Fields that keep what was typed until it is right, so that a half-written draft loses nothing."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Field,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length

from portal.accounts.safe_addresses import is_web_address
from portal.forms import PortalForm

DAY = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?", re.IGNORECASE)
DISTRICT = re.compile(r"[A-Z]{1,2}\d{1,2}")
MOST_KEPT = 4000
SHORT, LONG, LONGEST = 255, 500, 2000
CHOOSE = SelectChoice("", "Choose one")
DAY_MISTAKE = "Write the day, month and year, such as 7/9/2027."
CLOCK_MISTAKE = "Write the time with hours and minutes, such as 18:30."


class DayField(StringField):  # type: ignore[misc]
    """A day, kept as an ISO date; what cannot be read stays as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 7/9/2027 or 2027-09-07."""
        typed = (valuelist[0] if valuelist else "").strip()
        day = read_day(typed)
        self.data = day.isoformat() if day else typed

    def pre_validate(self, form: PortalForm) -> None:
        """Refuse what is no day."""
        del form
        if self.data and read_day(self.data) is None:
            raise ValidationError(DAY_MISTAKE)

    def _value(self) -> str:
        day = read_day(self.data or "")
        return f"{day.day}/{day.month}/{day.year}" if day else str(self.data or "")


class ClockField(StringField):  # type: ignore[misc]
    """A time of day, kept as 18:30; what cannot be read stays as it was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 18:30, 6.30pm or 9am."""
        typed = (valuelist[0] if valuelist else "").strip()
        self.data = read_clock(typed) or typed

    def pre_validate(self, form: PortalForm) -> None:
        """Refuse what is no time."""
        del form
        if self.data and read_clock(self.data) is None:
            raise ValidationError(CLOCK_MISTAKE)


class WebAddress:
    """A validator: an address that a browser can go to and a person can read."""

    def __call__(self, form: PortalForm, field: Field) -> None:
        """Refuse everything but http and https with a public name."""
        del form
        if field.data and not is_web_address(field.data):
            message = "Write a whole web address, such as https://www.example.org/courses."
            raise ValidationError(message)


class OfferForm(PortalForm):
    """A form whose answers become the content of a revision, and which content fills again."""

    def content(self) -> dict[str, Any]:
        """Every answer as plain JSON values, unfinished ones as they were typed."""
        return {
            field.name: _kept(field)
            for field in self
            if field.type not in {"CSRFTokenField", "HiddenField", "SubmitField"}
        }

    def is_short_enough(self) -> bool:
        """Whether all of it can be kept, however unfinished; errors say what is too long."""
        for field in self:
            most = next((v.max for v in field.validators if isinstance(v, Length)), MOST_KEPT)
            if len(str(_kept(field) or "")) > most:
                field.errors = [f"Use {most} characters at most."]
        return not self.mistakes

    @classmethod
    def of(cls, content: Mapping[str, Any], **given: object) -> "OfferForm":
        """The form as somebody would fill it in to say this content."""
        typed: MultiDict[str, str] = MultiDict()
        for name, value in content.items():
            if isinstance(value, list):
                typed.setlist(name, [str(item) for item in value])
            elif value is True:
                typed[name] = "y"
            elif value not in (None, False):
                typed[name] = str(value)
        return cls(formdata=typed, meta={"csrf": False}, **given)


def _kept(field: Field) -> Any:  # noqa: ANN401 - JSON’s own values
    if isinstance(field, BooleanField):
        return bool(field.data)
    if isinstance(field, SelectMultipleField):
        return list(field.data or [])
    if field.process_errors:
        return _plain(field.raw_data[0]) if field.raw_data else None
    return _plain(field.data) if field.data != "" else None


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Without the one character that no database keeps."""
    return value.replace("\0", "") if isinstance(value, str) else value


def read_day(text: str) -> dt.date | None:
    """The day somebody wrote; None when it is none."""
    found = DAY.fullmatch(text.strip())
    try:
        if found:
            return dt.date(int(found[3]), int(found[2]), int(found[1]))
        return dt.date.fromisoformat(text.strip())
    except ValueError:
        return None


def read_clock(text: str) -> str | None:
    """The time somebody wrote as 18:30; None when it is none."""
    found = CLOCK.fullmatch(text.strip())
    if found is None or not (found[2] or found[3]):
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of half a day
            return None
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None  # noqa: PLR2004


def squeezed(text: str | None) -> str:
    """On one line, with single spaces."""
    return " ".join((text or "").split())


def tidied(text: str | None) -> str:
    """Line by line, without spaces that nobody sees."""
    lines = [" ".join(line.split()) for line in (text or "").splitlines()]
    return "\n".join(lines).strip()


def at_most(number: int) -> Length:
    """No longer than so many characters."""
    return Length(max=number, message=f"Use {number} characters at most.")


def line_field(label: str, missing: str = "", most: int = SHORT) -> StringField:
    """One line; ``missing`` says what to write where it must not be empty."""
    first = [InputRequired(missing)] if missing else []
    return StringField(label, filters=[squeezed], validators=[*first, at_most(most)])


def text_field(label: str, missing: str = "", most: int = LONG) -> TextAreaField:
    """Some lines; ``missing`` says what to write where it must not be empty."""
    first = [InputRequired(missing)] if missing else []
    return TextAreaField(label, filters=[tidied], validators=[*first, at_most(most)])


def select_field(label: str, options: Mapping[str, str], missing: str = "") -> SelectField:
    """One of some options, or none where ``missing`` is empty."""
    choices = [CHOOSE, *(SelectChoice(value, name) for value, name in options.items())]
    first = [InputRequired(missing)] if missing else []
    # Nothing chosen is an answer too: without the default it would be no valid choice.
    return SelectField(label, choices=choices, default="", validators=first)


def district_field(label: str) -> StringField:
    """The first half of a postcode, in capitals."""
    return StringField(label, filters=[lambda text: squeezed(text).upper()])


def refuse_unknown(field: SelectField, words: str) -> None:
    """Refuse what is not in the list. Where no list is given, as by the clock, all may stand."""
    known = {choice.value for choice in field.choices or ()}
    if field.data and known and field.data not in known:
        raise ValidationError(words)
