"""How a provider says where it teaches: what the national course directory asks of a venue."""

from typing import Any

from wtforms import StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.naming import slug_of
from portal.forms import PortalForm
from portal.provision.cells import UnreadableError, read_email, read_phone, read_postcode
from portal.provision.models import Venue
from portal.publishing.fields import WebAddress
from portal.publishing.wording import doubts_in

# Facts of a place stand on public pages without waiting for a moderator, so they say nothing else.
SHOWN = ("name", "address", "town", "county")
SAME_FOR_BOTH = ("name", "address", "town", "county", "postcode", "email", "phone", "website")


def _line(label: str, most: int, missing: str = "") -> StringField:
    first = InputRequired(missing) if missing else Optional()
    too_long = Length(max=most, message=f"Use {most} characters at most.")
    return StringField(
        label, filters=[lambda text: " ".join((text or "").split())], validators=[first, too_long]
    )


class VenueForm(PortalForm):
    """A place where an organisation teaches."""

    name = _line("Name of the venue", 200, "Write what the venue is called.")
    address = _line("Street and number", 200, "Write the street and number.")
    town = _line("Town", 75, "Write the town.")
    county = _line("County", 75)
    postcode = _line("Postcode", 10, "Write the postcode.")
    email = _line("Mail address", 254)
    phone = _line("Phone number", 30)
    website = _line("Web address", 255)
    reference = _line("Your own reference", 255)

    @property
    def values(self) -> dict[str, str]:
        """What a venue keeps, but for its reference."""
        kept = {name: str(self[name].data or "") for name in SAME_FOR_BOTH}
        return kept | {"postcode": read_postcode(kept["postcode"])}

    @property
    def values_with_reference(self) -> dict[str, str]:
        """All of it; without a reference the name makes one."""
        return {**self.values, "reference": self.reference.data or slug_of(self.name.data)}

    @classmethod
    def of(cls, venue: Venue) -> "VenueForm":
        """The form as it says what is kept."""
        return cls(formdata=None, obj=venue)

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms’ own type
        """Also refuse what only a person could judge, such as a way to get in touch in a name."""
        is_right: bool = super().validate(extra_validators)
        for name in SHOWN:
            doubts = doubts_in(self[name].data or "")
            if doubts and not self[name].errors:
                self[name].errors = [f"Leave out “{doubts[0].found}”. {doubts[0].why}"]
                is_right = False
        return is_right

    def validate_postcode(self, field: Any) -> None:  # noqa: ANN401
        """A whole postcode."""
        _read(read_postcode, field.data)

    def validate_email(self, field: Any) -> None:  # noqa: ANN401
        """One address."""
        _read(read_email, field.data)

    def validate_phone(self, field: Any) -> None:  # noqa: ANN401
        """One number."""
        _read(read_phone, field.data)

    def validate_website(self, field: Any) -> None:  # noqa: ANN401
        """Where a browser can go."""
        if field.data:
            WebAddress()(self, field)


def _read(read: Any, text: str) -> None:  # noqa: ANN401 - any of the readers of cells
    try:
        if text:
            read(text)
    except UnreadableError as error:
        raise ValidationError(str(error)) from error
