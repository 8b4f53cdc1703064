"""Worries about somebody’s safety: told in the form or noticed in a text box, for the leads alone.

A concern is never thrown away. What a program may have sent, or one of very many about the same
page, is kept and listed after the others. The trail says that there was a concern and who settled
it, and none of its words: its rows outlive everything, and a child’s words must not.
"""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.limits import FORGOTTEN_AFTER, Limit, key_of, take
from portal.accounts.models import (
    COUNCIL,
    Member,
    MemberRole,
    MemberState,
    Organisation,
    random_id,
)
from portal.accounts.trail import record
from portal.catalogue.models import FOLDERS
from portal.clock import now
from portal.extensions import DatabaseSession
from portal.mail import address_for, queue
from portal.publishing.desk import Listed, find_entry, page_of
from portal.publishing.models import LONGEST_PATH, Concern, Source

ABOUT_ONE_PAGE = (Limit(100, FORGOTTEN_AFTER),)
QUARTER = 15
ORGANISATIONS = frozenset({"providers", "employers"})


def tell(
    session: DatabaseSession,
    *,
    token: str,
    words: str,
    where: str,
    reach: str,
    is_doubtful: bool = False,
) -> Concern:
    """Keep what somebody told, once, however often the form is sent; commits."""
    try:
        found = tell_with(
            session, token=token, words=words, where=where, reach=reach, is_doubtful=is_doubtful
        )
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(select(Concern).where(Concern.token == token)).one()
    return found


def tell_with(
    session: DatabaseSession,
    *,
    token: str,
    words: str,
    where: str,
    reach: str = "",
    is_doubtful: bool = False,
) -> Concern:
    """The same beside another change, such as a report: does NOT commit, the caller does.

    Raises IntegrityError when the same token is being kept by somebody else at this moment.
    """
    known = session.scalars(select(Concern).where(Concern.token == token)).one_or_none()
    if known is not None:
        return known
    is_usual = take(session, key_of("concern", where), ABOUT_ONE_PAGE)
    made = Concern(
        token=token, source=Source.TOLD.value, words=words, where=where[:LONGEST_PATH],
        reach=reach, is_doubtful=is_doubtful or not is_usual, made_at=now(),
    )  # fmt: skip
    return _keep(session, made, "tell")


def notice(
    session: DatabaseSession, *, words: str, where: str, request_public_id: str | None
) -> Concern:
    """Bring worrying words from a text box before the leads, beside what they were written in.

    Does NOT commit: it belongs to the transaction of whoever keeps the text box, so that of a form
    sent twice both or neither are kept.
    """
    made = Concern(
        token=random_id(), source=Source.NOTICED.value, words=words, where=where[:LONGEST_PATH],
        request_public_id=request_public_id, made_at=now(),
    )  # fmt: skip
    return _keep(session, made, "notice")


def settle(session: DatabaseSession, concern: Concern, *, by: Member, decision: str) -> bool:
    """A lead has dealt with a concern; say whether it was this one, who decided first. Commits."""
    settled = session.execute(
        update(Concern)
        .where(Concern.id == concern.id, Concern.decided_at.is_(None))
        .values(decided_at=now(), decided_by_id=by.id, decision=decision)
        .returning(Concern.id)
    ).scalar_one_or_none()
    if settled is None:
        session.rollback()
        return False
    record(session, "settle", concern, by=by, before="open", after="settled")
    session.commit()
    return True


def all_concerns(session: DatabaseSession, number: int) -> Listed[Concern]:
    """A page of all concerns: open ones first, the oldest of them on top; then the settled."""
    query = select(Concern).order_by(
        Concern.decided_at.is_not(None), Concern.decided_at.desc(), Concern.is_doubtful,
        Concern.made_at, Concern.id,
    )  # fmt: skip
    total = session.scalar(select(func.count(Concern.id))) or 0
    return page_of(session, query, number, total)


def count_open(session: DatabaseSession) -> int:
    """How many nobody has dealt with."""
    return session.scalar(select(func.count(Concern.id)).where(Concern.decided_at.is_(None))) or 0


def find(session: DatabaseSession, public_id: str) -> Concern | None:
    """A concern by its public id."""
    return session.scalars(select(Concern).where(Concern.public_id == public_id)).one_or_none()


def page_name(session: DatabaseSession, where: str) -> str:
    """What everybody may see a page called, or else its address."""
    folder, _, rest = where.removeprefix("/").partition("/")
    slug = rest.partition("/")[0]
    kind = next((kind for kind, name in FOLDERS.items() if name == folder), None)
    if kind is not None:
        entry = find_entry(session, kind, slug)
        return entry.title if entry else where
    if folder in ORGANISATIONS:
        named = select(Organisation).where(Organisation.slug == slug)
        organisation = session.scalars(named).one_or_none()
        return organisation.name if organisation and organisation.is_public else where
    return where


def _keep(session: DatabaseSession, made: Concern, act: str) -> Concern:
    session.add(made)
    record(session, act, made, by=None, after="open")
    _write_to_the_leads(session)
    return made


def _write_to_the_leads(session: DatabaseSession) -> None:
    """One letter to each, without a word of what was told.

    Nobody gets a second one in the same quarter of an hour: it waits for the next one. So that
    whatever comes after the lead has looked has a letter of its own.
    """
    moment = now()
    began = moment.replace(minute=moment.minute // QUARTER * QUARTER, second=0, microsecond=0)
    leads = _with_role(session, MemberRole.SAFEGUARDING)
    for member in leads or _with_role(session, MemberRole.OWNER):
        for at in (began, began + dt.timedelta(minutes=QUARTER)):
            letter = queue(
                session,
                recipient=member.email,
                letter="concern" if leads else "concern-without-lead",
                key=f"concern {member.id} {at:%Y-%m-%d %H:%M}",
                name=member.name,
                link=address_for("/concerns" if leads else "/workspace/members"),
            )
            if letter is not None:
                letter.next_try_at = max(at, letter.next_try_at)
                break


def _with_role(session: DatabaseSession, role: MemberRole) -> Sequence[Member]:
    """The council’s people who can sign in and have a role."""
    members = session.scalars(
        select(Member)
        .join(Member.organisation)
        .where(Organisation.kind == COUNCIL, Member.state == MemberState.ACTIVE)
    )
    return [member for member in members if member.may_sign_in and member.has_role(role)]
