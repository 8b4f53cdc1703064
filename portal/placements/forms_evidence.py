"""How an employer hands in a document."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, RadioField, SelectChoice, ValidationError
from wtforms.validators import InputRequired, Length

from portal.clock import today
from portal.forms import PortalForm
from portal.placements.evidencing import NAMES, EvidenceKind
from portal.publishing.fields import DayField, read_day

FILE_NAME_LENGTH = 120


class EvidenceForm(PortalForm):
    """A document, what it shows, and when it runs out."""

    token = HiddenField(validators=[InputRequired(), Length(max=64)])
    kind = RadioField(
        "What it is",
        choices=[SelectChoice(kind.value, name) for kind, name in NAMES.items()],
        validators=[InputRequired("Choose what it is.")],
    )
    file = FileField("File", validators=[FileRequired("Choose a file first.")])
    expires_on = DayField("Last day on which it counts")

    @property
    def file_name(self) -> str:
        """What the file was called, without folders and unseen characters, to know it again."""
        name = str(self.file.data.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
        return "".join(c for c in name if c.isprintable())[-FILE_NAME_LENGTH:] or "document"

    def validate_expires_on(self, field: Any) -> None:  # noqa: ANN401 - WTForms’ own type
        """A day to come; insurance always has one."""
        day = read_day(field.data or "")
        if day is None and self.kind.data == EvidenceKind.INSURANCE:
            message = "Write the last day on which the insurance counts. The certificate says it."
            raise ValidationError(message)
        if day is not None and day < today():
            message = "This has run out. Send the one that counts now."
            raise ValidationError(message)
