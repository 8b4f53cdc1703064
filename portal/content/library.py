"""The whole content folder, read and cross-checked: everything in it, or every problem with it."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from portal.content import formats
from portal.content.documents import (
    Document,
    Location,
    Problem,
    UnreadableError,
    documents_in,
    read_csv,
    read_markdown,
    read_toml,
)
from portal.content.values import SLUG

F = TypeVar("F", bound=formats.Format)
ANY_SECTOR = "any"
LINK = re.compile(r"\]\((/[^)\s#?]*)[^)\s]*\)")
PAGES = frozenset(
    {
        "/",
        "/search",
        "/talk",
        "/sign-up",
        "/vacancies",
        "/events",
        "/guides",
        "/sectors",
        "/levels",
        "/providers",
        "/plan",
        "/climbing-frame",
        "/skills",
        "/gaps",
        "/listings",
        "/requests",
        "/pledges",
        "/ledger",
        "/concern",
        "/compare",
        "/parents",
        "/my-list",
        "/employability",
        "/words",
    }
)
HEADINGS = {
    "roles": ("What you do", "What a day is like", "Good to know"),
    "programmes": (
        "What it is",
        "Who it is for",
        "What you will learn",
        "How to get in",
        "What next",
    ),
}


@dataclass(frozen=True)
class Item(Generic[F]):
    """One validated thing and where it was written."""

    slug: str
    fields: F
    document: Document
    location: Location = ()

    @property
    def body(self) -> str:
        """The Markdown below the front matter; empty for rows of tables."""
        return self.document.body

    def problem(self, location: Location, found: str, remedy: str) -> Problem:
        """A problem with one of its values."""
        return self.document.problem(self.location + location, found, remedy)


@dataclass
class Library:
    """All content of one city, keyed by slug. Complete only when ``problems`` is empty."""

    area: formats.Area | None = None
    levels: dict[str, Item[formats.LevelWords]] = field(default_factory=dict)
    sectors: dict[str, Item[formats.SectorWords]] = field(default_factory=dict)
    qualification_types: dict[str, Item[formats.QualificationType]] = field(default_factory=dict)
    skills: dict[str, Item[formats.SkillRow]] = field(default_factory=dict)
    skill_groups: dict[str, Item[formats.SkillGroup]] = field(default_factory=dict)
    outlook: dict[str, Item[formats.OutlookRow]] = field(default_factory=dict)
    glossary: dict[str, Item[formats.GlossaryRow]] = field(default_factory=dict)
    funding_offers: dict[str, Item[formats.FundingOfferRow]] = field(default_factory=dict)
    places: dict[str, Item[formats.PlaceRow]] = field(default_factory=dict)
    providers: dict[str, Item[formats.ProviderRow]] = field(default_factory=dict)
    services: dict[str, Item[formats.ServiceRow]] = field(default_factory=dict)
    pay: dict[str, Item[formats.PayRow]] = field(default_factory=dict)
    synonyms: dict[str, Item[formats.SynonymRow]] = field(default_factory=dict)
    moves: dict[str, Item[formats.MoveRow]] = field(default_factory=dict)
    minimum_wages: dict[str, Item[formats.MinimumWageRow]] = field(default_factory=dict)
    terms: dict[str, Item[formats.Term]] = field(default_factory=dict)
    year_groups: dict[str, Item[formats.YearGroup]] = field(default_factory=dict)
    experiences: dict[str, Item[formats.ExperienceWords]] = field(default_factory=dict)
    work_rules: dict[str, Item[formats.WorkRule]] = field(default_factory=dict)
    choices: dict[str, Item[formats.ChoiceRow]] = field(default_factory=dict)
    roles: dict[str, Item[formats.RoleFormat]] = field(default_factory=dict)
    programmes: dict[str, Item[formats.ProgrammeFormat]] = field(default_factory=dict)
    guides: dict[str, Item[formats.GuideFormat]] = field(default_factory=dict)
    courses: dict[str, Item[formats.CourseRow]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def growth(self) -> dict[str, formats.GrowthSector]:
        """The city's growth sectors by slug."""
        return {sector.slug: sector for sector in self.area.growth} if self.area else {}

    def published(self) -> Iterator[tuple[str, Item[Any]]]:
        """Every role, programme and guide with its folder's name."""
        for folder in ("roles", "programmes", "guides"):
            for item in getattr(self, folder).values():
                yield folder, item


