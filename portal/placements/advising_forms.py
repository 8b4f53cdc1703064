"""How advisers answer: mostly by choosing; what they write is looked at before it goes on."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import (
    InputRequired,
    NumberRange,
    StopValidation,
)
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue.experiences import Listing, Occasion
from portal.forms import PortalForm, WholeNumberField, mail_field
from portal.placements.pasting import LONGEST_REFERENCE, Pasted, is_like_a_name, read_lines
from portal.publishing.fields import (
    CHOOSE,
    LONG,
    LONGEST,
    at_most,
    line_field,
    squeezed,
    text_field,
)
from portal.publishing.wording import DoubtKind, doubts_in
from portal.templating import counted, day, listed

# CSRFProtect asks every form that posts by itself.
NO_TOKEN = {"csrf": False}
# There is no good reason for these in what goes to an employer.
NEVER = frozenset({DoubtKind.PHONE, DoubtKind.MAIL})
MAIL_MISTAKE = "Write a mail address, such as name@example.org."
SMALLEST_GROUP = 2


class OneMistake:
    """A field that, where it could not be read, says that and nothing more."""

    process_errors: Sequence[str]

    def pre_validate(self, form: PortalForm) -> None:
        """Leave out what else would be wrong with nothing."""
        del form
        if self.process_errors:
            raise StopValidation


class CountField(OneMistake, WholeNumberField):
    """How many."""


class TicksField(SelectMultipleField):  # type: ignore[misc]
    """Any of some options, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: PortalForm) -> None:
        """Refuse what is not in the list."""
        del form
        known = {choice.value for choice in self.choices}
        if set(self.data or []) - known:
            message = "Choose from the list."
            raise ValidationError(message)


def typed() -> MultiDict[str, str]:
    """What was sent, without the one character that no database keeps."""
    return MultiDict(
        (name, value.replace("\0", "")) for name, value in request.form.items(multi=True)
    )


class _SentOn(PortalForm):
    """Words that an employer reads before anybody may know whose they are."""

    told_of: tuple[str, ...] = ()
    LOOKED_AT = ("hopes", "availability", "adjustments")
    looked = BooleanField("I have read these words again. They say nobody’s name or school.")

    def look_for(self, names: Iterable[str | None]) -> None:
        """Names that must not stand in the words: the person’s and the school’s."""
        self.told_of = tuple(name for name in names if name)

    def validate(self, extra_validators: object = None) -> bool:
        """Refuse contact details; hold what may say who somebody is until it was read again."""
        valid = bool(super().validate(extra_validators))
        for name in self.LOOKED_AT:
            wrong = list(self._wrong_with(self[name].data or "")) if name in self else []
            if wrong:
                self[name].errors = [*self[name].errors, *wrong]
                valid = False
        return valid

    @property
    def needs_looking(self) -> bool:
        """Whether something was found that may stay once it has been read."""
        return bool(self.looked.data) or any(
            "tick below" in error for name in self.LOOKED_AT if name in self
            for error in self[name].errors
        )  # fmt: skip

    def _wrong_with(self, words: str) -> Iterator[str]:
        doubts = doubts_in(words)
        never = [doubt.found for doubt in doubts if doubt.kind in NEVER]
        if never:
            found = listed(f"“{words}”" for words in dict.fromkeys(never))
            yield f"Take out {found}: nobody may be reached past you."
        maybe = [doubt.found for doubt in doubts if doubt.kind not in NEVER]
        maybe += [name for name in self.told_of if name.casefold() in words.casefold()]
        if maybe and not self.looked.data:
            found = listed(f"“{words}”" for words in dict.fromkeys(maybe))
            yield f"Look at {found}: take it out, or tick below that it may stay."


class SendOnForm(_SentOn):
    """What the employer reads, as the adviser leaves it."""

    hopes = text_field("What they hope to learn", "Say what they hope to learn.", LONGEST)
    availability = text_field("When they can come", most=LONG)
    adjustments = text_field("What would help them on the day", most=LONGEST)
    reference = line_field("Your own reference for them", most=LONGEST_REFERENCE)

    def validate_reference(self, field: TextAreaField) -> None:
        """A reference, and nobody’s name."""
        if is_like_a_name(field.data or "") or (field.data or "") in self.told_of:
            message = "Use a number or code of your own, not a name."
            raise ValidationError(message)


