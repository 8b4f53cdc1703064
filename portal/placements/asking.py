"""What a visitor does: asks for an experience through an adviser, follows it with a code."""

import base64
import datetime as dt
import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import Limit, key_of, take
from portal.accounts.links import hash_of, keyed_hash_of
from portal.accounts.models import Organisation
from portal.accounts.trail import record
from portal.catalogue.experiences import Listing, Occasion
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.placements import telling
from portal.placements.life import Stage
from portal.placements.models import Request
from portal.placements.steps import due
from portal.publishing import concerns
from portal.publishing.worrying import is_worrying

CODE_LENGTH = 16
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
# More than any school has pupils who could ask on one day.
TO_ONE_TEAM = (Limit(400, dt.timedelta(days=1)),)


class TooManyError(Exception):
    """More were asked of one team in a day than anybody could read."""


@dataclass(frozen=True)
class Wish:
    """What a young person writes. Only the adviser sees all of it."""

    first_name: str
    born_on: dt.date
    year_group: str
    hopes: str
    availability: str
    adjustments: str
    reach: str
    email: str | None = None

    @property
    def words(self) -> str:
        """Everything written freely."""
        return f"{self.hopes}\n{self.availability}\n{self.adjustments}\n{self.reach}"


@dataclass(frozen=True)
class Asked:
    """A request that was made, with the code that its person follows it with."""

    request: Request
    code: str
    is_worrying: bool = False


def ask(
    session: DatabaseSession,
    listing: Listing,
    occasion: Occasion,
    *,
    advisers: Organisation,
    wish: Wish,
    token: str,
) -> Asked:
    """Bring a wish to an adviser. The same form sent twice makes one, with the same code.

    Raises TooManyError.
    """
    key, code = hash_of(f"ask {token}"), code_of(token)
    worrying = is_worrying(wish.words)
    known = _by_token(session, key)
    if known is not None:
        return Asked(known, code, worrying)
    if not take(session, key_of("ask", advisers.public_id), TO_ONE_TEAM):
        session.rollback()
        raise TooManyError
    request = Request(
        token=key, code_hash=hash_of(plain(code)), listing=listing, occasion=occasion,
        organisation=advisers, stage=Stage.ASKED.value, year_group=wish.year_group,
        first_name=wish.first_name, born_on=wish.born_on, hopes=wish.hopes,
        availability=wish.availability, adjustments=wish.adjustments, reach=wish.reach,
        email=wish.email, asked_at=now(), changed_at=now(),
    )  # fmt: skip
    request.due_on = due(request, Stage.ASKED)
    session.add(request)
    try:
        record(session, "ask", request, by=None, organisation=advisers, after=request.stage)
        if worrying:
            concerns.notice(
                session, words=wish.words, where=listing.path, request_public_id=request.public_id
            )
        telling.advisers_of_new(session, request)
        session.commit()
    except IntegrityError:
        session.rollback()
        known = _by_token(session, key)
        if known is None:
            raise
        return Asked(known, code, worrying)
    return Asked(request, code, worrying)


def by_code(session: DatabaseSession, code: str) -> Request | None:
    """The request that a code follows."""
    return session.scalars(
        select(Request).where(Request.code_hash == hash_of(plain(code)))
    ).one_or_none()


def say(session: DatabaseSession, request: Request, said: list[str]) -> None:
    """Keep what the young person ticked about the experience; the last time counts."""
    placement = request.placement
    if placement is None or request.stand != Stage.ATTENDED:
        return
    placement.young_says = said
    session.commit()


def code_of(token: str) -> str:
    """A code of 80 bits that only this portal could make of a form’s token, in groups of four."""
    letters = base64.b32encode(keyed_hash_of(f"code {token}")[:10]).decode().translate(ALPHABET)
    return "-".join(letters[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def plain(code: str) -> str:
    """A code as it is kept: what people confuse is the same, spaces and hyphens do not count."""
    return re.sub(r"[^0-9A-Z]", "", code.upper()).translate(LOOK_ALIKE)


def _by_token(session: DatabaseSession, key: str) -> Request | None:
    return session.scalars(select(Request).where(Request.token == key)).one_or_none()