def read_library(root: Path) -> Library:
    """Read every file of a content folder. Never raises for bad content: see ``problems``."""
    library = Library()
    reader = _Reader(root, library)
    library.area = reader.single("area.toml", formats.Area)
    library.levels = reader.tables("levels.toml", "level", formats.LevelWords)
    library.sectors = reader.tables("sectors.toml", "sector", formats.SectorWords)
    library.qualification_types = reader.tables(
        "qualification_types.toml", "type", formats.QualificationType
    )
    library.skills = reader.rows("skills.csv", formats.SkillRow)
    library.skill_groups = reader.tables("skill_groups.toml", "group", formats.SkillGroup)
    library.outlook = reader.rows("outlook.csv", formats.OutlookRow)
    library.glossary = reader.rows("glossary.csv", formats.GlossaryRow)
    library.funding_offers = reader.rows("funding_offers.csv", formats.FundingOfferRow, key="code")
    library.places = reader.rows("places.csv", formats.PlaceRow)
    library.providers = reader.rows("providers.csv", formats.ProviderRow)
    library.services = reader.rows("services.csv", formats.ServiceRow)
    library.pay = reader.rows("pay.csv", formats.PayRow, key="soc2020")
    library.synonyms = reader.rows("synonyms.csv", formats.SynonymRow, key="typed")
    library.moves = reader.rows("moves.csv", formats.MoveRow, key="key")
    library.minimum_wages = reader.rows("minimum_wages.csv", formats.MinimumWageRow)
    library.terms = reader.rows("terms.csv", formats.Term)
    library.year_groups = reader.rows("year_groups.csv", formats.YearGroup)
    library.experiences = reader.tables("experiences.toml", "experience", formats.ExperienceWords)
    library.work_rules = reader.tables("work_rules.toml", "rule", formats.WorkRule)
    library.choices = reader.rows("choices.csv", formats.ChoiceRow, key="key")
    library.roles = reader.pages("roles", formats.RoleFormat)
    library.programmes = reader.pages("programmes", formats.ProgrammeFormat)
    library.guides = reader.pages("guides", formats.GuideFormat)
    for path in documents_in(root / "courses", "*.csv"):
        reader.add_rows(library.courses, f"courses/{path.name}", formats.CourseRow)
    library.problems.extend(_dangling(library))
    library.problems.extend(_wrong_headings(library))
    library.problems.sort()
    return library


class _Reader:
    """Turns files into validated items and collects what is wrong with them."""

    def __init__(self, root: Path, library: Library) -> None:
        self.root = root
        self.problems = library.problems

    def document(self, name: str, read: Callable[[Path, Path], Document]) -> Document | None:
        """One file, or None and a problem."""
        path = self.root / name
        if not path.is_file():
            self.problems.append(
                Problem(name, 1, "This file is missing.", "Restore it; content/README.md says how.")
            )
            return None
        try:
            return read(path, self.root)
        except UnreadableError as error:
            self.problems.append(error.problem)
            return None

    def validated(
        self, document: Document, values: object, form: type[F], location: Location = ()
    ) -> F | None:
        """Values as the format wants them, or None and a problem for each that is not."""
        try:
            return form.model_validate(values)
        except ValidationError as error:
            details = error.errors()
            self.problems.extend(
                _explained(document, location, detail, form)
                for detail in details
                if not _follows_from_another(detail, details)
            )
            return None

    def single(self, name: str, form: type[F]) -> F | None:
        """A TOML file that is one thing."""
        document = self.document(name, read_toml)
        return self.validated(document, document.data, form) if document else None

    def tables(self, name: str, table: str, form: type[F]) -> dict[str, Item[F]]:
        """A TOML file of [[tables]], by slug."""
        document = self.document(name, read_toml)
        if document is None:
            return {}
        values = document.data.get(table, [])
        for other in document.data.keys() - {table}:
            self.problems.append(
                document.problem(
                    (other,), f"“{other}” is not known here.", f"Write [[{table}]] instead."
                )
            )
        return self._keyed(document, values, form, lambda n: (table, n), "slug")

    def rows(self, name: str, form: type[F], key: str = "slug") -> dict[str, Item[F]]:
        """A CSV file, by the column that names its rows."""
        found: dict[str, Item[F]] = {}
        self.add_rows(found, name, form, key)
        return found

    def add_rows(
        self, found: dict[str, Item[F]], name: str, form: type[F], key: str = "slug"
    ) -> None:
        """Add a CSV file's rows to those of its kind found so far."""
        document = self.document(name, read_csv)
        if document is None:
            return
        items = self._keyed(document, document.data["rows"], form, lambda n: (n,), key)
        for slug, item in items.items():
            self._keep(found, slug, item)

    def pages(self, folder: str, form: type[F]) -> dict[str, Item[F]]:
        """A folder of Markdown files, by file name."""
        found: dict[str, Item[F]] = {}
        for path in documents_in(self.root / folder, "*.md"):
            name = path.relative_to(self.root).as_posix()
            document = self.document(name, read_markdown)
            if document is None:
                continue
            if not re.match(SLUG, document.slug):
                self.problems.append(
                    Problem(
                        name,
                        1,
                        f"“{document.slug}” cannot be a page’s address.",
                        "Name the file in lower-case letters and digits joined by hyphens.",
                    )
                )
                continue
            fields = self.validated(document, document.data, form)
            if fields is not None:
                self._keep(found, document.slug, Item(document.slug, fields, document))
        return found

    def _keyed(
        self,
        document: Document,
        values: Iterable[object],
        form: type[F],
        locate: Callable[[int], Location],
        key: str,
    ) -> dict[str, Item[F]]:
        found: dict[str, Item[F]] = {}
        for number, value in enumerate(values):
            fields = self.validated(document, value, form, locate(number))
            if fields is not None:
                slug = str(getattr(fields, key))
                self._keep(found, slug, Item(slug, fields, document, locate(number)))
        return found

    def _keep(self, found: dict[str, Item[F]], slug: str, item: Item[F]) -> None:
        if slug in found:
            first = found[slug]
            line = first.document.line_of(first.location)
            self.problems.append(
                item.problem(
                    (),
                    f"“{slug}” is already used in {first.document.file}, line {line}.",
                    "Give one of the two another name.",
                )
            )
        else:
            found[slug] = item


