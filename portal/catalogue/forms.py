"""How people say things to the catalogue."""

import re
from typing import Any

from wtforms import (
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.forms import PortalForm, WholeNumberField

IMPOSSIBLE_AGE = "Enter an age between 10 and 99."
# Being worried is not among them: the answer stands in the address and so in the history of a
# computer that others may use. Help with it is on the page whatever is chosen.
SITUATIONS = (
    ("", "Any situation"),
    ("choosing", "I am choosing what to do next"),
    ("at-school", "I am at school or college"),
    ("results", "My results were not what I hoped"),
    ("no-plan", "I have left school and have no plan"),
    ("apprenticeships", "I want an apprenticeship"),
    ("send", "I have special educational needs or a disability"),
    ("care-experienced", "I am in care or have been"),
    ("carers", "I am a parent or carer"),
    ("adult", "I am an adult who wants to learn or change jobs"),
    ("out-of-work", "I am out of work"),
    ("health-condition", "My health makes work hard"),
    ("new-to-england", "I am new to England"),
    ("employer", "I am an employer"),
)


def _squeezed(text: str | None) -> str:
    return " ".join((text or "").split())


class TalkForm(PortalForm):
    """How old are you, and what is it about? Both may be left out."""

    age = WholeNumberField(
        "How old are you?",
        mistake=IMPOSSIBLE_AGE,
        validators=[Optional(), NumberRange(10, 99, IMPOSSIBLE_AGE)],
    )
    situation = SelectField(
        "What is it about?",
        choices=[SelectChoice(value, label) for value, label in SITUATIONS],
        validators=[Optional()],
    )


class TellUsForm(PortalForm):
    """What somebody looked for and did not find."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    words = StringField(
        "What were you looking for?",
        filters=[_squeezed],
        validators=[
            InputRequired("Write what you were looking for."),
            Length(max=200, message="Use 200 characters at most."),
        ],
    )
    district = StringField(
        "First half of your postcode (you can leave this out)",
        filters=[lambda text: _squeezed(text).upper() or None],
        validators=[Optional()],
    )
    website = StringField("Leave this empty")

    def validate_district(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """A district only: a whole postcode can be somebody’s home."""
        if not re.fullmatch(r"[A-Z]{1,2}\d{1,2}", field.data):
            message = "Write only the first half, such as ST4."
            raise ValidationError(message)

    def validate_website(self, field: Any) -> None:  # noqa: ANN401
        """People do not see this field; programs fill it in."""
        if field.data:
            message = "Leave this field empty."
            raise ValidationError(message)
