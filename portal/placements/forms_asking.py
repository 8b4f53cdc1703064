"""How a young person says what they hope for, follows it, takes it back and says how it was."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Email, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.models import Organisation
from portal.catalogue.experiences import Listing, Occasion
from portal.catalogue.whats_on import days_in_words
from portal.clock import today
from portal.content.formats import YearGroup
from portal.forms import PortalForm
from portal.placements.ages import age_on
from portal.placements.asking import Wish
from portal.publishing.fields import CHOOSE, DayField, read_day, squeezed, tidied
from portal.publishing.wording import doubts_in
from portal.publishing.worrying import is_worrying
from portal.templating import counted

YOUNGEST, OLDEST = 13, 25
LONGEST_NAME, LONGEST_LINE, LONGEST_TEXT = 40, 200, 500
READ_BY_EMPLOYERS = ("hopes", "availability", "adjustments")
SHORTEST_NAME_LOOKED_FOR = 3
MAIL_MISTAKE = "Write a mail address, such as name@example.org, or leave it empty."


def _line(text: str | None) -> str:
    return squeezed((text or "").replace("\x00", ""))


def _lines(text: str | None) -> str:
    return tidied((text or "").replace("\x00", ""))


def _at_most(number: int) -> Length:
    return Length(max=number, message=f"Use {number} characters at most. Yours are still here.")


def _text(label: str, wanted: str = "") -> TextAreaField:
    first = [InputRequired(wanted)] if wanted else []
    return TextAreaField(label, filters=[_lines], validators=[*first, _at_most(LONGEST_TEXT)])


class AskForm(PortalForm):
    """A wish for an experience. ``for_listing`` makes the form of a listing."""

    token = HiddenField(filters=[_line], validators=[Length(max=64)])
    # Which words were already doubted: the second time they may stand, since an adviser reads them.
    doubted = HiddenField()
    occasion = RadioField("Which day?", validators=[InputRequired("Choose a day.")])
    advisers = SelectField("Who can help you?", validators=[InputRequired("Choose who helps you.")])
    first_name = StringField(
        "Your first name or initials",
        filters=[_line],
        validators=[
            InputRequired("Write your first name or your initials."),
            _at_most(LONGEST_NAME),
        ],
    )
    born_on = DayField(
        "Your date of birth", validators=[InputRequired("Write your date of birth.")]
    )
    year_group = SelectField(
        "Your year at school or college", validators=[InputRequired("Choose your year.")]
    )
    hopes = _text(
        "What do you hope to learn or try?", "Write what you hope for. One sentence is enough."
    )
    availability = _text("When are you free, apart from this day? (you can leave this out)")
    adjustments = _text("Is there anything that would help you? (you can leave this out)")
    reach = StringField(
        "How can your adviser reach you?",
        filters=[_line],
        validators=[
            InputRequired("Write how your adviser can reach you, such as through your tutor."),
            _at_most(LONGEST_LINE),
        ],
    )
    email = EmailField(
        "Mail address for news and reminders (you can leave this out)",
        filters=[_line],
        validators=[Optional(), _at_most(254), Email(MAIL_MISTAKE, allow_smtputf8=False)],
    )

    listing: Listing

    @classmethod
    def for_listing(
        cls,
        listing: Listing,
        advisers: Mapping[str, Sequence[Organisation]],
        year_groups: Mapping[str, YearGroup],
    ) -> "AskForm":
        """The form with the days, the people who could help and the years that the listing has."""
        form = cls()
        form.listing = listing
        form.occasion.choices = [
            SelectChoice(coming.public_id, day_in_words(coming)) for coming in listing.coming
        ]
        form.advisers.choices = [
            CHOOSE,
            *(
                SelectChoice(home.public_id, home.name, optgroup=heading)
                for heading, homes in advisers.items()
                for home in homes
            ),
        ]
        suited = [slug for slug in year_groups if slug in listing.year_groups]
        form.year_group.choices = [
            CHOOSE, *(SelectChoice(slug, year_groups[slug].name) for slug in suited or year_groups)
        ]  # fmt: skip
        if not form.token.data:
            form.token.data = secrets.token_urlsafe(16)
        return form

    @property
    def is_worrying(self) -> bool:
        """Whether what was written may mean that somebody is not safe."""
        return is_worrying(
            "\n".join(str(self[name].data or "") for name in (*READ_BY_EMPLOYERS, "reach"))
        )

    @property
    def wish(self) -> Wish:
        """What was written, once it is faultless."""
        born_on = read_day(self.born_on.data)
        if born_on is None:
            raise ValueError(self.born_on.data)
        return Wish(
            first_name=self.first_name.data, born_on=born_on, year_group=self.year_group.data,
            hopes=self.hopes.data, availability=self.availability.data or "",
            adjustments=self.adjustments.data or "", reach=self.reach.data,
            email=self.email.data or None,
        )  # fmt: skip

    def validate_born_on(self, field: Field) -> None:
        """Refuse who is too young or too old on the day."""
        born_on = read_day(field.data or "")
        if born_on is None:
            return
        wanted = next((d for d in self.listing.coming if d.public_id == self.occasion.data), None)
        on = wanted.first_day if wanted else today()
        if born_on > today():
            message = "Your date of birth lies in the future. Look at the year again."
            raise ValidationError(message)
        least, age = self.listing.min_age or YOUNGEST, age_on(born_on, on)
        if age < YOUNGEST or age > OLDEST:
            message = (
                f"You can ask from {YOUNGEST} to {OLDEST}. With this date of birth you would be "
                f"{age} on that day. If it is wrong, change it."
            )
            raise ValidationError(message)
        if age < least:
            message = f"On that day you have to be {least} or older, and you would be {age}."
            raise ValidationError(message)

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Also ask once to leave out what an employer must not read."""
        is_right = bool(super().validate(extra_validators))
        written = self._written()
        if self.is_worrying or self.doubted.data == written:
            return is_right
        told = [name for name in READ_BY_EMPLOYERS if self._doubt(name)]
        self.doubted.data = written if told else ""
        return is_right and not told

    def _doubt(self, name: str) -> bool:
        """Whether a text holds a name or a way to get in touch; tells so beside it."""
        text = str(self[name].data or "")
        found = [doubt.found for doubt in doubts_in(text)]
        own = str(self.first_name.data or "")
        if len(own) >= SHORTEST_NAME_LOOKED_FOR and own.casefold() in _words_of(text):
            found.append(own)
        if not found:
            return False
        message = (
            f"Leave out names and ways to reach you: an employer may read this later. "
            f"We found “{found[0]}”. If that is nothing of the kind, send it again as it is."
        )
        self[name].errors = [*self[name].errors, message]
        return True

    def _written(self) -> str:
        words = "\n".join(str(self[name].data or "") for name in READ_BY_EMPLOYERS)
        return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


