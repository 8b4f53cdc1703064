"""What the one who looks is collecting, as far as the cards of entries must know.

Whoever keeps lists is a higher package: it says what is collected here, wired by create_app. Cards
and pages are complete without.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError


@dataclass(frozen=True)
class Collection:
    """A list that grows while somebody looks round: which entries are on it, by key.

    ``reference`` and ``reason`` are an adviser’s: what the list is called, and why the next entry
    is added. A visitor’s own list has neither.
    """

    keys: frozenset[str] = frozenset()
    number: int = 0
    path: str = "/my-list"
    reference: str = ""
    reason: str = ""

    def among(self, keys: AbstractSet[str]) -> "Collection":
        """The same as far as a page can tell on which only these entries are shown."""
        return replace(self, keys=self.keys & keys)


Contributor = Callable[[], Collection]


def init_app(app: Flask, contributor: Contributor) -> None:
    """Keep who says what is collected, and let templates ask."""
    app.extensions["collection"] = contributor
    app.jinja_env.globals["collection"] = collection


def collection() -> Collection:
    """What is collected here; nothing while the database cannot say, so that errors have a page."""
    contributor: Contributor = current_app.extensions["collection"]
    try:
        return contributor()
    except SQLAlchemyError:
        return Collection()
