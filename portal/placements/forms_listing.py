"""How an employer says what an experience of work is: a form for each part of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms import PortalForm, WholeNumberField
from portal.publishing.fields import (
    CHOOSE,
    DISTRICT,
    LONG,
    LONGEST,
    OfferForm,
    WebAddress,
    district_field,
    line_field,
    refuse_unknown,
    squeezed,
    text_field,
)

MOST_SKILLS = 6
YOUNGEST, OLDEST = 11, 25
TRANSCRIPT = 10_000
Named = Sequence[tuple[str, str]]

SUPERVISION = {
    "always-with-others": "Other people are always there",
    "one-person-sometimes-alone": "One person is sometimes alone with them",
    "one-person-often-alone": "One person is often alone with them",
}
EXPENSES = {
    "some": "We pay for travel or lunch",
    "none": "We do not pay for travel or lunch",
}
INSURANCE = {
    "yes": "Yes",
    "unsure": "We are not sure",
    "not-needed": "We have no staff, so we need none",
    "no": "No",
}
RISKS = {
    "reviewed": "Yes, with somebody young in mind",
    "not-yet": "Not yet",
}
HAZARDS = {
    "machines": "Machines or sharp tools",
    "heat": "Great heat or cold, such as kilns, ovens and freezers",
    "noise": "Loud noise, or tools that shake",
    "chemicals": "Chemicals, fumes or dust",
    "radiation": "Radiation",
    "heights": "Work high up",
    "driving": "Vehicles",
    "lifting": "Heavy lifting",
    "people-at-risk": "People who are ill or need care",
}


def _choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, by slug and name; roles by their area of work."""

    experiences: Named
    sectors: Named
    year_groups: Named
    skills: Named
    roles: Mapping[str, Named] = field(default_factory=dict)


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Several of some choices, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: PortalForm) -> None:
        """What is in no list any more is left out, not refused."""

    @property
    def known(self) -> list[str]:
        """What was ticked of what there is; all of it where no list is given."""
        there = {choice.value for choice in self.choices or ()}
        return [value for value in dict.fromkeys(self.data or []) if value in there or not there]


class PartForm(OfferForm):
    """One part of what is asked; fields that a kind of experience does not need are taken out."""

    def ask_only(self, names: Collection[str]) -> None:
        """Take out every field but these."""
        for name in [name for name in self._fields if name not in names]:
            del self[name]

    def offer(self, choices: Choices) -> None:
        """Give the choices that the catalogue has."""

    def content(self) -> dict[str, Any]:
        """Every answer as plain JSON values; of ticks only those that are in the list."""
        ticks = {f.name: f.known for f in self if isinstance(f, TicksField)}
        return super().content() | ticks

    @property
    def faults(self) -> dict[str, str]:
        """After validating: what still has to be answered or mended, by question."""
        return {field.name: str(field.errors[0]) for field in self if field.errors}


