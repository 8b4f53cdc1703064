"""How an organisation says its pledge: what it could offer, then for how many."""

from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, SelectChoice, SelectMultipleField, ValidationError
from wtforms.validators import AnyOf, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from portal.content.formats import ExperienceWords, Term
from portal.forms import PortalForm, WholeNumberField
from portal.pledges.models import Stance
from portal.pledges.pledging import Line
from portal.pledges.wording import SIZES
from portal.publishing.fields import CHOOSE, select_field
from portal.taxonomy import EmployerSize

MOST_PEOPLE = 5000
A_NUMBER = f"a whole number from 1 to {MOST_PEOPLE:,}, or leave it empty"


class KindsForm(PortalForm):
    """Which kinds of experience an organisation could offer; kept in the address, nowhere else."""

    kind = SelectMultipleField(
        "What could you offer?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("Tick at least one kind of experience.")],
    )

    @classmethod
    def of(cls, kinds: Mapping[str, ExperienceWords], ticked: Sequence[str] | None) -> "KindsForm":
        """The form with what an address ticks, or as it begins when that is None."""
        typed = None if ticked is None else MultiDict([("kind", slug) for slug in ticked])
        form = cls(formdata=typed, meta={"csrf": False})
        form.kind.choices = [SelectChoice(slug, kind.name) for slug, kind in kinds.items()]
        return form


class _Seen(HiddenField):  # type: ignore[misc]
    """The version that the page showed; None where there was no pledge."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read a number; anything else is no version."""
        typed = valuelist[0] if valuelist else ""
        self.data = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None  # noqa: PLR2004


class AnswerForm(PortalForm):
    """The two short answers: interested, or not this year and why."""

    stance = HiddenField(
        validators=[AnyOf([Stance.INTERESTED, Stance.NOT_THIS_YEAR], "Choose an answer.")]
    )
    reason = select_field("What is the main reason?", {})
    seen = _Seen()

    @classmethod
    def of(cls, reasons: Mapping[str, str], **given: object) -> "AnswerForm":
        """The form with the city’s list of reasons."""
        form = cls(**given)
        form.reason.choices = [CHOOSE, *(SelectChoice(*row) for row in reasons.items())]
        return form

    def validate_reason(self, field: Field) -> None:
        """Whoever cannot help this year says why."""
        if self.stance.data == Stance.NOT_THIS_YEAR and not field.data:
            message = "Choose the main reason."
            raise ValidationError(message)


class _PeopleField(WholeNumberField):
    """How many young people; an empty box and nought are none. Commas may stand in it."""

    widget = TextInput()
    data: int | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 30, 1,200 or 0."""
        typed = "".join(valuelist[:1]).replace(",", "").strip()
        super().process_formdata([typed] if typed else [])
        self.data = self.data or None

    def pre_validate(self, form: PortalForm) -> None:
        """Refuse less than one and more than anybody could keep."""
        del form
        if self.data is not None and not 1 <= self.data <= MOST_PEOPLE:
            raise ValidationError(self.mistake)


class HowManyForm(PortalForm):
    """For how many young people, by kind and term, and two facts about the organisation.

    ``how_many_form`` makes the form for the kinds that were ticked.
    """

    kinds: Mapping[str, ExperienceWords]
    terms: Mapping[str, Term]

    def box(self, kind: str, term: str) -> Field:
        """The box of a kind in a term."""
        return self[f"{kind}-{term}"]

    @property
    def lines(self) -> list[Line]:
        """What is promised."""
        return [
            Line(kind, term, self.box(kind, term).data)
            for kind in self.kinds
            for term in self.terms
            if self.box(kind, term).data
        ]

    def validate(self, extra_validators: Any = None) -> bool:  # noqa: ANN401 - WTForms’ own type
        """Also refuse a kind that was ticked and is promised to nobody."""
        is_right: bool = super().validate(extra_validators)
        for slug, kind in self.kinds.items():
            boxes = [self.box(slug, term) for term in self.terms]
            if not any(box.data or box.errors for box in boxes):
                boxes[0].errors = [f"{kind.name}: write how many, in at least one term."]
                is_right = False
        return is_right


def how_many_form(
    kinds: Mapping[str, ExperienceWords],
    terms: Mapping[str, Term],
    sectors: Mapping[str, str],
) -> type[HowManyForm]:
    """The form that asks about these kinds. Its boxes are named like ``visit-autumn``."""
    fields: dict[str, object] = {
        f"{slug}-{term}": _people_field(kind, words)
        for slug, kind in kinds.items()
        for term, words in terms.items()
    }
    sizes = {size.value: words for size, words in SIZES.items()}
    fields["sector"] = select_field(
        "Your main area of work", sectors, "Choose your main area of work."
    )
    fields["size"] = select_field(
        "How many people work for you?", sizes, "Choose how many people work for you."
    )
    fields["seen"] = _Seen()
    return type("HowManyForm", (HowManyForm,), fields | {"kinds": kinds, "terms": terms})


def typed_of(
    lines: Sequence[Line], *, sector: str | None, size: EmployerSize | str | None
) -> dict[str, object]:
    """What the form says when it is filled with these values."""
    known: dict[str, object] = {f"{line.experience}-{line.term}": line.people for line in lines}
    return known | {"sector": sector or "", "size": size or ""}


def _people_field(kind: ExperienceWords, term: Term) -> _PeopleField:
    mistake = f"{kind.name}, {term.name.lower()}: write {A_NUMBER}."
    return _PeopleField(term.name, mistake=mistake)
