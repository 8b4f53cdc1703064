"""How somebody says where news of a search is to go."""

import time

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import DataRequired, Email, Length, Regexp

from portal.forms import PortalForm

LONGEST_ADDRESS = 254
WITHOUT_ADDRESS = "Enter your mail address, such as name@example.org."
# Nobody reads the page and types an address in less.
FORM_SECONDS = 3


class AlertForm(PortalForm):
    """A mail address. ``shown`` is when the page was made, and makes a form sent twice one."""

    email = EmailField(
        "Your mail address",
        filters=[lambda text: (text or "").strip()],
        validators=[
            DataRequired(WITHOUT_ADDRESS),
            Length(max=LONGEST_ADDRESS, message=f"Use {LONGEST_ADDRESS} characters at most."),
            Regexp(r"[!-~]+$", message=WITHOUT_ADDRESS),
            Email(WITHOUT_ADDRESS, allow_smtputf8=False),
        ],
    )
    # People do not see these two.
    topic = StringField("Leave this empty")
    shown = HiddenField()

    def show(self) -> None:
        """Note when the page is made."""
        self.shown.data = _signer().dumps(time.time())

    @property
    def is_from_a_program(self) -> bool:
        """Whether a field was filled in that nobody sees, or all of it faster than one types."""
        if self.topic.data:
            return True
        try:
            shown = _signer().loads(self.shown.data or "")
        except BadData:
            return True
        return bool(time.time() - shown < current_app.config.get("FORM_SECONDS", FORM_SECONDS))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="alert form shown")