def _follows_from_another(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list is also called too short when its only value is wrong; one message is enough."""
    here = detail["loc"]
    return detail["type"] == "too_short" and any(
        other["loc"][: len(here)] == here and len(other["loc"]) > len(here) for other in details
    )


def _explained(
    document: Document, location: Location, detail: ErrorDetails, form: type[BaseModel]
) -> Problem:
    """A validation error in the words of somebody who edits content."""
    where = tuple(part for part in detail["loc"] if part != "[key]")
    name = (
        str(where[-1]) if where and isinstance(where[-1], str) else str(where[0] if where else "")
    )
    value = detail.get("input")
    shown = f"“{str(value)[:60]}”" if isinstance(value, str | int | float) else "what is there"
    context = detail.get("ctx", {})
    kind = detail["type"]
    if kind == "missing":
        return document.problem(
            location + where[:-1], f"{name} is missing.", f"Add a line: {name} = …"
        )
    if kind == "extra_forbidden":
        known = [f.alias or n for n, f in form.model_fields.items()]
        return document.problem(
            location + where,
            f"“{name}” is not a field here.",
            _did_you_mean(name, known) or "Take it out, or look for its name in the README.",
        )
    found = f"{name}: {shown} does not fit."
    if kind in {"literal_error", "enum"}:
        expected = str(context.get("expected", ""))
        options = re.findall(r"'([^']+)'", expected)
        remedy = _did_you_mean(str(value), options) or f"Write one of: {', '.join(options)}."
        return document.problem(location + where, found, remedy)
    remedies = {
        "string_too_long": f"Shorten it to {context.get('max_length')} characters.",
        "string_too_short": f"Write at least {context.get('min_length')} characters.",
        "too_short": f"Give at least {context.get('min_length')}.",
        "too_long": f"Give at most {context.get('max_length')}.",
        "string_pattern_mismatch": _pattern_in_words(str(context.get("pattern", ""))),
        "tuple_type": 'Write a list in square brackets: ["one", "two"].',
        "string_type": 'Write it in quotes: "value".',
        "int_type": "Write a whole number without quotes.",
        "int_parsing": "Write a whole number.",
        "date_from_datetime_parsing": "Write a day like this: 2026-11-21.",
        "date_type": "Write a day like this: 2026-11-21.",
    }
    return document.problem(location + where, found, remedies.get(kind, f"{detail['msg']}."))


def _pattern_in_words(pattern: str) -> str:
    return {
        SLUG: "Use lower-case letters and digits joined by hyphens, such as care-worker.",
        r"^https?://[^\s]+$": "Write a whole web address that begins with https://",
        r"^[A-Z]{1,2}\d{1,2}$": "Write a postcode district such as ST4.",
        r"^\d{4}-\d{2}$": "Write a year and month like this: 2027-09.",
        r"^\d{4}$": "Write the four digits of the code.",
    }.get(pattern, "Look in content/README.md for how it is written.")


def _did_you_mean(word: str, options: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(options), n=1, cutoff=0.6)
    return f"Did you mean “{near[0]}”?" if near else ""


def _dangling(library: Library) -> Iterator[Problem]:
    """Names of things that do not exist."""
    for group in library.skill_groups.values():
        yield from _unknown(group, ("skills",), group.fields.skills, library.skills, "skill")
    yield from _dangling_of_roles(library)
    yield from _dangling_of_programmes(library)
    for kind in library.qualification_types.values():
        if kind.fields.replaced_by:
            yield from _unknown(
                kind,
                ("replaced_by",),
                [kind.fields.replaced_by],
                library.qualification_types,
                "qualification type",
            )
    for course in library.courses.values():
        c = course.fields
        yield from _unknown(course, (), [c.programme], library.programmes, "programme")
        yield from _unknown(course, (), [course.document.slug], library.providers, "provider")
    holds = {
        f"{folder}/{slug}"
        for folder in ("roles", "programmes")
        for slug in getattr(library, folder)
    }
    for move in library.moves.values():
        ends = (move.fields.before, move.fields.after)
        yield from _unknown(move, (), ends, holds, "role or programme")
    yield from _dead_links(library)


def _dangling_of_roles(library: Library) -> Iterator[Problem]:
    sectors = library.sectors.keys()
    for role in library.roles.values():
        r = role.fields
        yield from _unknown(role, ("sector",), [r.sector], sectors, "sector")
        yield from _unknown(role, ("growth",), r.growth, library.growth, "growth sector")
        yield from _unknown(role, ("skills",), r.skills, library.skills, "skill")
        yield from _unknown(role, ("next_roles",), r.next_roles, library.roles, "role")
        yield from _unknown(role, ("similar_roles",), r.similar_roles, library.roles, "role")
        for about in ("here", "future"):
            facts = {s for s, row in library.outlook.items() if row.fields.about == about}
            yield from _unknown(role, (about,), getattr(r, about), facts, "outlook")
        for number, way in enumerate(r.ways_in):
            where = ("ways_in", number, "programmes")
            yield from _unknown(role, where, way.programmes, library.programmes, "programme")
        yield from _misfiled(role, r.sector)


def _dangling_of_programmes(library: Library) -> Iterator[Problem]:
    sectors = library.sectors.keys()
    for programme in library.programmes.values():
        p = programme.fields
        types = library.qualification_types
        yield from _unknown(programme, ("sector",), [p.sector], {*sectors, ANY_SECTOR}, "sector")
        yield from _unknown(
            programme, ("qualification_type",), [p.qualification_type], types, "qualification type"
        )
        yield from _unknown(programme, ("growth",), p.growth, library.growth, "growth sector")
        yield from _unknown(programme, ("skills",), p.skills, library.skills, "skill")
        for name, known, what in (
            ("leads_to_roles", library.roles, "role"),
            ("leads_to_programmes", library.programmes, "programme"),
        ):
            yield from _unknown(programme, (name,), getattr(p, name), known, what)
        if p.replaced_by:
            yield from _unknown(
                programme, ("replaced_by",), [p.replaced_by], library.programmes, "programme"
            )
        yield from _misfiled(programme, p.sector)


def _unknown(
    item: Item[Any], where: Location, names: Iterable[str], known: Iterable[str], what: str
) -> Iterator[Problem]:
    known = known if isinstance(known, dict | set) else set(known)
    for name in names:
        if name not in known:
            remedy = _did_you_mean(name, known) or "Add it, or take the name out."
            yield item.problem((*where, name), f"There is no {what} “{name}”.", remedy)


def _misfiled(item: Item[Any], sector: str) -> Iterator[Problem]:
    folder = item.document.file.split("/")[-2]
    if folder != sector:
        yield item.problem(
            ("sector",),
            f"sector is “{sector}” but the file is in the folder “{folder}”.",
            "Move the file or change the sector.",
        )


def _dead_links(library: Library) -> Iterator[Problem]:
    pages = PAGES.union(
        *(
            {f"/{folder}/{slug}" for slug in getattr(library, folder)}
            for folder in ("roles", "programmes", "guides", "sectors", "levels", "providers")
        )
    )
    for _, item in library.published():
        for number, line in enumerate(item.body.splitlines()):
            for address in LINK.findall(line):
                if address not in pages:
                    yield Problem(
                        item.document.file,
                        item.document.body_line + number,
                        f"The link {address} leads nowhere.",
                        _did_you_mean(address, pages) or "Correct the address or take it out.",
                    )


def _wrong_headings(library: Library) -> Iterator[Problem]:
    for folder, item in library.published():
        wanted = HEADINGS.get(folder)
        headings = tuple(re.findall(r"^## +(.+?) *$", item.body, flags=re.MULTILINE))
        if wanted and headings != wanted:
            yield Problem(
                item.document.file,
                item.document.body_line,
                f"The headings are: {', '.join(headings) or 'none'}.",
                f"Use these, in this order: {', '.join(wanted)}.",
            )
