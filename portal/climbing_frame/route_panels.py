"""What higher packages show with each way to a goal: one small registry, wired by create_app.

The page is complete without any.
"""

from collections.abc import Callable, Iterable

from flask import Flask, current_app

from portal.catalogue.panels import Panel
from portal.climbing_frame.telling import ToldRoute

Contributor = Callable[[ToldRoute], Panel | None]


def init_app(app: Flask, contributors: Iterable[Contributor]) -> None:
    """Keep who contributes panels, in the order in which they are shown, and let templates ask."""
    app.extensions["route_panels"] = tuple(contributors)
    app.jinja_env.globals["route_panels"] = route_panels


def route_panels(told: ToldRoute) -> list[Panel]:
    """The panels that stand with one way."""
    contributors: tuple[Contributor, ...] = current_app.extensions["route_panels"]
    return [panel for contribute in contributors if (panel := contribute(told)) is not None]