class ReasonForm(PortalForm):
    """Why not, from a list: nobody writes to a young person here."""

    reason = RadioField("Why?", validators=[InputRequired("Choose a reason.")])

    @classmethod
    def of(cls, reasons: Mapping[str, str], *, act: str, **given: object) -> "ReasonForm":
        """The form with the reasons of a list; ``act`` keeps two such forms on a page apart."""
        form = cls(meta=NO_TOKEN, **given)
        form.reason.id = f"reason-{act}"
        form.reason.choices = [SelectChoice(slug, words) for slug, words in reasons.items()]
        return form


class ParentForm(PortalForm):
    """Where a parent or carer is written to."""

    parent_email = mail_field("Mail address of a parent or carer", MAIL_MISTAKE, read=squeezed)


class WhoCameForm(PortalForm):
    """Which young people of the school were in a group."""

    most = 0
    people = TicksField("Who was there?", choices=())

    def validate_people(self, field: TicksField) -> None:
        """Not more than the employer says came."""
        ticked = len(set(field.data or []))
        if ticked > self.most:
            came = counted(self.most, "person", "people")
            message = f"You ticked {ticked}, and the employer says that {came} came."
            raise ValidationError(message)


class AddForm(PortalForm):
    """References to add, one on a line."""

    pasted = Pasted()
    lines = TextAreaField(
        "References and year groups, one on a line",
        validators=[
            InputRequired("Write at least one line, such as A-1042, Year 10."), at_most(50_000),
        ],
    )  # fmt: skip
    are_no_names = BooleanField("I have looked at these: none of them is a name.")

    def read(self, year_groups: Mapping[str, str]) -> None:
        """Read the lines; mistakes are told by line, and nothing is kept unless all are right."""
        self.pasted = read_lines(self.lines.data or "", year_groups)

    def validate_lines(self, field: TextAreaField) -> None:
        """Every line is right, and none looks like a name."""
        del field
        if self.pasted.mistakes:
            raise ValidationError(" ".join(self.pasted.mistakes[:10]))
        if self.pasted.like_names and not self.are_no_names.data:
            found = listed(f"“{name}”" for name in self.pasted.like_names[:5])
            message = f"{found} may be a name. Use references of your own, or tick below."
            raise ValidationError(message)


class GroupForm(_SentOn):
    """What a class or a group is asked for."""

    day = SelectField("Which day?", validators=[InputRequired("Choose a day.")])
    people = CountField(
        "How many young people?",
        mistake="Write how many, such as 12.",
        validators=[
            InputRequired("Write how many young people come."),
            NumberRange(min=SMALLEST_GROUP, message="A group has at least two people."),
        ],
    )
    year_group = SelectField(
        "Which year group?", validators=[InputRequired("Choose a year group.")]
    )
    hopes = text_field("What they hope to learn", "Say what they hope to learn.", LONGEST)
    adjustments = text_field("What would help them on the day", most=LONGEST)
    token = HiddenField()
    places: Mapping[str, int] = {}

    @classmethod
    def of(cls, listing: Listing, year_groups: Mapping[str, str], **given: object) -> "GroupForm":
        """The form for a listing, with its days that can still be asked for."""
        form = cls(meta=NO_TOKEN, **given)
        form.places = {occasion.public_id: occasion.places for occasion in listing.coming}
        form.day.choices = [CHOOSE, *(SelectChoice(o.public_id, _day(o)) for o in listing.coming)]
        wanted: Collection[str] = listing.year_groups or year_groups.keys()
        form.year_group.choices = [
            CHOOSE, *(SelectChoice(s, n) for s, n in year_groups.items() if s in wanted),
        ]  # fmt: skip
        return form

    def validate_people(self, field: WholeNumberField) -> None:
        """No more than there is room for on that day, whoever else comes."""
        most = self.places.get(self.day.data or "")
        if most is not None and field.data and field.data > most:
            message = f"There is room for {counted(most, 'person', 'people')} on that day."
            raise ValidationError(message)


def _day(occasion: Occasion) -> str:
    return f"{day(occasion.first_day)}: {counted(occasion.free, 'place')} free"
