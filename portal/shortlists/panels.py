"""What shortlists show on the pages of ways to a goal: for an adviser who is adding to a list."""

from portal.catalogue.panels import Panel
from portal.climbing_frame.telling import ToldRoute
from portal.shortlists import adding_to
from portal.shortlists.routes import key_of, way_of


def add_this_route(told: ToldRoute) -> Panel | None:
    """The button that keeps a way on the list that is added to, or the word that it is on it."""
    shortlist = adding_to.target()
    if shortlist is None:
        return None
    way = way_of(told.route)
    key = key_of(way)
    return Panel(
        "shortlists/route_panel.html",
        {
            "shortlist": shortlist,
            "way": way,
            "anchor": anchor_of(key),
            "is_first": told.number == 1,
            "name": told.name,
            "is_on": any(item.route_key == key for item in shortlist.items),
        },
    )


def anchor_of(key: str) -> str:
    """Where one comes back to on the page when a way was kept."""
    return f"kept-{key[:12]}"
