"""Names to offer while somebody types: whole titles, never stems."""

import datetime as dt
from dataclasses import dataclass

import numpy as np

from portal.catalogue.search.snapshot import PREFIXES, Snapshot
from portal.catalogue.search.text import STOP_WORDS, words

MOST = 8
# Words that the last one may begin, where finished words before it leave few names.
MOST_BEGUN = 400


@dataclass(frozen=True)
class Suggestion:
    """A title, what kind of thing it is, and its page."""

    title: str
    kind: str
    url: str


def suggest(typed: str, snapshot: Snapshot, today: dt.date) -> list[Suggestion]:
    """Entries whose title or other name has every finished word and one the last word begins."""
    folded = words(typed)
    if not folded or (len(folded) == 1 and len(folded[0]) < 2):  # noqa: PLR2004
        return []
    *finished, last = folded
    allowed: np.ndarray | None = None
    for word in finished:
        if word not in STOP_WORDS:
            ids = snapshot.spelled(word)
            allowed = ids if allowed is None else np.intersect1d(allowed, ids)
    most = PREFIXES if allowed is None else MOST_BEGUN
    begun = snapshot.completions(last, most) or ((snapshot.nearest_word(last) or last),)
    found = np.unique(np.concatenate([snapshot.spelled(word) for word in begun]))
    if allowed is not None:
        found = np.intersect1d(found, allowed)
    found = found[snapshot.shown(today)[found]]
    # Short titles first: they are the plain thing, not a variant of it.
    order = np.lexsort((snapshot.title_rank[found], snapshot.title_length[found]))
    suggestions: dict[str, Suggestion] = {}
    for document in snapshot.stored(int(n) for n in found[order][: MOST * 4]):
        title = document["title"]
        if title not in suggestions:
            suggestions[title] = Suggestion(title, document["kind"], document["url"])
    return list(suggestions.values())[:MOST]
