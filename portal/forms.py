"""What every form of the portal shares."""

from flask_wtf import FlaskForm
from wtforms import Field, IntegerField


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form whose errors a page can list with links to the fields."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Field id and what is wrong with it, in the order of the form."""
        fields: list[Field] = list(self)
        return [(field.id, str(error)) for field in fields for error in dict.fromkeys(field.errors)]


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number; anything else is told in the form’s own words."""

    def __init__(self, label: str, *, mistake: str, **given: object) -> None:
        super().__init__(label, **given)
        self.mistake = mistake

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self.mistake) from error
