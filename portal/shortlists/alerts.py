"""Saved searches: asked for, confirmed by mail, told of what is new, and stopped.

Whether an address has saved searches is told to nobody but the address. Each letter is queued in
the transaction that notes what it tells, so that whoever is killed in between tells nothing twice
and forgets nothing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.orm import joinedload

from portal.accounts import links
from portal.accounts.limits import LETTERS_TO_ONE_ADDRESS, key_of, take
from portal.accounts.models import LinkPurpose, Member, MemberState, OneUseLink, random_id
from portal.accounts.signing_in import normal
from portal.catalogue.models import LIVE, Entry
from portal.catalogue.search.catalogue_search import CatalogueSearch
from portal.catalogue.vocabulary import Vocabulary
from portal.clock import now, today
from portal.extensions import DatabaseSession
from portal.mail import INSERTS, Letter, address_for, queue
from portal.shortlists.alert_hits import CLOSES_WITHIN, ToTell, Waiting, here_day, query_of, to_tell
from portal.shortlists.models import ClosingTold, SavedSearch

LONGEST_QUERY = 600
MOST_OF_ONE_MEMBER = 50
UNCONFIRMED_FOR = dt.timedelta(days=3)
BATCH = 200
_AT_ONCE = {"synchronize_session": False}


def ask(session: DatabaseSession, *, email: str, query: str, token: str) -> None:
    """Ask an address whether it wants to hear of a search; the same form asks it once.

    Nobody is told what was there before: the letter says it.
    """
    address = normal(email)
    if not take(session, key_of("letter", address), LETTERS_TO_ONE_ADDRESS):
        session.commit()
        return
    saved = _kept(session, email=address, query=query)
    confirming = links.issue(session, LinkPurpose.ALERTS, None)
    session.flush()
    link = links.look_up(session, LinkPurpose.ALERTS, confirming)
    saved.confirm_link_id = link.id if link else None
    is_known = saved.confirmed_at is not None
    saved.made_at = saved.made_at if is_known else now()
    stop_path = stop_path_of(saved.public_id)
    queued = queue(
        session,
        recipient=address,
        letter="alert-again" if is_known else "alert-confirm",
        key=f"{_beginning(saved.public_id)}{key_of(token)[:32]}",
        stop_path=stop_path,
        link=address_for(f"/alerts/confirm/{confirming}"),
        stop=address_for(stop_path),
    )
    if queued is None:
        # The same form sent twice: its letter is on its way, with the link that works.
        session.rollback()
        return
    session.commit()


def unconfirmed(session: DatabaseSession, token: str) -> SavedSearch | None:
    """The saved search that a link confirms, while it can. Looking does not use it."""
    link = links.look_up(session, LinkPurpose.ALERTS, token)
    return _of_link(session, link.id) if link else None


def confirm(session: DatabaseSession, token: str) -> bool:
    """Begin to send letters; they tell of what comes from now on. False: link used or too old."""
    used = links.use(session, LinkPurpose.ALERTS, token)
    saved = _of_link(session, used.id) if used else None
    if saved is None:
        session.rollback()
        return False
    saved.confirmed_at, saved.seen_through = now(), _newest(session)
    session.commit()
    return True


def save_for(session: DatabaseSession, member: Member, *, query: str) -> bool:
    """Save a member’s search, once; no mail need confirm it. False when there are too many."""
    held = select(func.count()).where(SavedSearch.member_id == member.id)
    if (session.scalar(held) or 0) >= MOST_OF_ONE_MEMBER:
        return False
    saved = _kept(session, member_id=member.id, query=query)
    if saved.confirmed_at is None:
        saved.confirmed_at, saved.seen_through = now(), _newest(session)
    session.commit()
    return True


def own(session: DatabaseSession, member: Member) -> Sequence[SavedSearch]:
    """A member’s saved searches, the newest first."""
    mine = select(SavedSearch).where(SavedSearch.member_id == member.id)
    return session.scalars(mine.order_by(SavedSearch.id.desc())).all()


def stop_own(session: DatabaseSession, member: Member, public_id: str) -> None:
    """Stop one of the member’s own; anybody else’s is not touched."""
    mine = select(SavedSearch.id).where(
        SavedSearch.public_id == public_id, SavedSearch.member_id == member.id
    )
    if session.scalar(mine) is not None:
        stop(session, public_id)


def find(session: DatabaseSession, public_id: str) -> SavedSearch | None:
    """A saved search; None when it was stopped, or nobody ever confirmed it."""
    return session.scalars(select(SavedSearch).where(SavedSearch.public_id == public_id)).first()


def stop(session: DatabaseSession, public_id: str) -> None:
    """Forget a saved search, its address, and every letter of it. Twice does no harm."""
    # First, so that a letter being queued at this moment is either there already or never will be.
    gone = delete(SavedSearch).where(SavedSearch.public_id == public_id)
    link_id = session.execute(
        gone.returning(SavedSearch.confirm_link_id), execution_options=_AT_ONCE
    ).scalar()
    session.execute(
        delete(Letter).where(Letter.key.startswith(_beginning(public_id), autoescape=True)),
        execution_options=_AT_ONCE,
    )
    if link_id is not None:
        session.execute(delete(OneUseLink).where(OneUseLink.id == link_id))
    session.commit()


def stop_path_of(public_id: str) -> str:
    """Where one stops a saved search, without an account and for ever; nothing of it is kept."""
    return f"/alerts/stop/{_stop_signer().dumps(public_id)}"


def stopped_by(token: str) -> str | None:
    """The public id that a token stops; None when we did not write it."""
    try:
        return str(_stop_signer().loads(token))
    except BadData:
        return None


def tell_due(session: DatabaseSession, search: CatalogueSearch, vocabulary: Vocabulary) -> int:
    """Write to whoever saved a search that has news; return how many letters were queued.

    One transaction for each saved search. Killed and run again, or run twice at once, it writes
    each letter once.
    """
    told = 0
    for waiting in _all_waiting(session):
        query, moment = query_of(waiting.query, vocabulary), now()
        if query is None:
            continue
        day = here_day(moment)
        found = search.news(
            query, vocabulary, day, above=waiting.seen_through, until=day + CLOSES_WITHIN
        )
        letter = to_tell(session, waiting, found, moment)
        if letter is not None:
            told += _tell(session, waiting, letter, query.sentence(vocabulary), moment)
    return told


def forget_old(session: DatabaseSession) -> int:
    """Delete what nobody confirmed, what was a removed member’s, and notes of what has closed.

    Returns how many saved searches went that nobody had confirmed.
    """
    late = session.scalars(
        select(SavedSearch.public_id).where(
            SavedSearch.confirmed_at.is_(None), SavedSearch.made_at < now() - UNCONFIRMED_FOR
        )
    ).all()
    removed = session.scalars(
        select(SavedSearch.public_id)
        .join(SavedSearch.member)
        .where(Member.state == MemberState.REMOVED)
    ).all()
    for public_id in (*late, *removed):
        stop(session, public_id)
    over = select(Entry.id).where(or_(Entry.status != LIVE, Entry.show_until < today()))
    session.execute(
        delete(ClosingTold).where(ClosingTold.entry_id.in_(over)), execution_options=_AT_ONCE
    )
    session.commit()
    return len(late)


def _all_waiting(session: DatabaseSession) -> Iterator[Waiting]:
    """Every saved search that letters may go to, read a few at a time."""
    last = 0
    while True:
        rows = session.scalars(
            select(SavedSearch)
            .where(SavedSearch.id > last, SavedSearch.confirmed_at.is_not(None))
            .order_by(SavedSearch.id)
            .limit(BATCH)
            .options(joinedload(SavedSearch.member))
        ).all()
        if not rows:
            return
        last = rows[-1].id
        waiting = [
            Waiting(row.id, row.public_id, to, row.query, row.seen_through, row.told_at)
            for row in rows
            if (to := _recipient(row))
        ]
        # Nothing of the batch stays in memory, and no transaction stays open meanwhile.
        session.commit()
        session.expire_all()
        yield from waiting


def _recipient(saved: SavedSearch) -> str | None:
    """The address that letters go to; None while the member may not sign in or advise."""
    member = saved.member
    if member is None:
        return saved.email
    return member.email if member.may_sign_in and member.may_advise else None


def _tell(
    session: DatabaseSession, waiting: Waiting, told: ToTell, sentence: str, moment: dt.datetime
) -> bool:
    """Note what is told and queue the letter, unless somebody has told it or stopped it since."""
    noting = (
        update(SavedSearch)
        .where(
            SavedSearch.id == waiting.id,
            SavedSearch.seen_through == waiting.seen_through,
            SavedSearch.told_at.is_not_distinct_from(waiting.told_at),
        )
        .values(seen_through=told.seen_through, told_at=moment)
    )
    noted: Any = session.execute(noting, execution_options=_AT_ONCE)
    if not noted.rowcount:
        session.rollback()
        return False
    closing = [{"search_id": waiting.id, "entry_id": n, "told_at": moment} for n in told.closing]
    if closing:
        session.execute(insert(ClosingTold), closing)
    stop_path = stop_path_of(waiting.public_id)
    queue(
        session,
        recipient=waiting.recipient,
        letter="alert",
        key=f"{_beginning(waiting.public_id)}{moment.isoformat()}",
        stop_path=stop_path,
        sentence=sentence,
        told=told,
        these=address_for(f"/list?{urlencode([('e', key) for key in told.keys], safe='/')}"),
        everything=address_for(waiting.query),
        stop=address_for(stop_path),
    )
    session.commit()
    return True


def _kept(session: DatabaseSession, **columns: object) -> SavedSearch:
    """The row of somebody’s search; it is made when there is none, also by two at once."""
    insert_into = INSERTS[session.get_bind().dialect.name]
    made = insert_into(SavedSearch).values(
        public_id=random_id(), made_at=now(), seen_through=0, **columns
    )
    session.execute(made.on_conflict_do_nothing())
    return session.scalars(select(SavedSearch).filter_by(**columns)).one()


def _of_link(session: DatabaseSession, link_id: int) -> SavedSearch | None:
    return session.scalars(
        select(SavedSearch).where(
            SavedSearch.confirm_link_id == link_id, SavedSearch.confirmed_at.is_(None)
        )
    ).one_or_none()


def _newest(session: DatabaseSession) -> int:
    return session.scalar(select(func.max(Entry.id))) or 0


def _beginning(public_id: str) -> str:
    """How the keys of all letters of a saved search begin."""
    return f"alert {public_id} "


def _stop_signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="stop a saved search")
