"""How employers answer: by choosing from lists, so that nothing is written to a young person."""

from collections.abc import Iterable, Mapping

from wtforms import (
    DecimalField,
    RadioField,
    SelectChoice,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from portal.catalogue.experiences import Occasion
from portal.forms import PortalForm
from portal.placements.advising_forms import NO_TOKEN, CountField, OneMistake, TicksField
from portal.templating import counted, day

MOST_HOURS = 2000


class OtherDayForm(PortalForm):
    """Another day of the same experience."""

    day = RadioField("Which day?", validators=[InputRequired("Choose another day.")])

    @classmethod
    def of(cls, occasions: Iterable[Occasion], **given: object) -> "OtherDayForm":
        """The form with the days that can be chosen."""
        form = cls(meta=NO_TOKEN, **given)
        form.day.choices = [
            SelectChoice(o.public_id, f"{day(o.first_day)}: {counted(o.free, 'place')} free")
            for o in occasions
        ]
        return form


class HoursField(OneMistake, DecimalField):  # type: ignore[misc]
    """Hours with halves and quarters; anything else is told in the form’s own words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            message = "Write the hours as a number, such as 6 or 6.5."
            raise ValueError(message) from error


class CameForm(PortalForm):
    """Who came and how it went; what is left empty is as it was agreed."""

    most = 1
    number = CountField(
        "How many came?",
        mistake="Write how many came, such as 12.",
        validators=[Optional(), NumberRange(min=1, message="Write 1 or more.")],
    )
    hours = HoursField(
        "Hours that each of them had",
        places=None,
        validators=[
            Optional(),
            NumberRange(
                min=0.25, max=MOST_HOURS, message=f"Write between 0.25 and {MOST_HOURS} hours."
            ),
        ],
    )
    skills = TicksField("Skills that they used", choices=())
    says = TicksField("What went well", choices=())

    @classmethod
    def of(
        cls, people: int, skills: Mapping[str, str], says: Mapping[str, str], **given: object
    ) -> "CameForm":
        """The form for so many people, with the listing’s skills."""
        form = cls(meta=NO_TOKEN, **given)
        form.most = people
        form.skills.choices = [SelectChoice(slug, name) for slug, name in skills.items()]
        form.says.choices = [SelectChoice(slug, words) for slug, words in says.items()]
        return form

    def validate_number(self, field: CountField) -> None:
        """No more than were booked."""
        if field.data and field.data > self.most:
            booked = counted(self.most, "person was", "people were")
            message = f"Write {self.most} at most: {booked} booked."
            raise ValidationError(message)
