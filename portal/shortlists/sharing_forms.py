"""How a list is shared, and how whoever has a link with a passphrase gives it."""

import secrets

from wtforms import HiddenField, RadioField, SelectChoice, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from portal.forms import PortalForm
from portal.shortlists.list_forms import NO_TOKEN
from portal.shortlists.models import Shortlist
from portal.shortlists.sharing import DAYS, fault_of_passphrase, plain

LEAST_TOKEN, MOST = 40, 128
NAMES = {1: "One day", 7: "One week", 14: "Two weeks"}


class ShareForm(PortalForm):
    """For how long, and with which words. ``token`` makes sending it twice harmless."""

    days = RadioField(
        "How long should it work?",
        choices=[SelectChoice(str(days), NAMES[days]) for days in DAYS],
        default=str(max(DAYS)),
    )
    passphrase = StringField(
        "Passphrase, if you want one",
        validators=[Length(max=MOST, message=f"Use {MOST} characters at most.")],
    )
    token = HiddenField(
        validators=[
            Length(
                min=LEAST_TOKEN, max=MOST,
                message="This form was not complete. Load the page again and send it once more.",
            )
        ]
    )  # fmt: skip

    def __init__(self, shortlist: Shortlist, **given: object) -> None:
        # A prefix, because the page of a list has other forms.
        token = {"token": secrets.token_urlsafe(32)}
        super().__init__(data=token, prefix="share-", meta=NO_TOKEN, **given)
        self.shortlist = shortlist

    def validate_passphrase(self, field: StringField) -> None:
        """Words that are easy to guess keep nobody out."""
        if plain(field.data or ""):
            fault = fault_of_passphrase(field.data, shortlist=self.shortlist)
            if fault:
                raise ValidationError(fault)


class PassphraseForm(PortalForm):
    """The words that go with a link."""

    passphrase = StringField(
        "Passphrase",
        validators=[
            DataRequired("Type the words that you were told."),
            Length(max=MOST, message=f"Use {MOST} characters at most."),
        ],
    )
