"""How moderators say what they decided, and visitors what is wrong."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.clock import today
from portal.forms import PortalForm
from portal.publishing.kinds import OfferKind
from portal.publishing.reporting import REASONS

WHOLE = "_whole"
LONGEST_OWN_WORDS = 300
READY = (
    "Please leave out phone numbers, mail addresses and names on other apps.",
    "Please say this in plainer words, so that a 13-year-old understands it.",
    "This is not clear. Please say more exactly what is meant.",
    "This does not fit with another answer. Please check both.",
    "This could not be found in public. Please check it, or say where it is shown.",
    "Something is missing that people need to know before they decide.",
    "Nobody may be asked to pay for a place, a check or a kit. Please take this out.",
    "This has no place in an offer to young people. Please take it out.",
    "This is here already. Please change that one instead.",
)
FITS = (
    SelectChoice("yes", "Yes, the mail address belongs to the website"),
    SelectChoice("no", "No, it does not"),
    SelectChoice("cannot-say", "Cannot say, such as when there is no website"),
)
FITS_WORDS = {"yes": "fits the website", "no": "does not fit the website"}


def _squeezed(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())


def _words(label: str, wanted: str, *, longest: int = 500) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[_squeezed],
        validators=[InputRequired(wanted), Length(max=longest, message=_too_long(longest))],
    )


def _too_long(longest: int) -> str:
    return f"Use {longest} characters at most."


class ReasonsForm(PortalForm):
    """Why something goes back: for each question a tick, a ready sentence, words of one’s own.

    ``reasons_form`` adds the fields of a kind’s questions; ``beginning`` keeps two such forms on
    one page apart.
    """

    names: tuple[str, ...] = ()
    beginning = ""

    def part(self, part: str, name: str) -> Any:  # noqa: ANN401 - WTForms’ own type
        """The field of a question: its tick, its ready sentence or its words."""
        return self[f"{self.beginning}{part}_{name}"]

    @property
    def reasons(self) -> Mapping[str, str]:
        """Question to reason; the offer as a whole stands under the empty name."""
        ticked = [name for name in self.names if self.part("tick", name).data]
        return {"" if name == WHOLE else name: self.reason_for(name) for name in ticked}

    def reason_for(self, name: str) -> str:
        """The ready sentence and the own words about a question."""
        return " ".join(
            filter(None, (self.part("ready", name).data, self.part("words", name).data))
        )

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms’ own type
        """At least one tick, and a reason for each."""
        valid = bool(super().validate(extra_validators))
        for name in self.names:
            tick = self.part("tick", name)
            if tick.data and not self.reason_for(name):
                self._blame(tick, f"Choose or write a reason for “{tick.label.text}”.")
                valid = False
            if not tick.data and self.reason_for(name):
                self._blame(tick, f"Tick “{tick.label.text}” too, or take its reason out.")
                valid = False
        if valid and not self.reasons:
            self._blame(self.part("tick", self.names[0]), "Tick at least one question.")
            return False
        return valid

    @staticmethod
    def _blame(field: Any, words: str) -> None:  # noqa: ANN401 - WTForms’ own type
        field.errors = [*field.errors, words]


def reasons_form(kind: OfferKind, *, beginning: str = "", **given: object) -> ReasonsForm:
    """The form of reasons with a row for each of a kind’s questions and one for the whole."""
    rows = [(question.name, question.label) for question in kind.questions]
    rows.append((WHOLE, "The offer as a whole"))
    fields: dict[str, Any] = {"names": tuple(name for name, _ in rows), "beginning": beginning}
    for name, label in rows:
        fields |= {f"{beginning}{part}": field for part, field in _reason_fields(name, label)}
    made: ReasonsForm = type("ReasonsOfKind", (ReasonsForm,), fields)(**given)
    return made


def _reason_fields(name: str, label: str) -> Iterator[tuple[str, Any]]:
    choices = [SelectChoice("", "Choose one, or write your own"), *map(SelectChoice, READY, READY)]
    yield f"tick_{name}", BooleanField(label)
    yield f"ready_{name}", SelectField("Ready sentence", choices=choices, validators=[Optional()])
    yield (
        f"words_{name}",
        StringField(
            "In your own words",
            filters=[_squeezed],
            validators=[Length(max=LONGEST_OWN_WORDS, message=_too_long(LONGEST_OWN_WORDS))],
        ),
    )


class DayField(DateField):  # type: ignore[misc]
    """A day; anything else is told in plain words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed or picked."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            message = "Give a day, such as 2026-11-21."
            raise ValueError(message) from error


