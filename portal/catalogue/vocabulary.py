"""The city's words in memory: levels, sectors, skills, places, pay and the rest, by slug.

Loaded from the database once for each version of the catalogue, and never changed in place.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.catalogue.models import CatalogueState, VocabularyPart
from portal.content import formats
from portal.extensions import DatabaseSession
from portal.taxonomy import AgeBand, Level

F = TypeVar("F", bound=formats.Format)

PARTS: dict[str, tuple[type[formats.Format], str]] = {
    "levels": (formats.LevelWords, "slug"),
    "sectors": (formats.SectorWords, "slug"),
    "qualification_types": (formats.QualificationType, "slug"),
    "skills": (formats.SkillRow, "slug"),
    "skill_groups": (formats.SkillGroup, "slug"),
    "outlook": (formats.OutlookRow, "slug"),
    "glossary": (formats.GlossaryRow, "slug"),
    "funding_offers": (formats.FundingOfferRow, "code"),
    "places": (formats.PlaceRow, "slug"),
    "services": (formats.ServiceRow, "slug"),
    "pay": (formats.PayRow, "soc2020"),
    "synonyms": (formats.SynonymRow, "typed"),
    "moves": (formats.MoveRow, "key"),
    "minimum_wages": (formats.MinimumWageRow, "slug"),
    "terms": (formats.Term, "slug"),
    "year_groups": (formats.YearGroup, "slug"),
    "experiences": (formats.ExperienceWords, "slug"),
    "work_rules": (formats.WorkRule, "slug"),
    "choices": (formats.ChoiceRow, "key"),
}
AGE_BANDS = {
    AgeBand.UNDER_19: "Under 19",
    AgeBand.FROM_19: "19 to 23",
    AgeBand.FROM_24: "24 or over",
}


@dataclass(frozen=True)
class ProviderName:
    """What other pages need to know of a provider."""

    slug: str
    name: str
    also_called: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Everything that explains a slug. Missing slugs raise KeyError: content was checked.

    Compared by identity, so that what is derived from one can be kept as long as it lives.
    """

    version: int
    area: formats.Area
    levels: Mapping[str, formats.LevelWords] = field(default_factory=dict)
    sectors: Mapping[str, formats.SectorWords] = field(default_factory=dict)
    qualification_types: Mapping[str, formats.QualificationType] = field(default_factory=dict)
    skills: Mapping[str, formats.SkillRow] = field(default_factory=dict)
    skill_groups: Mapping[str, formats.SkillGroup] = field(default_factory=dict)
    outlook: Mapping[str, formats.OutlookRow] = field(default_factory=dict)
    glossary: Mapping[str, formats.GlossaryRow] = field(default_factory=dict)
    funding_offers: Mapping[str, formats.FundingOfferRow] = field(default_factory=dict)
    places: Mapping[str, formats.PlaceRow] = field(default_factory=dict)
    services: Mapping[str, formats.ServiceRow] = field(default_factory=dict)
    pay: Mapping[str, formats.PayRow] = field(default_factory=dict)
    synonyms: Mapping[str, formats.SynonymRow] = field(default_factory=dict)
    moves: Mapping[str, formats.MoveRow] = field(default_factory=dict)
    minimum_wages: Mapping[str, formats.MinimumWageRow] = field(default_factory=dict)
    terms: Mapping[str, formats.Term] = field(default_factory=dict)
    year_groups: Mapping[str, formats.YearGroup] = field(default_factory=dict)
    experiences: Mapping[str, formats.ExperienceWords] = field(default_factory=dict)
    work_rules: Mapping[str, formats.WorkRule] = field(default_factory=dict)
    choices: Mapping[str, formats.ChoiceRow] = field(default_factory=dict)
    providers: Mapping[str, ProviderName] = field(default_factory=dict)

    @property
    def growth(self) -> dict[str, formats.GrowthSector]:
        """The city's growth sectors by slug."""
        return {sector.slug: sector for sector in self.area.growth}

    def level_name(self, level: Level | str | None) -> str:
        """“Level 3”; empty for things that have none."""
        return self.levels[str(level)].name if level else ""

    def sector_name(self, slug: str | None) -> str:
        """A sector’s plain name; things that serve every sector say so."""
        return self.sectors[slug].name if slug else "Every area of work"

    def choices_of(self, name: str) -> dict[str, str]:
        """The answers of a list by slug, in the city’s order."""
        return {row.slug: row.name for row in self.choices.values() if row.list == name}

    def district(self, slug: str | None) -> formats.PlaceRow | None:
        """The row of a postcode district such as ST4, when the area lists it."""
        return self.places.get(slug.lower()) if slug else None


class MissingContentError(Exception):
    """The catalogue is empty: no content has been loaded."""


def read_vocabulary(session: DatabaseSession, version: int) -> Vocabulary:
    """Read the vocabulary of the catalogue’s present version. Raises MissingContentError."""
    rows = session.execute(select(VocabularyPart.name, VocabularyPart.content))
    parts: dict[str, Any] = {row.name: row.content for row in rows}
    if "area" not in parts:
        message = "No content has been loaded. Run: portal load"
        raise MissingContentError(message)
    named: dict[str, Any] = {name: _keyed(parts.get(name, []), *PARTS[name]) for name in PARTS}
    organisations = session.scalars(select(Organisation).order_by(Organisation.name))
    return Vocabulary(
        version=version,
        area=formats.Area.model_validate(parts["area"]),
        providers={
            o.slug: ProviderName(o.slug, o.name, tuple(o.also_called))
            for o in organisations
            if o.is_public
        },
        **named,
    )


@dataclass
class _Held:
    vocabulary: Vocabulary
    asked_at: float


_held: dict[str, _Held] = {}
_lock = threading.Lock()


def current_vocabulary(
    session: DatabaseSession, database: str, check_seconds: float = 0.0
) -> Vocabulary:
    """The present vocabulary of a database, read again when the catalogue’s version has changed.

    The version is asked for at most once in ``check_seconds``.
    """
    now = time.monotonic()
    held = _held.get(database)
    if held is not None and now - held.asked_at < check_seconds:
        return held.vocabulary
    version = catalogue_version(session)
    with _lock:
        held = _held.get(database)
        if held is None or held.vocabulary.version != version:
            held = _held[database] = _Held(read_vocabulary(session, version), now)
        held.asked_at = now
    return held.vocabulary


def catalogue_version(session: DatabaseSession) -> int:
    """The version that indexes and caches follow; 0 before anything was loaded."""
    return session.scalar(select(CatalogueState.version)) or 0


def held_vocabulary(database: str) -> Vocabulary | None:
    """What this process last read of a database’s vocabulary, if it has."""
    held = _held.get(database)
    return held.vocabulary if held else None


def _keyed(rows: list[Any], form: type[F], key: str) -> dict[str, F]:
    values = [form.model_validate(row) for row in rows]
    return {str(getattr(value, key)): value for value in values}
