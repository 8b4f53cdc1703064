"""Addresses that people send us: where to go after signing in, and links to other sites.

What is not plainly safe is refused. Browsers mend broken addresses in surprising ways (they drop
tabs, turn backslashes into “/”, read full-width letters as plain ones), so nothing is mended here:
an address is made of characters known to be harmless, or it is not used.
"""

import re
import unicodedata
from urllib.parse import urlsplit

LONGEST = 500
SAME_SITE = re.compile(
    r"(?=/)(?:/[A-Za-z0-9._~\-]+)*/?"
    r"(?:\?[A-Za-z0-9._~!$&'()*+,;=:@/?%\[\]\-]*)?"
    r"(?:#[A-Za-z0-9_\-]*)?"
)
DOT_SEGMENT = re.compile(r"/\.{1,2}(?:[/?#]|$)")
ENCODED_CONTROL = re.compile(r"%(?:[01]|7f)", re.IGNORECASE)

HARMFUL = frozenset('\\<>"`{}|^')
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?")
ENDING = re.compile(r"[a-z]{2,63}|xn--[a-z0-9\-]{1,59}")
NOT_PUBLIC = frozenset(["localhost", "localdomain", "local", "internal", "lan", "home", "onion"])


def safe_next(address: str | None) -> str | None:
    """The address when it is a path of this site, such as ``/workspace?x=1``; otherwise None."""
    if not address or len(address) > LONGEST or not SAME_SITE.fullmatch(address):
        return None
    if DOT_SEGMENT.search(address) or ENCODED_CONTROL.search(address):
        return None
    return address


def is_web_address(text: str) -> bool:
    """Whether this is a full http or https address of a public site, with nothing hidden in it."""
    return _host(text) is not None


def domain_of(address: str) -> str:
    """The site’s name to show beside a link: ASCII, without “www.”; empty when not an address.

    Letters outside ASCII are shown in their ``xn--`` form, which cannot look like another site.
    """
    return (_host(address) or "").removeprefix("www.")


def _host(text: str) -> str | None:
    if not text.lower().startswith(("http://", "https://")) or not _is_readable(text):
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or parts.netloc.endswith(":") or port == 0:
        return None
    return _public_name(parts.hostname or "")


def _is_readable(text: str) -> bool:
    """Short enough, and without spaces, controls, invisible characters or markup."""
    return len(text) <= LONGEST and not any(
        character in HARMFUL or unicodedata.category(character)[0] in "CZ" for character in text
    )


def _public_name(host: str) -> str | None:
    """A host’s ASCII name, or None for an IP address, a local name or a look-alike."""
    labels = [_plain_label(label) for label in host.removesuffix(".").split(".")]
    known = [label for label in labels if label is not None]
    if len(known) != len(labels) or len(known) < 2:  # noqa: PLR2004 - a name and its ending
        return None
    if not ENDING.fullmatch(known[-1]) or known[-1] in NOT_PUBLIC:
        return None
    name = ".".join(known)
    return name if len(name) <= 253 else None  # noqa: PLR2004 - the limit of DNS


def _plain_label(label: str) -> str | None:
    """One part of a host in ASCII, or None when it is malformed or written in another script."""
    try:
        encoded = label.encode("idna").decode("ascii")
        shown = encoded.encode("ascii").decode("idna")
    except UnicodeError:
        return None
    is_itself = label in {encoded, shown}
    return encoded if is_itself and LABEL.fullmatch(encoded) and _is_latin(shown) else None


def _is_latin(label: str) -> bool:
    """Whether every letter is Latin, so that no Cyrillic “а” can stand for an “a”."""
    return all(
        character.isascii() or unicodedata.name(character, "").startswith("LATIN SMALL LETTER ")
        for character in label
    )
