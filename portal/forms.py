"""What every form of the portal shares."""

from flask_wtf import FlaskForm
from wtforms import Field


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form whose errors a page can list with links to the fields."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Field id and what is wrong with it, in the order of the form."""
        fields: list[Field] = list(self)
        return [(field.id, str(error)) for field in fields for error in field.errors]
