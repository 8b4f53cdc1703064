"""Addresses made of names."""

import re
import unicodedata

from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.extensions import DatabaseSession

LONGEST = 70


def slug_of(name: str) -> str:
    """A name as it stands in an address: “Moorcroft’s & Sons” is moorcrofts-sons."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    return "-".join(words)[:LONGEST].strip("-") or "organisation"


def free_slug(session: DatabaseSession, name: str) -> str:
    """The slug of an organisation’s name, with a number where it is taken."""
    wanted = slug_of(name)
    taken = set(
        session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(wanted)))
    )
    return first_free(wanted, taken)


def first_free(wanted: str, taken: set[str]) -> str:
    """The slug itself, or the first of slug-2, slug-3… that nobody has."""
    number, slug = 1, wanted
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
