"""How somebody says to which first day many courses move."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from wtforms import RadioField, SelectChoice, ValidationError
from wtforms.validators import NumberRange, Optional

from portal.catalogue.drafts import months_after
from portal.clock import today
from portal.forms import PortalForm, WholeNumberField
from portal.publishing.fields import DayField, read_day

A_YEAR, MOST_WEEKS = 12, 104


class MovingForm(PortalForm):
    """To one day, or all by the same time."""

    how = RadioField(
        "Which new first day?",
        choices=[
            SelectChoice("year", "The same day a year later"),
            SelectChoice("weeks", "Some weeks later"),
            SelectChoice("day", "One day for all of them"),
        ],
        default="year",
    )
    weeks = WholeNumberField(
        "How many weeks?",
        mistake="Write a whole number of weeks, such as 2.",
        validators=[
            Optional(),
            NumberRange(1, MOST_WEEKS, f"Use a number from 1 to {MOST_WEEKS}."),
        ],
    )
    day = DayField("Which day?")

    @property
    def moved(self) -> Callable[[dt.date], dt.date]:
        """From a first day to the new one."""
        if self.how.data == "day":
            day = read_day(self.day.data) or today()
            return lambda _: day
        if self.how.data == "weeks":
            weeks = dt.timedelta(weeks=self.weeks.data)
            return lambda first: first + weeks
        return lambda first: months_after(first, A_YEAR)

    def validate_how(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """With the number or the day that it needs."""
        if field.data == "weeks" and not self.weeks.data:
            message = "Write by how many weeks."
            raise ValidationError(message)
        day = read_day(self.day.data or "")
        if field.data == "day" and (day is None or day <= today()):
            message = "Write a day to come, such as 7/9/2027."
            raise ValidationError(message)
