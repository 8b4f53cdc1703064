"""How people say who they are: signing in and up, passwords, codes, colleagues."""

import re
from collections.abc import Sequence

from wtforms import (
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.joining import SigningUp
from portal.accounts.models import (
    ADVICE_SERVICE,
    EMPLOYER,
    PROVIDERS,
    SCHOOL,
    Member,
    MemberRole,
)
from portal.accounts.passwords import fault_of
from portal.accounts.safe_addresses import is_web_address, safe_next
from portal.forms import PortalForm, ShownForm, mail_field

KINDS = {
    EMPLOYER: "An employer",
    SCHOOL: "A school",
    "college": "A college",
    "sixth-form": "A sixth form",
    "university": "A university",
    "training-provider": "A training provider",
    "adult-learning": "An adult learning service",
    "special": "A specialist college",
    "utc": "A technical college or academy",
    "charity": "A charity that teaches",
    "employer-provider": "An employer that trains its own people",
    ADVICE_SERVICE: "A careers or advice service",
}
ROLES = {
    MemberRole.OWNER: "Owner: decides who belongs here",
    MemberRole.EDITOR: "Editor: writes what you offer",
    MemberRole.ADVISER: "Adviser: helps young people choose",
    MemberRole.MODERATOR: "Moderator: decides what the city publishes",
    MemberRole.SAFEGUARDING: "Safeguarding lead: reads what worries people, and acts on it",
}
MAIL_MISTAKE = "Enter a mail address, such as name@example.org."
POSTCODE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(?: ?\d[A-Z]{2})?")
PHONE = re.compile(r"\+?[\d ()\-]+")
LEAST_DIGITS = 10
NUMBERS = {
    "company_number": (
        re.compile(r"\d{8}|[A-Z]{2}\d{6}"),
        "A company number has 8 characters, such as 01234567 or SC123456.",
    ),
    "ukprn": (re.compile(r"1\d{7}"), "A UKPRN has 8 digits and begins with 1."),
    "urn": (re.compile(r"\d{6}"), "A URN has 6 digits."),
}


def squeezed(text: str | None) -> str:
    """Words with single spaces between them, and nothing that cannot be seen."""
    seen = "".join(c for c in text or "" if c.isprintable() or c.isspace())
    return " ".join(seen.split())


def _or_none(text: str | None) -> str | None:
    return squeezed(text) or None


def _number(text: str | None) -> str | None:
    """A register number without the spaces that people type."""
    return squeezed(text).replace(" ", "").upper() or None


def _company_number(text: str | None) -> str | None:
    """Registers write a leading nought that letterheads leave out."""
    number = _number(text)
    return number.zfill(8) if number and number.isdigit() else number


def _web_address(text: str | None) -> str | None:
    """People leave the beginning out."""
    address = squeezed(text)
    return f"https://{address}" if address and "://" not in address else address or None


def _words(least: str, most: int) -> list[object]:
    return [DataRequired(least), Length(max=most, message=f"Use {most} characters at most.")]


def _role_ticks() -> SelectMultipleField:
    return SelectMultipleField(
        "What may they do?",
        coerce=MemberRole,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class SignInForm(PortalForm):
    """A mail address and a password. Their shape is not told: one message answers for both."""

    email = EmailField(
        "Mail address", filters=[squeezed], validators=_words("Enter your mail address.", 254)
    )
    password = PasswordField("Password", validators=[InputRequired("Enter your password.")])
    next = HiddenField(filters=[safe_next])


class CodeForm(PortalForm):
    """Six digits, or a recovery code."""

    code = StringField("Code", filters=[squeezed], validators=_words("Enter the code.", 40))
    next = HiddenField(filters=[safe_next])


class AddressForm(PortalForm):
    """Where to send a link for a new password."""

    email = mail_field("Mail address", MAIL_MISTAKE, read=squeezed)


class NewPasswordForm(PortalForm):
    """A password for somebody, who must not be easy to guess."""

    password = PasswordField("Choose a password", validators=[InputRequired("Choose a password.")])

    def __init__(self, member: Member, **given: object) -> None:
        """``member`` is whoever the password is for: what others know of them is no password."""
        super().__init__(**given)
        self.member = member

    def validate_password(self, field: Field) -> None:
        """Long enough, and not among those that are tried first."""
        member = self.member
        fault = fault_of(
            field.data,
            reaches_far=member.must_have_second_factor,
            context=(member.name, member.email, member.organisation.name),
        )
        if fault:
            raise ValidationError(fault)


class PresentPasswordForm(PortalForm):
    """The password that one has, before an act that reaches far."""

    present = PasswordField(
        "Your present password", validators=[InputRequired("Enter your present password.")]
    )


class ChangePasswordForm(NewPasswordForm):
    """The password that one has, and the one to have from now on."""

    present = PasswordField(
        "Your present password", validators=[InputRequired("Enter your present password.")]
    )
    password = PasswordField("New password", validators=[InputRequired("Choose a new password.")])


class KindForm(PortalForm):
    """Who is signing up? Everything else that is asked follows from it."""

    kind = RadioField(
        "What are you signing up?",
        choices=[SelectChoice(kind, words) for kind, words in KINDS.items()],
        validators=[InputRequired("Choose what you are signing up.")],
    )


class SignUpForm(ShownForm):
    """An organisation and the first person who signs in for it."""

    kind = HiddenField()
    name = StringField(
        "Name of the organisation",
        filters=[squeezed],
        validators=_words("Enter the name of the organisation.", 110),
    )
    address = StringField(
        "Building and street",
        filters=[_or_none],
        validators=[Optional(), Length(max=200, message="Use 200 characters at most.")],
    )
    town = StringField(
        "Town or city", filters=[squeezed], validators=_words("Enter the town or city.", 100)
    )
    district = StringField(
        "First half of the postcode",
        filters=[lambda text: squeezed(text).upper()],
        validators=_words("Enter the first half of the postcode.", 10),
    )
    website = StringField("Website (if you have one)", filters=[_web_address])
    company_number = StringField(
        "Company number (if you have one)", filters=[_company_number], validators=[Optional()]
    )
    ukprn = StringField("UKPRN (if you have one)", filters=[_number], validators=[Optional()])
    urn = StringField("URN of the school", filters=[_number], validators=[Optional()])
    phone = TelField(
        "Phone number that we can ring",
        filters=[squeezed],
        validators=_words("Enter a phone number that we can ring.", 30),
    )
    why = TextAreaField(
        "What would you like to do here?",
        filters=[squeezed],
        validators=_words("Say in a sentence what you would like to do here.", 500),
    )
    person = StringField(
        "Your name", filters=[squeezed], validators=_words("Enter your name.", 100)
    )
    job_title = StringField(
        "Your job there", filters=[squeezed], validators=_words("Enter your job there.", 100)
    )
    email = mail_field("Your work mail address", MAIL_MISTAKE, read=squeezed)

    def show(self, kind: str) -> None:
        """Ask for this kind of organisation, and note when."""
        self.kind.data = kind
        self.note_time()

    @property
    def numbers(self) -> list[Field]:
        """The fields for register numbers that this kind of organisation has."""
        if self.kind.data == SCHOOL:
            return [self.urn]
        if self.kind.data in PROVIDERS:
            return [self.ukprn, self.company_number]
        return [self.company_number]

    def validate_district(self, field: Field) -> None:
        """The second half of a postcode is dropped: nothing here needs it."""
        found = POSTCODE.fullmatch(field.data)
        if not found:
            message = "Enter the first half of the postcode, such as ST4."
            raise ValidationError(message)
        field.data = found[1]

    def validate_website(self, field: Field) -> None:
        """A full address of a public site."""
        if field.data and not is_web_address(field.data):
            message = "Enter the address of your website, such as https://www.example.org."
            raise ValidationError(message)

    def validate_phone(self, field: Field) -> None:
        """Enough digits to ring, and no words."""
        digits = sum(letter.isdigit() for letter in field.data)
        if digits < LEAST_DIGITS or not PHONE.fullmatch(field.data):
            message = "Enter a phone number with its area code, such as 01782 555 0100."
            raise ValidationError(message)

    def validate_company_number(self, field: Field) -> None:
        """As Companies House writes them."""
        self._check_number(field)

    def validate_ukprn(self, field: Field) -> None:
        """As the register of learning providers writes them."""
        self._check_number(field)

    def validate_urn(self, field: Field) -> None:
        """As the register of schools writes them."""
        self._check_number(field)

    def _check_number(self, field: Field) -> None:
        """What was not asked for is left out, so nobody needs to hear that it is wrong."""
        shape, told = NUMBERS[field.name]
        if field in self.numbers and not shape.fullmatch(field.data):
            raise ValidationError(told)

    def said(self) -> SigningUp:
        """What was said, as a value; numbers that were not asked for are left out."""
        asked = {field.name: field.data for field in self.numbers}
        return SigningUp(
            kind=self.kind.data,
            name=self.name.data,
            address=self.address.data,
            town=self.town.data,
            district=self.district.data,
            website=self.website.data,
            phone=self.phone.data,
            company_number=asked.get("company_number"),
            ukprn=asked.get("ukprn"),
            urn=asked.get("urn"),
            why=self.why.data,
            person=self.person.data,
            job_title=self.job_title.data,
            email=self.email.data,
        )


class DetailsForm(PortalForm):
    """What a member says of themselves."""

    name = StringField("Your name", filters=[squeezed], validators=_words("Enter your name.", 100))
    job_title = StringField(
        "Your job there",
        filters=[_or_none],
        validators=[Optional(), Length(max=100, message="Use 100 characters at most.")],
    )


class RolesForm(PortalForm):
    """What somebody may do in an organisation."""

    roles = _role_ticks()

    def __init__(self, allowed: Sequence[MemberRole], **given: object) -> None:
        """``allowed`` are the roles that this kind of organisation has."""
        super().__init__(**given)
        self.roles.choices = [SelectChoice(role, ROLES[role]) for role in allowed]

    def validate_roles(self, field: Field) -> None:
        """Whoever may do nothing has no reason to be here."""
        if not field.data:
            message = "Tick at least one."
            raise ValidationError(message)


class InviteForm(RolesForm):
    """Somebody to invite."""

    name = StringField("Their name", filters=[squeezed], validators=_words("Enter a name.", 100))
    email = mail_field("Their work mail address", MAIL_MISTAKE, read=squeezed)
    roles = _role_ticks()


class ReasonForm(PortalForm):
    """Why somebody is stopped from signing in."""

    why = StringField("Why?", filters=[squeezed], validators=_words("Say why in a few words.", 200))