class WhatForm(PartForm):
    """What it is: the kind of experience, the job that it is about, and its words."""

    experience = SelectField(
        "Kind of experience",
        validate_choice=False,
        validators=[InputRequired("Choose what kind of experience it is.")],
    )
    title = line_field("Title", "Write a title.", 110)
    role = SelectField("The job it is about", validate_choice=False)
    sector = SelectField("Area of work, if the job is not in the list", validate_choice=False)
    what_you_do = text_field("What young people will do", "Say what young people will do.", LONGEST)
    what_you_learn = text_field("What they will learn", "Say what they will learn.", LONGEST)
    skills = TicksField("Skills they will use")

    def offer(self, choices: Choices) -> None:
        """Kinds of experience, jobs by area of work, areas, skills."""
        self.experience.choices = [CHOOSE, *_choices(choices.experiences)]
        if "role" not in self:
            return
        self.role.choices = [
            CHOOSE,
            *(
                SelectChoice(slug, title, optgroup=area)
                for area, some in choices.roles.items()
                for slug, title in some
            ),
        ]
        self.sector.choices = [CHOOSE, *_choices(choices.sectors)]
        self.skills.choices = _choices(choices.skills)

    def validate_experience(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """One that the city has."""
        refuse_unknown(field, "Choose what kind of experience it is.")

    def validate_role(self, field: Any) -> None:  # noqa: ANN401
        """One that the catalogue has."""
        refuse_unknown(field, "Choose a job from the list, or leave it empty.")

    def validate_sector(self, field: Any) -> None:  # noqa: ANN401
        """Where no job says in which area of work it is."""
        refuse_unknown(field, "Choose an area of work from the list.")
        if not field.data and not self["role"].data:
            message = "Choose the job it is about, or an area of work."
            raise ValidationError(message)

    def validate_skills(self, field: Any) -> None:  # noqa: ANN401
        """A few, so that they say something."""
        if len(field.known) > MOST_SKILLS:
            message = f"Tick {MOST_SKILLS} skills at most: those that matter most."
            raise ValidationError(message)


class WhoForm(PartForm):
    """Whom it suits."""

    year_groups = TicksField("Who can come", validators=[InputRequired("Tick who can come.")])
    min_age = WholeNumberField(
        "Youngest age on the first day",
        mistake="Write an age in whole years, such as 15.",
        validators=[
            InputRequired("Write how old somebody has to be."),
            NumberRange(YOUNGEST, OLDEST, f"Write an age from {YOUNGEST} to {OLDEST}."),
        ],
    )
    adjustments = text_field("What you can change for somebody who needs it")

    def offer(self, choices: Choices) -> None:
        """Year groups."""
        self.year_groups.choices = _choices(choices.year_groups)


class WhereForm(PartForm):
    """Where it is: a town for everybody, the door only for those with a place."""

    town = line_field("Town", "Write the town.", 100)
    district = district_field("First half of the postcode")
    address = text_field("Address", "Write the address. Only people with a place see it.", LONG)
    meeting_words = text_field("Where to go first, or how to join", most=LONG)
    travel = text_field("How to get there")

    def validate_district(self, field: Any) -> None:  # noqa: ANN401
        """The first half of a postcode."""
        if not field.data or not DISTRICT.fullmatch(field.data):
            message = "Write the first half of the postcode, such as ST4."
            raise ValidationError(message)


class JoiningForm(PartForm):
    """How people join something online."""

    meeting_words = text_field("How to join", most=LONG)


class DayForm(PartForm):
    """What the day is like, and who looks after them."""

    supervision = RadioField(
        "Who is with the young person",
        choices=_choices(SUPERVISION.items()),
        validators=[InputRequired("Choose who is with the young person.")],
    )
    is_often = BooleanField("The same person looks after them on most days")
    supervision_words = text_field(
        "Who looks after them", "Say who looks after them: their job, and never a name."
    )
    dress = text_field("What to wear", "Say what to wear. If anything will do, say so.")
    lunch = text_field("Lunch and breaks")
    expenses = RadioField(
        "Travel and lunch",
        choices=_choices(EXPENSES.items()),
        validators=[InputRequired("Choose whether you pay for travel or lunch.")],
    )
    expenses_words = line_field("What you pay for", most=200)
    is_paid = BooleanField("They are paid a wage")


class SafetyForm(PartForm):
    """What keeps people safe at work."""

    insurance = RadioField(
        "Do you have employers’ liability insurance?",
        choices=_choices(INSURANCE.items()),
        validators=[InputRequired("Choose an answer about your insurance.")],
    )
    risk_assessment = RadioField(
        "Have you looked at the risks?",
        choices=_choices(RISKS.items()),
        validators=[InputRequired("Choose an answer about the risks.")],
    )
    hazards = TicksField("Which of these are at your workplace?", choices=_choices(HAZARDS.items()))


class VideoForm(PartForm):
    """Something to watch at any time, by everybody."""

    video_url = StringField(
        "Address of the video",
        filters=[squeezed],
        validators=[InputRequired("Write the address of the video."), WebAddress()],
    )
    has_captions = BooleanField(
        "It has captions",
        validators=[InputRequired("Add captions first: some people cannot hear the video.")],
    )
    transcript = text_field(
        "What is said in it", "Write down what is said in the video.", TRANSCRIPT
    )


class NewListingForm(PartForm):
    """The first two answers; everything else follows part by part."""

    experience = RadioField(
        "What kind of experience is it?",
        validators=[InputRequired("Choose what kind of experience it is.")],
    )
    title = line_field("Title", "Write a title.", 110)

    def offer(self, choices: Choices) -> None:
        """Kinds of experience."""
        self.experience.choices = _choices(choices.experiences)
