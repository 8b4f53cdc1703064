"""What a list leaves out, said as a quiet hint and never as a score. Pure: things in, hints out."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.catalogue.experiences import Listing
from portal.catalogue.models import Course, Entry, Event, Programme, Role, Vacancy
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.building import GRADES, WALK_IN
from portal.climbing_frame.graph import NO_LEVEL, Grade
from portal.taxonomy import Family, Level

# One thing alone is a beginning, and needs no advice on what is beside it.
ENOUGH = 2
WORK = "work"
NOTHING_ASKED = (NO_LEVEL, Grade.NONE)


class Hint(StrEnum):
    """What might be added."""

    ONE_KIND = "one-kind"
    NO_PLAN_B = "no-plan-b"
    NOTHING_TO_JOIN = "nothing-to-join"


@dataclass(frozen=True)
class Thing:
    """One thing on a list, as far as it tells what the list covers.

    ``families`` are the kinds of route it belongs to; none for what is no route, such as a job.
    ``asks`` is a level and a step of English and maths to begin it; None where nobody says.
    """

    families: frozenset[str] = frozenset()
    asks: tuple[int, Grade] | None = None
    is_joinable: bool = False


def hints(things: Iterable[Thing]) -> tuple[Hint, ...]:
    """What might be added to a list that holds these things."""
    here = list(things)
    if len(here) < ENOUGH:
        return ()
    found = []
    if len(frozenset[str]().union(*(thing.families for thing in here))) < ENOUGH:
        found.append(Hint.ONE_KIND)
    if not _has_plan_b(here):
        found.append(Hint.NO_PLAN_B)
    if not any(thing.is_joinable for thing in here):
        found.append(Hint.NOTHING_TO_JOIN)
    return tuple(found)


def thing_of(entry: Entry, vocabulary: Vocabulary, today: dt.date) -> Thing:
    """What an entry that is still shown tells."""
    if isinstance(entry, Programme):
        return Thing(_families(entry, vocabulary), _asks(entry))
    if isinstance(entry, Course):
        begun = entry.starts_on is not None and entry.starts_on < today
        joinable = entry.is_flexible_start or not begun
        return Thing(_families(entry.programme, vocabulary), _asks(entry.programme), joinable)
    if isinstance(entry, Vacancy):
        families = _families(entry.programme, vocabulary) or frozenset({WORK})
        return Thing(families, _asks(entry.programme), is_joinable=True)
    if isinstance(entry, Role):
        walks_in = any(way["kind"] in WALK_IN for way in entry.ways_in) and not entry.register
        return Thing(asks=NOTHING_ASKED if walks_in else None)
    if isinstance(entry, Listing):
        return Thing(is_joinable=entry.is_open)
    return Thing(is_joinable=isinstance(entry, Event))


def thing_of_route(route: Mapping[str, Any]) -> Thing:
    """What a route that was kept tells: which kind of route it is."""
    return Thing(frozenset({str(route["family"])}))


def _has_plan_b(things: Iterable[Thing]) -> bool:
    """Whether something asks for less than the most, or nothing is asked at all."""
    asked = {thing.asks for thing in things if thing.asks is not None}
    return not asked or len(asked) >= ENOUGH or max(asked) <= NOTHING_ASKED


def _families(programme: Programme | None, vocabulary: Vocabulary) -> frozenset[str]:
    if programme is None:
        return frozenset()
    family = vocabulary.qualification_types[programme.qualification_type].family
    # English and maths stand beside a route: they are none.
    return frozenset() if family is Family.ESSENTIALS else frozenset({family.value})


def _asks(programme: Programme | None) -> tuple[int, Grade] | None:
    if programme is None:
        return None
    level = programme.entry_level
    rank = NO_LEVEL if level == "none" else Level(level).rank
    return rank, GRADES[programme.english_and_maths]
