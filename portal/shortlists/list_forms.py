"""How advisers say things about their lists. A list is called by a reference, never by a name."""

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired

from portal.accounts.models import Member
from portal.forms import PortalForm
from portal.placements.pasting import is_like_a_name
from portal.publishing.fields import CHOOSE, DayField, at_most, line_field, read_day, squeezed
from portal.shortlists.filing import MOST_COPIES
from portal.shortlists.models import LONGEST_REFERENCE

# CSRFProtect asks every form that posts by itself.
NO_TOKEN = {"csrf": False}
MISSING = "Write a reference of your own, such as R-104."
NO_ADDRESS = "Take the “@” out: a reference is not a mail address."
NO_NAME = "Use a number or code of your own, such as R-104, and not somebody’s name."
LONGEST_PASTE = 4000


def typed() -> MultiDict[str, str]:
    """What was sent, without the one character that no database keeps."""
    return MultiDict(
        (name, value.replace("\0", "")) for name, value in request.form.items(multi=True)
    )


def new_token() -> str:
    """What tells a form that is sent twice from two forms."""
    return secrets.token_urlsafe(16)


def fault_of(reference: str, *, is_template: bool = False) -> str:
    """What is wrong with a reference, or nothing. A template is called after what it is for."""
    if "@" in reference:
        return NO_ADDRESS
    return NO_NAME if not is_template and is_like_a_name(reference) else ""


class _Referred(PortalForm):
    """A form with a reference."""

    is_for_many = False

    def refuse_names(self, field: StringField) -> None:
        """A reference is something, and neither a name nor a mail address."""
        # Spaces alone count as an answer to InputRequired.
        fault = fault_of(field.data, is_template=self.is_for_many) if field.data else MISSING
        if fault:
            raise ValidationError(fault)


class BeginForm(_Referred):
    """A new list."""

    reference = line_field("Reference for the new list", MISSING, LONGEST_REFERENCE)
    is_template = BooleanField("It is a template, to copy for many")
    token = HiddenField(default=new_token)

    def validate_reference(self, field: StringField) -> None:
        """No name, unless it is a template."""
        self.is_for_many = bool(self.is_template.data)
        self.refuse_names(field)


class DetailsForm(_Referred):
    """What a list is called, when it is looked at again, and whether it is a template."""

    reference = line_field("Reference", MISSING, LONGEST_REFERENCE)
    review_on = DayField("Look at it again on", validators=[at_most(20)])
    is_template = BooleanField("It is a template, to copy for many")

    def validate_reference(self, field: StringField) -> None:
        """No name, unless it is a template."""
        self.is_for_many = bool(self.is_template.data)
        self.refuse_names(field)

    @property
    def review_day(self) -> dt.date | None:
        """The day, when one was given."""
        return read_day(self.review_on.data or "")


class CopyForm(_Referred):
    """A copy under another reference."""

    copy_reference = line_field("Reference for the copy", MISSING, LONGEST_REFERENCE)
    token = HiddenField(default=new_token)

    def validate_copy_reference(self, field: StringField) -> None:
        """No name."""
        self.refuse_names(field)


class UseForm(PortalForm):
    """References that each get a copy of a template."""

    lines = TextAreaField(
        "References, one on a line",
        validators=[InputRequired("Write at least one reference."), at_most(LONGEST_PASTE)],
    )
    token = HiddenField(default=new_token)

    @property
    def references(self) -> list[str]:
        """Each reference once, in order."""
        lines = (squeezed(line) for line in (self.lines.data or "").splitlines())
        return list(dict.fromkeys(line for line in lines if line))

    def validate_lines(self, field: TextAreaField) -> None:
        """Every line is right, and there are not too many."""
        del field
        if not self.references:
            message = "Write at least one reference."
            raise ValidationError(message)
        if len(self.references) > MOST_COPIES:
            message = f"There are {len(self.references)} references. Use {MOST_COPIES} at a time."
            raise ValidationError(message)
        faults = [fault for line in self.references if (fault := _fault_in(line))]
        if faults:
            raise ValidationError(" ".join(faults[:5]))


class CodeForm(_Referred):
    """A code that a young person gave, and the list that theirs becomes or joins."""

    code = line_field("Code", "Write the code, such as K7PM-3XWQ.", 40)
    code_reference = line_field("Reference for their list", most=LONGEST_REFERENCE)
    into = HiddenField()
    token = HiddenField(default=new_token)

    def validate_code_reference(self, field: StringField) -> None:
        """A new list needs a reference; one that is there has its own."""
        if not self.into.data:
            self.refuse_names(field)


class LeaveForm(PortalForm):
    """Which lists go to which colleague."""

    which = RadioField(
        "Which lists?",
        choices=[
            SelectChoice("ticked", "Those I ticked above"),
            SelectChoice("all", "All of my lists"),
        ],
        default="ticked",
        validators=[InputRequired("Say which lists.")],
    )
    colleague = SelectField("To whom?", validators=[InputRequired("Choose a colleague.")])

    @classmethod
    def of(cls, colleagues: Iterable[Member], formdata: object = None) -> "LeaveForm":
        """The form with the colleagues who may have the lists."""
        form = cls(formdata=formdata, meta=NO_TOKEN)
        form.colleague.choices = [CHOOSE, *(SelectChoice(m.public_id, m.name) for m in colleagues)]
        return form

    def chosen(self, colleagues: Sequence[Member]) -> Member:
        """The colleague that was chosen, once the form is valid."""
        return next(one for one in colleagues if one.public_id == self.colleague.data)


def _fault_in(line: str) -> str:
    if len(line) > LONGEST_REFERENCE:
        return f"“{line[:LONGEST_REFERENCE]}…” is too long: use {LONGEST_REFERENCE} characters."
    fault = fault_of(line)
    return f"“{line}”: {fault}" if fault else ""
