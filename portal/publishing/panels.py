"""What publishing shows on every entry’s page: the way to tell the moderators about it."""

from portal.catalogue.models import Entry
from portal.catalogue.panels import Panel


def tell_the_moderators(entry: Entry) -> Panel:
    """A line that leads to the report form of this page."""
    return Panel("reports/panel.html", {"address": f"/report/{entry.kind}/{entry.slug}"})
