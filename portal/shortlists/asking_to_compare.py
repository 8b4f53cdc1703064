"""What an address asks to see side by side, and the form that adds an age and a place to it.

Nothing is kept. What an address says that makes no sense is left out, or told beside its field.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.answers import OLDEST, YOUNGEST
from portal.climbing_frame.forms import IMPOSSIBLE_AGE
from portal.forms import PortalForm, WholeNumberField

PATH = "/compare"
KEY = re.compile(r"[a-z]{1,20}/[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_KEY = 110
# An address may name more than fit side by side; what is more than this is never looked up.
MOST_READ = 20
ONLY_DIFFERENCES = "differences"


@dataclass(frozen=True)
class Asked:
    """The keys of entries in their order, and what the visitor typed of themselves."""

    keys: tuple[str, ...] = ()
    age: int | None = None
    near: str | None = None
    only_differences: bool = False

    def address(self, **changes: Any) -> str:  # noqa: ANN401 - the values of the fields
        """The address of this comparison, or of another one with some of it changed."""
        wanted = replace(self, **changes)
        pairs = [("e", key) for key in wanted.keys]
        pairs += [("age", str(wanted.age))] if wanted.age is not None else []
        pairs += [("near", wanted.near)] if wanted.near else []
        pairs += [("only", ONLY_DIFFERENCES)] if wanted.only_differences else []
        return f"{PATH}?{urlencode(pairs, safe='/')}" if pairs else PATH

    def without(self, key: str) -> str:
        """The address without one of the things."""
        return self.address(keys=tuple(other for other in self.keys if other != key))

    def beside(self, key: str) -> str:
        """The address with one more."""
        return self.address(keys=(*self.keys, key))


class CompareForm(PortalForm):
    """How old are you, and where do you start from? Both may be left out."""

    age = WholeNumberField(
        "Age",
        mistake=IMPOSSIBLE_AGE,
        validators=[Optional(), NumberRange(YOUNGEST, OLDEST, IMPOSSIBLE_AGE)],
    )
    near = SelectField("Distances from", validate_choice=False)


def compare_form(arguments: MultiDict[str, str], vocabulary: Vocabulary) -> CompareForm:
    """The form as the address fills it, already checked."""
    form = CompareForm(arguments, meta={"csrf": False})
    places = [place for place in vocabulary.places.values() if place.kind == "district"]
    form.near.choices = [SelectChoice("", "The city centre")]
    form.near.choices += [SelectChoice(place.district, place.name) for place in places]
    near = (form.near.data or "").strip().upper()
    form.near.data = near if vocabulary.district(near) else ""
    form.validate()
    return form


def keys_in(values: Iterable[str]) -> tuple[str, ...]:
    """What could be the keys of entries, each once."""
    keys = (value for value in values if len(value) <= LONGEST_KEY and KEY.fullmatch(value))
    return tuple(dict.fromkeys(keys))[:MOST_READ]
