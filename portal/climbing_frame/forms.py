"""How people say where they start from. Nothing here is stored, so nothing needs a token."""

from collections.abc import Iterable
from dataclasses import dataclass

from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.climbing_frame.answers import OLDEST, YOUNGEST
from portal.climbing_frame.starting import Preference
from portal.forms import PortalForm, WholeNumberField

IMPOSSIBLE_AGE = f"Write your age as a number from {YOUNGEST} to {OLDEST}, or leave it out."
LEVEL_CHOICES = (
    ("none", "Nothing yet"),
    ("entry", "Entry level"),
    ("1", "Level 1"),
    ("2", "Level 2"),
    ("3", "Level 3"),
    ("4", "Level 4"),
    ("5", "Level 5"),
    ("6", "Level 6: a degree"),
    ("7", "Level 7: a master’s degree"),
)
GRADE_CHOICES = (
    ("none", "No grade yet"),
    ("entry", "Entry level"),
    ("3", "GCSE grade 1, 2 or 3, or Functional Skills Level 1"),
    ("4", "GCSE grade 4, or Functional Skills Level 2"),
    ("5", "GCSE grade 5 or above"),
)
WANT_CHOICES = (
    (Preference.EARN.value, "Earning while I learn"),
    (Preference.LOCAL.value, "Staying near home"),
    (Preference.SOON.value, "Getting there soon"),
    (Preference.NO_EXAMS.value, "As few exams as possible"),
)


@dataclass(frozen=True)
class Question:
    """One page of the form: the name in its address and the fields on it."""

    name: str
    fields: tuple[str, ...]


QUESTIONS = (
    Question("age", ("age",)),
    Question("level", ("level",)),
    Question("english-and-maths", ("english", "maths")),
    Question("subjects", ("like",)),
    Question("before", ("job", "passed")),
    Question("what-matters", ("want", "near")),
)


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Several of some choices, as boxes to tick. Ticks that are not known are left out."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: PortalForm) -> None:
        """Addresses are copied and grow old: an unknown tick is no mistake of the reader’s."""


class StartForm(PortalForm):
    """Where do you start from? Every answer may be left out."""

    level = RadioField(
        "What have you got so far?",
        choices=_choices(LEVEL_CHOICES),
        validators=[Optional()],
        validate_choice=False,
    )
    english = RadioField(
        "English", choices=_choices(GRADE_CHOICES), validators=[Optional()], validate_choice=False
    )
    maths = RadioField(
        "Maths", choices=_choices(GRADE_CHOICES), validators=[Optional()], validate_choice=False
    )
    age = WholeNumberField(
        "How old are you?",
        mistake=IMPOSSIBLE_AGE,
        validators=[Optional(), NumberRange(YOUNGEST, OLDEST, IMPOSSIBLE_AGE)],
    )
    like = TicksField("Which subjects do you like?", validators=[Optional()])
    job = SelectField("A job you have now, or had before", validate_choice=False)
    passed = SelectField("A course or apprenticeship you have finished", validate_choice=False)
    want = TicksField(
        "What matters most to you?", choices=_choices(WANT_CHOICES), validators=[Optional()]
    )
    near = SelectField("Where do you live, roughly?", validate_choice=False)
