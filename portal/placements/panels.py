"""What placements show on a listing’s page: its days, and the way to ask for one."""

from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.catalogue.models import Entry
from portal.catalogue.panels import Panel
from portal.placements.forms_asking import places_in_words


def ask_for_this(entry: Entry) -> Panel | None:
    """Days with their free places and the button to ask; nothing where nobody asks, as a video."""
    if not isinstance(entry, Listing):
        return None
    kind = vocabulary().experiences[entry.experience]
    if not kind.is_asked_for:
        return None
    days = [(occasion, places_in_words(occasion.free)) for occasion in entry.coming]
    return Panel(
        "placements/ask_panel.html",
        {"listing": entry, "days": days, "is_for_groups": kind.is_for_groups},
        is_first=True,
    )
