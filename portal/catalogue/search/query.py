"""What somebody is looking for, cleaned into one value that gives links and says itself.

The query string never goes further than this module: unknown names and values are dropped, long
words are cut, and the rest of the portal sees only a ``CatalogueQuery``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlencode

from portal.catalogue.search.filters import FILTERS, MILES, SORTS
from portal.catalogue.vocabulary import Vocabulary

LONGEST = 100
MOST_PAGES = 50
PAGE_SIZE = 20
MOST_VALUES = 12
PATH = "/search"


class Arguments(Protocol):
    """The part of Werkzeug’s MultiDict that is needed here."""

    def getlist(self, key: str, /) -> list[str]:
        """Every value."""


@dataclass(frozen=True)
class Tag:
    """A filter that is on, and the address of the same search without it."""

    label: str
    url: str
    name: str
    value: str


@dataclass(frozen=True)
class CatalogueQuery:
    """A search. ``chosen`` maps a filter to the values asked for, in the filter’s own order."""

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: str | None = None
    within: int | None = None
    sort: str = "best"
    page: int = 1
    unknown_place: str = ""

    @classmethod
    def of(cls, arguments: Arguments, vocabulary: Vocabulary) -> "CatalogueQuery":
        """The query that parameters ask for. Never fails: what is unknown is dropped."""

        def first(name: str) -> str:
            return next(iter(arguments.getlist(name)), "")

        chosen = {}
        for name, known in FILTERS.items():
            if not arguments.getlist(name):
                continue
            options = known.names(vocabulary)
            asked = [
                value.lower()
                for given in arguments.getlist(name)[:MOST_VALUES]
                for value in given[:LONGEST].split(",")
            ]
            values = tuple(value for value in options if value in asked)
            if values:
                chosen[name] = values[:MOST_VALUES]
        typed_place = " ".join(first("near")[:LONGEST].split())
        near = place_slug(typed_place, vocabulary)
        within = _number(first("within"))
        sort = first("sort") or "best"
        return cls(
            words=" ".join(first("q")[:LONGEST].split()),
            chosen=chosen,
            near=near,
            within=within if near and within in MILES else None,
            sort=sort if sort in SORTS and (near or sort != "nearest") else "best",
            page=min(max(_number(first("page")) or 1, 1), MOST_PAGES),
            unknown_place="" if near else typed_place,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing was asked for, so that everything would be shown."""
        return not (self.words or self.chosen or self.near)

    def arguments(self) -> list[tuple[str, str]]:
        """The parameters that ask for this, in a fixed order, without what goes without saying."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(name, v) for name in FILTERS for v in self.chosen.get(name, ())]
        if self.near:
            pairs.append(("near", self.near))
            if self.within:
                pairs.append(("within", str(self.within)))
        elif self.unknown_place:
            pairs.append(("near", self.unknown_place))
        if self.sort != "best":
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    @property
    def url(self) -> str:
        """The address of its results."""
        pairs = self.arguments()
        return f"{PATH}?{urlencode(pairs)}" if pairs else PATH

    def on_page(self, page: int) -> "CatalogueQuery":
        """The same search on another page."""
        return replace(self, page=page)

    def with_value(self, name: str, *values: str) -> "CatalogueQuery":
        """The same search with one filter set to these values."""
        return replace(self, chosen={**self.chosen, name: values}, page=1)

    def without(self, name: str, value: str | None = None) -> "CatalogueQuery":
        """The same search without a filter, or without one of its values."""
        if name == "near":
            sort = "best" if self.sort == "nearest" else self.sort
            return replace(self, near=None, within=None, sort=sort, page=1)
        if name == "q":
            return replace(self, words="", page=1)
        left = tuple(v for v in self.chosen.get(name, ()) if value is not None and v != value)
        rest = {key: values for key, values in self.chosen.items() if key != name}
        return replace(self, chosen={**rest, name: left} if left else rest, page=1)

    def tags(self, vocabulary: Vocabulary) -> list[Tag]:
        """Every filter that is on, each with the address that takes it off."""
        found = []
        for name, known in FILTERS.items():
            names = known.names(vocabulary)
            for value in self.chosen.get(name, ()):
                label = names[value]
                if name in {"free", "entry"}:
                    label = f"{known.label}: {label}"
                found.append(Tag(label, self.without(name, value).url, name, value))
        if self.near:
            label = self._near_words(vocabulary)
            found.append(
                Tag(label[0].upper() + label[1:], self.without("near").url, "near", self.near)
            )
        return found

    def sentence(self, vocabulary: Vocabulary) -> str:
        """The search in English: “plumber”, at Level 2, within 5 miles of Hanley."""
        parts = [f"“{self.words}”"] if self.words else []
        parts += [
            FILTERS[name].sentence(values, vocabulary)
            for name, values in self.chosen.items()
            if name in FILTERS
        ]
        if self.near:
            parts.append(self._near_words(vocabulary))
        return ", ".join(parts)

    def _near_words(self, vocabulary: Vocabulary) -> str:
        place = vocabulary.places[self.near or ""]
        if self.within:
            return f"within {self.within} miles of {place.name}"
        return f"near {place.name}"


def place_slug(typed: str, vocabulary: Vocabulary) -> str | None:
    """The place that was typed or chosen: a district, a whole postcode, a town, or another name."""
    wanted = " ".join(typed[:LONGEST].lower().replace("-", " ").split())
    if not wanted:
        return None
    for slug, place in vocabulary.places.items():
        names = {slug.replace("-", " "), place.name.lower().replace("-", " ")}
        if wanted in names or wanted in {n.lower().replace("-", " ") for n in place.also_called}:
            return slug
    outward = wanted.split()[0] if len(wanted.split()) > 1 else wanted[:-3]
    return outward if outward in vocabulary.places and outward[-1:].isdigit() else None


def _number(text: str) -> int | None:
    """A small whole number, or None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else None  # noqa: PLR2004


def narrowed(query: CatalogueQuery, found: Iterable[tuple[str, str]], miles: int) -> CatalogueQuery:
    """A query with filters added that were found in its words; what was chosen already stays.

    A place that was typed means near it: within ``miles`` unless another distance was chosen.
    """
    chosen = dict(query.chosen)
    for name, value in found:
        if name == "near":
            if query.near is None:
                query = replace(query, near=value, within=miles)
        elif name not in query.chosen and value not in chosen.get(name, ()):
            chosen[name] = (*chosen.get(name, ()), value)
    return replace(query, chosen=chosen)
