"""How a visitor says what becomes of a list: its order and notes, and where it is sent.

These forms have no token: portal.same_origin says what keeps other sites out.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from portal.forms import PortalForm, mail_field
from portal.shortlists.on_device import LONGEST_KEY, MOST, DeviceList

NOTE = "note:"
WITHOUT_ADDRESS = "Enter your mail address, such as name@example.org."


@dataclass(frozen=True)
class Arranging:
    """What the page of a list was sent with: every note, and at most one button for one entry."""

    notes: Mapping[str, str]
    up: str = ""
    down: str = ""
    take_off: str = ""

    @classmethod
    def of(cls, sent: "MultiDict[str, str]") -> "Arranging":
        """Read a form; what it does not know is nothing."""
        notes = {name[len(NOTE) :]: said for name, said in sent.items() if name.startswith(NOTE)}
        buttons = (sent.get(name, "") for name in ("up", "down", "take-off"))
        return cls(notes, *buttons)

    def arranged(self, before: DeviceList) -> DeviceList:
        """The list as it was asked for; whatever was pressed, notes stay. Raises FullError."""
        noted = before.noted(self.notes)
        return noted.moved(self.up, -1).moved(self.down, 1).without(self.take_off)


def keys_of(sent: "MultiDict[str, str]") -> list[str]:
    """The keys in an address or a form, as many as a list can have, each once."""
    keys = (key for key in sent.getlist("e") if key and len(key) <= LONGEST_KEY)
    return list(dict.fromkeys(keys))[:MOST]


def new_token() -> str:
    """What makes a form sent twice one form."""
    return secrets.token_urlsafe(16)


class CodeForm(PortalForm):
    """A wish for a code; the token makes it one, however often it is sent."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])


class MailForm(PortalForm):
    """Where a list goes by mail."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    email = mail_field("Your mail address", WITHOUT_ADDRESS)
    # People do not see this one.
    topic = StringField("Leave this empty")
