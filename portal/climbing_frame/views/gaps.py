"""Gaps: what we know of no course for, as a page, as CSV and as JSON.

The words are chosen with care: a row says what we know of, and never that something is missing.
"""

import csv
import io
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from flask import Blueprint, Response, current_app, jsonify, render_template, request
from werkzeug.datastructures import MultiDict

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.building import month_number
from portal.climbing_frame.gaps import Gap, GapKind, gaps_of
from portal.climbing_frame.graph import Frame
from portal.climbing_frame.telling_gaps import Row, told
from portal.clock import today
from portal.extensions import db
from portal.headers import as_file
from portal.spreadsheet_cells import defused
from portal.taxonomy import Level
from portal.templating import day

views = Blueprint("gaps", __name__)
PAGE_SIZE = 100
MOST_PAGES = 50
EVERY_SECTOR = "every"
KINDS = {
    GapKind.SQUARE: "Steps without a known course",
    GapKind.ROLE: "Growing jobs we see no full way to",
    GapKind.REQUIREMENT: "Things that are asked for",
    GapKind.PROGRAMME: "Ways into growing jobs",
    GapKind.OPENING: "Jobs with nothing to apply for here",
}
NOTE = (
    "A gap here means that we do not know of a course. It does not mean that there is none: "
    "what we have not been told, we cannot list. Vacancies and experiences of work are counted "
    "only where an organisation has published them here."
)


class Sort(StrEnum):
    """What the rows can be put in order by."""

    KIND = "kind"
    NAME = "name"
    LEVEL = "level"
    SECTOR = "sector"
    MOST = "most"


SORTS = {
    Sort.KIND: "Kind of gap",
    Sort.NAME: "Name",
    Sort.LEVEL: "Level, lowest first",
    Sort.SECTOR: "Area of work",
    Sort.MOST: "How much it touches, most first",
}


