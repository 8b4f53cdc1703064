"""A visitor’s own list: it stays on the visitor’s device, in a signed cookie, and nowhere else.

The server reads it with each request and keeps nothing of it. Signing keeps out what nobody here
wrote; it hides nothing, because there is nobody to hide it from but its owner.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadData, URLSafeSerializer

MOST = 20
LONGEST_NOTE = 100
LONGEST_KEY = 110
# What a browser keeps of one cookie is 4,096 bytes with its name and how long it is kept.
MOST_BYTES = 3_700
KEPT_SECONDS = 180 * 24 * 3600
NAME = "portal-list"
# Controls and halves of characters, which no page can show.
UNSEEN = frozenset({"Cc", "Cs"})


class FullError(Exception):
    """The device does not keep more than this; nothing was changed."""


@dataclass(frozen=True)
class Kept:
    """One entry on the list, and what its owner noted."""

    key: str
    note: str = ""


@dataclass(frozen=True)
class DeviceList:
    """The list in its owner’s order. A change makes another; ``keep`` sends it to the device."""

    kept: tuple[Kept, ...] = ()
    keys: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", tuple(one.key for one in self.kept))

    def with_all(self, keys: Iterable[str]) -> "DeviceList":
        """With these at the end, as far as they are not on it. Raises FullError."""
        added = tuple(Kept(key) for key in dict.fromkeys(keys) if key not in self.keys)
        return _fitting(replace(self, kept=(*self.kept, *added)))

    def without(self, key: str) -> "DeviceList":
        """Without one."""
        return replace(self, kept=tuple(one for one in self.kept if one.key != key))

    def moved(self, key: str, by: int) -> "DeviceList":
        """With one entry so many places further down, or up when ``by`` is negative."""
        if key not in self.keys:
            return self
        place = self.keys.index(key)
        rest = list(self.kept)
        one = rest.pop(place)
        rest.insert(min(max(place + by, 0), len(rest)), one)
        return replace(self, kept=tuple(rest))

    def noted(self, notes: Mapping[str, str]) -> "DeviceList":
        """With other notes, by key, each on one line and not too long. Raises FullError."""
        kept = (Kept(one.key, _one_line(notes.get(one.key, one.note))) for one in self.kept)
        return _fitting(replace(self, kept=tuple(kept)))

    def renamed(self, names: Mapping[str, str]) -> "DeviceList":
        """With the keys that entries have now, by those they had; each entry once."""
        kept: dict[str, Kept] = {}
        for one in self.kept:
            key = names.get(one.key, one.key)
            before = kept.get(key)
            kept[key] = Kept(key, before.note if before and before.note else one.note)
        return replace(self, kept=tuple(kept.values()))


def here() -> DeviceList:
    """The list of this browser; an empty one when it has none that we wrote."""
    if "device_list" not in g:
        g.device_list = _read(request.cookies.get(_name(), ""))
    found: DeviceList = g.device_list
    return found


def keep(changed: DeviceList) -> None:
    """Send the list to the device with this answer; an empty one takes the cookie away."""
    g.device_list = changed
    g.device_list_changed = True


def init_app(app: Flask) -> None:
    """After each request: send the list when it was changed."""
    app.after_request(_send)


def _send(response: Response) -> Response:
    if not g.get("device_list_changed", False):
        return response
    if not here().kept:
        response.delete_cookie(_name(), secure=_is_secure(), httponly=True, samesite="Lax")
        return response
    response.set_cookie(
        _name(), _written(here()), max_age=KEPT_SECONDS, secure=_is_secure(), httponly=True,
        samesite="Lax",
    )  # fmt: skip
    return response


def _read(text: str) -> DeviceList:
    """What was written; an empty list for what we did not write, or wrote in another form."""
    try:
        kept = tuple(Kept(key, note) for key, note in _signer().loads(text))[:MOST]
    except (BadData, TypeError, ValueError):
        return DeviceList()
    is_ours = all(isinstance(part, str) for one in kept for part in (one.key, one.note))
    return DeviceList(kept) if is_ours else DeviceList()


def _written(wanted: DeviceList) -> str:
    return str(_signer().dumps([[one.key, one.note] for one in wanted.kept]))


def _fitting(wanted: DeviceList) -> DeviceList:
    if len(wanted.kept) > MOST or len(_written(wanted)) > MOST_BYTES:
        raise FullError
    return wanted


def _one_line(words: str) -> str:
    seen = "".join(c for c in " ".join(words.split()) if unicodedata.category(c) not in UNSEEN)
    return seen[:LONGEST_NOTE].strip()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="list on a device")


def _is_secure() -> bool:
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def _name() -> str:
    return f"__Host-{NAME}" if _is_secure() else NAME