class CodeForm(PortalForm):
    """The code of a request. Its shape is not told: one message answers for every wrong one."""

    code = StringField("Your code", filters=[_line], validators=[Length(max=100)])


class WithdrawForm(PortalForm):
    """Why somebody does not want it any more, from a list; ``reasons`` fills it."""

    reason = RadioField(
        "Why?", validators=[InputRequired("Choose a reason. You need not say why.")]
    )

    @classmethod
    def with_reasons(cls, reasons: Mapping[str, str]) -> "WithdrawForm":
        """The form with the city’s list."""
        form = cls()
        form.reason.choices = [SelectChoice(slug, words) for slug, words in reasons.items()]
        return form


def _ticks(label: str) -> SelectMultipleField:
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class SayForm(PortalForm):
    """Ticks about how it was. No words: nothing passes from one person to another here."""

    went_well = _ticks("What went well?")
    could_be_better = _ticks("What could be better?")

    @classmethod
    def with_lists(
        cls, well: Mapping[str, str], better: Mapping[str, str], *, said: Sequence[str] = ()
    ) -> "SayForm":
        """The form with the city’s lists, and the ticks of last time."""
        form = cls(
            data={
                "went_well": [slug for slug in well if f"went-well/{slug}" in said],
                "could_be_better": [slug for slug in better if f"could-be-better/{slug}" in said],
            }
        )
        form.went_well.choices = [SelectChoice(slug, words) for slug, words in well.items()]
        form.could_be_better.choices = [SelectChoice(slug, words) for slug, words in better.items()]
        return form

    @property
    def said(self) -> list[str]:
        """The ticks, each with its list, because some stand in both."""
        return [
            *(f"went-well/{slug}" for slug in self.went_well.data or ()),
            *(f"could-be-better/{slug}" for slug in self.could_be_better.data or ()),
        ]


class ConsentForm(PortalForm):
    """A parent’s or carer’s yes or no, with a tick that says who they are."""

    is_parent = BooleanField(
        "I am the parent or carer of the young person",
        validators=[InputRequired("Tick that you are the parent or carer.")],
    )
    yes = SubmitField("Yes, I agree")
    no = SubmitField("No, I do not agree")


def day_in_words(coming: Occasion) -> str:
    """A day with how many places are left, as somebody chooses it."""
    days = days_in_words(coming.first_day, coming.last_day)
    return f"{days}: {places_in_words(coming.free)}"


def places_in_words(free: int) -> str:
    """“2 places left”, or what asking for a full day means."""
    return f"{counted(free, 'place')} left" if free else "full: you would be on the waiting list"


def _words_of(text: str) -> set[str]:
    return {word.strip(".,;:!?()“”’'\"").casefold() for word in text.split()}
