"""Side by side: up to four of anything, whatever its kind. Nothing is kept."""

from collections.abc import Iterable

from flask import Blueprint, render_template, request

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.collecting import collection
from portal.catalogue.models import Entry
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.building import month_number
from portal.clock import today
from portal.extensions import db
from portal.shortlists import on_device
from portal.shortlists.asking_to_compare import (
    ONLY_DIFFERENCES,
    Asked,
    compare_form,
    keys_in,
)
from portal.shortlists.comparing import MOST, compare
from portal.shortlists.example import ready_example
from portal.shortlists.facts_of_learning import Reader
from portal.shortlists.reading_facts import around, other_routes
from portal.shortlists.telling_facts import COMPARED, thing_of

views = Blueprint("comparing", __name__)
# What parents are led through, and when it is for, as far as the city’s content has it.
PATH_FOR_PARENTS = {
    "guides/for-parents": "To begin",
    "guides/choosing": "At 14, and at every choice",
    "guides/routes-at-16": "At 16",
    "guides/routes-at-18": "At 18",
    "guides/money": "At every age",
    "guides/work-experience-for-parents": "From Year 10",
    "guides/questions-to-ask-at-an-open-day": "Before you go and look",
}


@views.get("/compare")
@open_to_everyone
def side_by_side() -> str:
    """What somebody chose, side by side, and what could stand beside it."""
    words, given = vocabulary(), request.args.getlist("e")
    form = compare_form(request.args, words)
    keys, listed = keys_in(given), _keys_listed()
    entries = reading.by_keys(db.session, (*keys, *listed))
    chosen, others = _shown(keys, entries), _shown(listed, entries)
    beside = chosen[:MOST]
    asked = Asked(
        tuple(entry.key for entry in beside),
        age=None if form.age.errors else form.age.data,
        near=form.near.data or None,
        only_differences=request.args.get("only") == ONLY_DIFFERENCES,
    )
    found = around(db.session, beside, today())
    reader = Reader(words, found, today(), asked.age, asked.near)
    things = [thing_of(entry, reader) for entry in beside]
    has_room = len(beside) < MOST
    return render_template(
        "shortlists/compare.html",
        form=form,
        asked=asked,
        things=things,
        rows=compare(things, only_differences=asked.only_differences and len(things) > 1),
        missing=len(set(given)) - len([key for key in keys if entries.get(key) in chosen]),
        left_out=chosen[MOST:],
        from_list=[entry for entry in others if entry not in beside] if has_room else [],
        other_routes=other_routes(db.session, beside, found, words, today()) if has_room else [],
        most=MOST,
        start=words.district(reader.start),
    )


def _keys_listed() -> tuple[str, ...]:
    """What the visitor keeps on the device, or the adviser on the list that is added to."""
    here = collection()
    return tuple(sorted(here.keys)) if here.reference else on_device.here().keys


def _shown(keys: Iterable[str], entries: dict[str, Entry]) -> list[Entry]:
    """The entries of some keys that visitors may see and that are compared, each once."""
    found = {entries[key].id: entries[key] for key in keys if key in entries}
    return [e for e in found.values() if e.kind in COMPARED and e.is_shown(today())]


@views.get("/parents")
@open_to_everyone
def parents() -> str:
    """For parents and carers: what to read, what to compare, what to ask."""
    example = [h.key for h in ready_example(frame(), vocabulary(), month_number(today()))]
    found = reading.by_keys(db.session, (*PATH_FOR_PARENTS, *example))
    shown = {key: entry for key, entry in found.items() if entry.is_shown(today())}
    return render_template(
        "shortlists/parents.html",
        guides=[(when, shown[key]) for key, when in PATH_FOR_PARENTS.items() if key in shown],
        example=[shown[key] for key in example if key in shown],
        address=Asked(tuple(example)).address(),
        kinds=vocabulary().qualification_types,
    )
