"""What every form of the portal shares."""

import time
from collections.abc import Callable

from flask import current_app
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from wtforms import EmailField, Field, HiddenField, IntegerField, StringField
from wtforms.validators import DataRequired, Email, Length, Regexp

LONGEST_ADDRESS = 254
# Nobody reads such a form and fills it in in less.
FORM_SECONDS = 3


class PortalForm(FlaskForm):  # type: ignore[misc]
    """A form whose errors a page can list with links to the fields."""

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Field id and what is wrong with it, in the order of the form."""
        fields: list[Field] = list(self)
        return [(field.id, str(error)) for field in fields for error in dict.fromkeys(field.errors)]


class ShownForm(PortalForm):
    """A form for anybody that notes when it was shown: what fills it in at once is no person."""

    # Each form has a signature of its own, so that the note of one does not count in another.
    signature = "form shown"
    # People do not see these two.
    topic = StringField("Leave this empty")
    shown = HiddenField()

    def note_time(self) -> None:
        """Note that the page is made now."""
        self.shown.data = self._signer().dumps(time.time())

    @property
    def is_from_a_program(self) -> bool:
        """Whether a field was filled in that nobody sees, or all of them faster than one reads."""
        if self.topic.data:
            return True
        try:
            shown = self._signer().loads(self.shown.data or "")
        except BadData:
            return True
        return bool(time.time() - shown < current_app.config.get("FORM_SECONDS", FORM_SECONDS))

    def _signer(self) -> URLSafeSerializer:
        return URLSafeSerializer(str(current_app.secret_key), salt=self.signature)


def stripped(text: str | None) -> str:
    """What was typed, without the spaces round it."""
    return (text or "").strip()


def mail_field(
    label: str, told: str, *, read: Callable[[str | None], str] = stripped
) -> EmailField:
    """A mail address that somebody has to give; whatever is wrong with it, ``told`` is said."""
    return EmailField(
        label,
        filters=[read],
        validators=[
            DataRequired(told),
            Length(max=LONGEST_ADDRESS, message=f"Use {LONGEST_ADDRESS} characters at most."),
            Regexp(r"[!-~]+$", message=told),
            Email(told, allow_smtputf8=False),
        ],
    )


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
