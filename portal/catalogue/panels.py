"""What higher packages show on the pages of entries: one small registry, wired by create_app.

A panel is a template and its values. A page is complete without any.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app

from portal.catalogue.models import Entry


@dataclass(frozen=True)
class Panel:
    """A template that the page includes, which finds its values in ``panel.values``."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    # Shown before what the page tells, where the page has such a place.
    is_first: bool = False


Contributor = Callable[[Entry], Panel | None]


def init_app(app: Flask, contributors: Iterable[Contributor]) -> None:
    """Keep who contributes panels, in the order in which they are shown."""
    app.extensions["panels"] = tuple(contributors)


def panels_for(entry: Entry) -> list[Panel]:
    """The panels of an entry’s page."""
    contributors: tuple[Contributor, ...] = current_app.extensions["panels"]
    return [panel for contribute in contributors if (panel := contribute(entry)) is not None]