@dataclass(frozen=True)
class GapsQuery:
    """What somebody wants to see. ``sector`` is a slug, or ``every`` for what serves them all."""

    kind: GapKind | None = None
    sector: str | None = None
    level: Level | None = None
    growth: str | None = None
    sort: Sort = Sort.KIND
    page: int = 1

    @classmethod
    def of(cls, arguments: MultiDict[str, str], words: Vocabulary) -> "GapsQuery":
        """The query that parameters ask for. Never fails: what is unknown is dropped."""
        sector, growth = arguments.get("sector"), arguments.get("growth")
        page = arguments.get("page", "")
        is_page = page.isascii() and page.isdigit() and len(page) <= len(str(MOST_PAGES))
        return cls(
            kind=arguments.get("kind", type=GapKind),
            sector=sector if sector in {*words.sectors, EVERY_SECTOR} else None,
            level=arguments.get("level", type=Level),
            growth=growth if growth in words.growth else None,
            sort=arguments.get("sort", Sort.KIND, type=Sort),
            page=max(int(page), 1) if is_page else 1,
        )

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are on."""
        chosen = {
            "kind": self.kind and self.kind.value,
            "sector": self.sector,
            "level": self.level and self.level.value,
            "growth": self.growth,
        }
        return {name: value for name, value in chosen.items() if value}

    def url(self, path: str = "/gaps") -> str:
        """The address that asks for this, without what goes without saying."""
        pairs = dict(self.filters)
        if self.sort is not Sort.KIND:
            pairs["sort"] = self.sort.value
        if self.page > 1:
            pairs["page"] = str(self.page)
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def on_page(self, page: int) -> "GapsQuery":
        """The same on another page."""
        return replace(self, page=page)

    def allows(self, gap: Gap) -> bool:
        """Whether a gap passes every filter."""
        return (
            self.kind in {None, gap.kind}
            and self.sector in {None, gap.sector or EVERY_SECTOR}
            and self.level in {None, gap.level}
            and (self.growth is None or self.growth in gap.growth)
        )

    def in_order(self, rows: Iterable["Row"]) -> list["Row"]:
        """Rows in the order asked for; what is the same in that keeps the order it had."""
        keys = {
            Sort.KIND: lambda row: list(GapKind).index(row.gap.kind),
            Sort.NAME: lambda row: row.title.casefold(),
            Sort.LEVEL: lambda row: row.gap.level.rank if row.gap.level else len(Level),
            Sort.SECTOR: lambda row: (row.gap.sector is None, row.sector_name),
            Sort.MOST: lambda row: -row.gap.touches,
        }
        return sorted(rows, key=keys[self.sort])


_held: WeakKeyDictionary[Frame, tuple[Gap, ...]] = WeakKeyDictionary()
_lock = threading.Lock()


def _all_gaps() -> tuple[Gap, ...]:
    """The gaps of the present frame, worked out once for each version of it."""
    present = frame()
    with _lock:
        if present not in _held:
            offered = reading.offered_for(db.session, today())
            _held[present] = gaps_of(present, month_number(today()), offered=offered)
        return _held[present]


def _asked() -> GapsQuery:
    return GapsQuery.of(request.args, vocabulary())


def _rows(query: GapsQuery) -> list[Row]:
    words = vocabulary()
    return query.in_order(told(gap, words) for gap in _all_gaps() if query.allows(gap))


def _source() -> str:
    name = vocabulary().area.portal_name
    return f"{name}: providers’ own pages and the sources named on each entry"


def _address(path: str) -> str:
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


@views.get("/gaps")
@open_to_everyone
def gaps() -> str:
    """What we know of no course for, with filters."""
    query, words = _asked(), vocabulary()
    rows = _rows(query)
    pages = max(1, -(-len(rows) // PAGE_SIZE))
    query = query.on_page(min(query.page, pages))
    everything = _all_gaps()
    return render_template(
        "frame/gaps.html",
        query=query,
        rows=rows[(query.page - 1) * PAGE_SIZE : query.page * PAGE_SIZE],
        total=len(rows),
        pages=pages,
        counts={kind: sum(gap.kind is kind for gap in everything) for kind in GapKind},
        kinds=KINDS,
        sorts=SORTS,
        sectors={slug: sector.name for slug, sector in words.sectors.items()}
        | {EVERY_SECTOR: words.sector_name(None)},
        levels={slug: level.name for slug, level in words.levels.items()},
        growth={slug: growth.name for slug, growth in words.growth.items()},
        on=_sentence(query, words),
    )


def _sentence(query: GapsQuery, words: Vocabulary) -> str:
    """The filters that are on, in English."""
    sector = None if query.sector in {None, EVERY_SECTOR} else query.sector
    parts = [
        KINDS[query.kind].lower() if query.kind else "",
        words.sector_name(sector) if query.sector else "",
        words.level_name(query.level),
        words.growth[query.growth].name if query.growth else "",
    ]
    return ", ".join(part for part in parts if part)


@views.get("/gaps.csv")
@open_to_everyone
def gaps_csv() -> Response:
    """The same rows for a spreadsheet, all of them, with source and date in each."""
    words, source, date = vocabulary(), _source(), today().isoformat()
    written = io.StringIO()
    out = csv.writer(written)
    out.writerow(
        ["kind", "gap", "level", "area of work", "growth sectors", "what we know", "touches",
         "for example", "page", "source", "date"]
    )  # fmt: skip
    for row in _rows(_asked()):
        gap = row.gap
        cells = [
            row.kind_name,
            row.title,
            words.level_name(gap.level),
            row.sector_name,
            "; ".join(words.growth[slug].name for slug in gap.growth if slug in words.growth),
            row.known,
            str(gap.touches),
            "; ".join(hold.title for hold in row.examples),
            _address(row.path),
            source,
            date,
        ]
        out.writerow([defused(cell) for cell in cells])
    return as_file("\ufeff" + written.getvalue(), "text/csv", f"gaps-{date}.csv")


@views.get("/gaps.json")
@open_to_everyone
def gaps_json() -> Response:
    """The same rows as data, all of them."""
    query = _asked()
    rows = _rows(query)
    return jsonify(
        date=today().isoformat(),
        note=f"{NOTE} Worked out on {day(today())}.",
        source=_source(),
        filters=query.filters,
        count=len(rows),
        gaps=[_as_data(row) for row in rows],
    )


def _as_data(row: Row) -> dict[str, object]:
    gap = row.gap
    return {
        "kind": gap.kind.value,
        "title": row.title,
        "url": _address(row.path),
        "level": gap.level and gap.level.value,
        "sector": gap.sector,
        "growth": list(gap.growth),
        "known": row.known,
        "touches": gap.touches,
        "examples": [{"title": h.title, "url": _address(h.path)} for h in row.examples],
    }