class VerifyForm(PortalForm):
    """How a moderator made sure who an organisation is."""

    listed = RadioField(
        "Is it one of these, which the catalogue lists already?", choices=[], default=""
    )
    register = TextAreaField(
        "What the official register says",
        filters=[_squeezed],
        validators=[Length(max=500, message=_too_long(500))],
    )
    mail_fits = RadioField(
        "Does the mail address belong to the website?", choices=FITS, default="cannot-say"
    )
    rang = StringField(
        "The number you rang",
        filters=[_squeezed],
        validators=[
            InputRequired("Write the number that you rang."),
            Length(max=30, message=_too_long(30)),
        ],
    )
    answered = StringField(
        "Who answered, and what they said",
        filters=[_squeezed],
        validators=[
            InputRequired("Write who answered, and what they said."),
            Length(max=300, message=_too_long(300)),
        ],
    )
    rang_on = DayField("The day you rang", validators=[InputRequired("Give the day you rang.")])
    is_trusted = BooleanField("May publish courses at once")

    def validate_register(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """A call alone is too little: whoever applies could be the one who answers."""
        if not field.data and self.mail_fits.data != "yes":
            message = (
                "A call alone is not enough. Say what the register says, or that the mail address "
                "belongs to the website."
            )
            raise ValidationError(message)

    def validate_rang(self, field: Any) -> None:  # noqa: ANN401
        """A number has digits."""
        if sum(character.isdigit() for character in field.data) < 5:  # noqa: PLR2004 - the shortest
            message = "Write the whole number that you rang."
            raise ValidationError(message)

    def validate_rang_on(self, field: Any) -> None:  # noqa: ANN401
        """A call is made before it is told."""
        if field.data and not today() - dt.timedelta(days=365) <= field.data <= today():
            message = "Give a day of the last year, not one to come."
            raise ValidationError(message)

    @property
    def evidence(self) -> dict[str, str]:
        """What is kept: each means by its name."""
        found = {
            "Register": self.register.data or "",
            "Mail address": FITS_WORDS.get(self.mail_fits.data, ""),
            "Call": f"{self.rang.data} on {self.rang_on.data.isoformat()}: {self.answered.data}",
        }
        return {name: words for name, words in found.items() if words}


class WhyForm(PortalForm):
    """A reason, which the organisation reads too."""

    why = _words("Why?", "Write why. The organisation reads it.")


class DecisionForm(PortalForm):
    """What was done about a report."""

    decision = _words("What did you find, and what did you do?", "Write what you did about it.")


class ReportForm(PortalForm):
    """What is wrong or not safe on a page."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    reason = RadioField(
        "What is wrong?",
        choices=[SelectChoice(reason, words) for reason, words in REASONS.items()],
        validators=[InputRequired("Choose what is wrong.")],
    )
    words = TextAreaField(
        "Tell us more (you can leave this out)",
        filters=[lambda text: (text or "").replace("\x00", "").strip()],
        validators=[Optional(), Length(max=500, message=_too_long(500))],
    )
    website = StringField("Leave this empty")

    def validate_website(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """People do not see this field; programs fill it in. A report is never dropped unsaid."""
        if field.data:
            message = "Leave this field empty."
            raise ValidationError(message)
