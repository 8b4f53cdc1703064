"""How organisations say what they offer."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.catalogue.whats_on import EVENT_NAMES
from portal.clock import today
from portal.forms import PortalForm, WholeNumberField
from portal.provision.cells import UnreadableError, read_areas
from portal.provision.columns import AREAS, ATTENDANCE, MODES, STUDY_MODES, UNITS
from portal.publishing.fields import (
    CHOOSE,
    DISTRICT,
    LONG,
    LONGEST,
    ClockField,
    DayField,
    OfferForm,
    WebAddress,
    district_field,
    line_field,
    read_clock,
    read_day,
    refuse_unknown,
    select_field,
    squeezed,
    text_field,
)

MONEY = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,2})?")
Groups = Mapping[str, Sequence[tuple[str, str]]]
FILE_NAME_LENGTH = 120
MODE_WORDS = {
    "classroom": "In a classroom or workshop",
    "work-based": "At work, with an employer",
    "online": "Online",
    "blended": "Part online, part in a classroom",
}
EVENT_TYPES = {kind.value: name for kind, (name, _) in EVENT_NAMES.items()}
LEVELS = {"entry": "Entry level"} | {str(number): f"Level {number}" for number in range(1, 9)}


class _Placed(OfferForm):
    """What has a place in the city and a step in the frame."""

    def offer(self, programmes: Groups, sectors: list[tuple[str, str]]) -> None:
        """Give the choices that the catalogue has: programmes by their area of work."""
        if "programme" in self:
            self["programme"].choices = [
                CHOOSE,
                *(
                    SelectChoice(v, n, optgroup=g)
                    for g, some in programmes.items()
                    for v, n in some
                ),
            ]
        self["sector"].choices = [CHOOSE, *(SelectChoice(v, n) for v, n in sectors)]

    def validate_programme(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """One that the catalogue has."""
        refuse_unknown(field, "Choose a qualification from the list, or leave it empty.")

    def validate_sector(self, field: Any) -> None:  # noqa: ANN401
        """One that the city has."""
        refuse_unknown(field, "Choose an area of work from the list, or leave it empty.")

    def validate_district(self, field: Any) -> None:  # noqa: ANN401
        """The first half of a postcode."""
        if field.data and not DISTRICT.fullmatch(field.data):
            message = "Write only the first half of the postcode, such as ST4."
            raise ValidationError(message)

    def validate_level(self, field: Any) -> None:  # noqa: ANN401
        """Without a programme nothing else says at which level it stands."""
        if not field.data and not self["programme"].data:
            message = "Choose a level, or choose the qualification that it leads to."
            raise ValidationError(message)


class CourseForm(_Placed):
    """A course: what the national course directory asks, in its order of importance to a reader."""

    title = line_field("Name of the course", "Write the name of the course.")
    programme = SelectField("Which qualification is it?", validate_choice=False)
    aim = line_field("Learning aim code (LARS or QAN)", most=8)
    level = select_field("Level", LEVELS)
    sector = SelectField("Area of work", validate_choice=False)
    awarding_body = line_field("Awarding body")
    who_for = text_field("Who it is for", "Say who the course is for.", LONGEST)
    entry_requirements = text_field("What people need to start")
    what_you_learn = text_field("What people learn")
    how_you_learn = text_field("How they learn")
    what_to_bring = text_field("What to bring")
    how_assessed = text_field("How it is assessed")
    where_next = text_field("What people can do next")
    mode = RadioField(
        "Where it happens",
        choices=[SelectChoice(value, name) for value, name in MODE_WORDS.items()],
        validators=[InputRequired("Choose where it happens.")],
    )
    venue = SelectField("Venue", validate_choice=False)
    is_national = BooleanField("It can be done anywhere in England")
    sub_regions = TextAreaField("Otherwise, the areas where it can be done, one on a line")
    study = select_field("Full or part time", {value: name for name, value in STUDY_MODES.items()})
    attendance = select_field("When", {value: name for name, value in ATTENDANCE.items()})
    starts_on = DayField("First day")
    is_flexible_start = BooleanField("People can start at any time")
    length = WholeNumberField(
        "How long it takes",
        mistake="Write a whole number, such as 36.",
        validators=[
            InputRequired("Say how long the course takes."),
            NumberRange(1, 999, "Use a number from 1 to 999."),
        ],
    )
    length_unit = select_field("Hours, days, weeks…", {u: u.capitalize() for u in UNITS.values()}, "Choose hours, days, weeks, months or years.")  # fmt: skip  # noqa: E501
    cost = StringField("Cost in pounds", filters=[lambda text: squeezed(text).lstrip("£")])
    cost_words = line_field("What the cost covers, or who pays")
    web_address = StringField(
        "Page of the course on your website",
        filters=[squeezed],
        validators=[
            InputRequired("Give the page where people can read more or apply."),
            WebAddress(),
        ],
    )
    reference = line_field("Your own reference")

    def offer_venues(self, venues: list[tuple[str, str]]) -> None:
        """Give the organisation’s venues."""
        self.venue.choices = [CHOOSE, *(SelectChoice(v, n) for v, n in venues)]

    def content(self) -> dict[str, Any]:
        """The areas as a list, as the spreadsheet keeps them."""
        areas = self.sub_regions.data or ""
        return super().content() | {
            "sub_regions": [line.strip() for line in areas.splitlines() if line.strip()]
        }

    @classmethod
    def of(cls, content: Any, **given: object) -> OfferForm:  # noqa: ANN401
        """The areas one on a line."""
        areas = "\n".join(content.get("sub_regions") or [])
        return super().of({**content, "sub_regions": areas}, **given)

    def validate_venue(self, field: Any) -> None:  # noqa: ANN401
        """Wherever people have to come to."""
        refuse_unknown(field, "Choose one of your venues from the list.")
        if self.mode.data in {MODES["Classroom"], MODES["Blended Learning"]} and not field.data:
            message = "Choose the venue. If it is not in the list, add it under Venues first."
            raise ValidationError(message)

    def validate_sub_regions(self, field: Any) -> None:  # noqa: ANN401
        """Areas of England only, so that nothing else can be told here."""
        try:
            for line in filter(str.strip, (field.data or "").splitlines()):
                read_areas(line, known=AREAS)
        except UnreadableError as error:
            raise ValidationError(str(error)) from error

    def validate_starts_on(self, field: Any) -> None:  # noqa: ANN401
        """A day to come, unless people can start at any time."""
        if self.is_flexible_start.data:
            return
        day = read_day(field.data or "")
        if day is None:
            message = (
                "Write the first day, such as 7/9/2027, or tick that people can start at any time."
            )
            raise ValidationError(message)
        if day < today():
            message = "This day has passed. Write the next first day."
            raise ValidationError(message)

    def validate_cost(self, field: Any) -> None:  # noqa: ANN401
        """Pounds and pence, or words about who pays."""
        if not field.data and not self.cost_words.data:
            message = (
                "Write what it costs, or say in the next box who pays. Write 0 when it is free."
            )
            raise ValidationError(message)
        if field.data and not _is_money(field.data):
            message = "Write pounds and pence, such as 1500 or 49.50."
            raise ValidationError(message)


class VacancyForm(_Placed):
    """A paid place that is open until a day."""

    title = line_field("What the job is called", "Write what the job is called.", 110)
    programme = SelectField(
        "Apprenticeship or qualification, if there is one", validate_choice=False
    )
    level = select_field("Level", LEVELS)
    sector = SelectField("Area of work", validate_choice=False)
    employer_name = line_field("Who the employer is", "Write the name of the employer.", 200)
    training_provider = line_field("Who trains, if it is an apprenticeship", most=200)
    town = line_field("Town", "Write the town where the work is.", 100)
    district = district_field("First half of the postcode")
    wage_words = line_field("Pay", "Write what it pays, such as £8.00 an hour.", 200)
    hours_words = line_field(
        "Hours", "Write the days and hours, such as Monday to Friday, 37 hours.", 200
    )
    length = line_field("How long it lasts", most=100)
    places = WholeNumberField(
        "How many places",
        mistake="Write a whole number.",
        validators=[Optional(), NumberRange(1, 500, "Use a number from 1 to 500.")],
    )
    closes_on = DayField(
        "Last day to apply", validators=[InputRequired("Write the last day to apply.")]
    )
    starts_on = DayField("First day of work")
    what_you_do = text_field("What somebody does there", "Say what somebody does there.", LONGEST)
    what_you_need = text_field("What somebody needs", most=LONGEST)
    what_you_learn = text_field("What somebody learns", most=LONGEST)
    apply_url = StringField(
        "Page where people apply",
        filters=[squeezed],
        validators=[InputRequired("Give the page where people apply."), WebAddress()],
    )

    def validate_closes_on(self, field: Any) -> None:  # noqa: ANN401
        """A day to come, and within a year."""
        day = read_day(field.data or "")
        if day is not None and not today() <= day <= today() + dt.timedelta(days=366):
            message = "Write a day between today and a year from now."
            raise ValidationError(message)


class EventForm(_Placed):
    """An open day, a taster, a talk or a fair."""

    title = line_field("What it is called", "Write what it is called.", 110)
    event_type = select_field("What it is", EVENT_TYPES, "Choose what it is.")
    summary = text_field("What happens there", "Say in a sentence or two what happens there.", LONG)
    who_for = text_field("Who it is for", "Say who may come.")
    sector = SelectField("Area of work, if there is one", validate_choice=False)
    day = DayField("Day", validators=[InputRequired("Write the day.")])
    begins = ClockField("Begins", validators=[InputRequired("Write when it begins.")])
    ends = ClockField("Ends", validators=[InputRequired("Write when it ends.")])
    is_online = BooleanField("It is online")
    venue = line_field("Venue", most=200)
    address = line_field("Address", most=LONG)
    town = line_field("Town", most=100)
    district = district_field("First half of the postcode")
    cost = line_field("Cost", "Write what it costs. Write Free when it is free.", 200)
    book_url = StringField(
        "Page where people book", filters=[squeezed], validators=[Optional(), WebAddress()]
    )

    def validate_level(self, field: Any) -> None:  # noqa: ANN401
        """Events stand at no level."""

    def validate_day(self, field: Any) -> None:  # noqa: ANN401
        """A day to come."""
        day = read_day(field.data or "")
        if day is not None and day < today():
            message = "This day has passed."
            raise ValidationError(message)

    def validate_ends(self, field: Any) -> None:  # noqa: ANN401
        """After it begins."""
        begins, ends = read_clock(self.begins.data or ""), read_clock(field.data or "")
        if begins and ends and ends <= begins:
            message = "It has to end after it begins."
            raise ValidationError(message)

    def validate_venue(self, field: Any) -> None:  # noqa: ANN401
        """Wherever people have to come to."""
        if not field.data and not self.is_online.data:
            message = "Write where it is, or tick that it is online."
            raise ValidationError(message)


def _is_money(text: str) -> bool:
    return MONEY.fullmatch(text.replace(",", "")) is not None


class UploadForm(PortalForm):
    """A spreadsheet."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    file = FileField("Spreadsheet (CSV)", validators=[FileRequired("Choose a file first.")])

    @property
    def file_name(self) -> str:
        """What the file was called, without folders and unseen characters, to know it again."""
        name = str(self.file.data.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
        return "".join(c for c in name if c.isprintable())[-FILE_NAME_LENGTH:] or "spreadsheet.csv"
