"""Where somebody came from within the site, so that they can be sent back to it."""

from urllib.parse import urlsplit

from flask import request

from portal.accounts.safe_addresses import safe_next


def came_from() -> str | None:
    """The page of ours with the button; none when the browser does not say."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))


def way_back(otherwise: str) -> str:
    """Where the form that was sent says to go back to, or else the page of ours it stood on."""
    return safe_next(request.form.get("back")) or came_from() or otherwise
