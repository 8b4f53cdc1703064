"""Organisations, their people, and browsers in which they are signed in. All of it is invented."""

import secrets

from flask import Flask
from pages import PageClient

from portal.accounts.links import hash_of
from portal.accounts.models import Member, MemberRole, MemberState, Organisation, SignIn, Standing
from portal.clock import now, today
from portal.extensions import db

NAMES = {
    "employer": "Saltglaze Tiles",
    "school": "Longbank School",
    "advice-service": "Turning Point Advice",
    "council": "Smalltown Council Careers",
}


def make_organisation(
    app: Flask,
    *,
    kind: str = "college",
    name: str | None = None,
    standing: Standing = Standing.VERIFIED,
    is_trusted: bool = False,
    **columns: object,
) -> Organisation:
    """An organisation in the database, handed over for reading."""
    unique = secrets.token_hex(4)
    with app.app_context():
        organisation = Organisation(
            slug=f"{kind}-{unique}",
            kind=kind,
            name=name or f"{NAMES.get(kind, 'Kilnhurst College')} {unique[:3]}",
            standing=standing.value,
            is_trusted=is_trusted,
            checked_on=today(),
            source={"name": "A source", "date": "2026"},
            applied_at=now(),
            **columns,
        )
        db.session.add(organisation)
        db.session.commit()
        db.session.refresh(organisation)
        db.session.expunge_all()
        return organisation


def make_member(
    app: Flask,
    *,
    kind: str = "college",
    roles: tuple[MemberRole, ...] = (MemberRole.OWNER,),
    standing: Standing = Standing.VERIFIED,
    is_trusted: bool = False,
    state: MemberState = MemberState.ACTIVE,
    organisation: Organisation | None = None,
    **columns: object,
) -> Member:
    """A member in the database, handed over for reading, with an organisation of their own."""
    home = organisation or make_organisation(
        app, kind=kind, standing=standing, is_trusted=is_trusted
    )
    given = {
        "email": f"{secrets.token_hex(6)}@kilnhurst.example",
        "name": "Sam Potter",
        "job_title": "Course administrator",
        "joined_at": now(),
    } | columns
    with app.app_context():
        member = Member(
            organisation_id=home.id,
            roles=[role.value for role in roles],
            state=state.value,
            **given,
        )
        db.session.add(member)
        db.session.commit()
        db.session.refresh(member)
        db.session.expunge_all()
        return member


def sign_in(app: Flask, member: Member, *, with_second_factor: bool | None = None) -> str:
    """The token of a running session, kept as signing in keeps it."""
    token = secrets.token_urlsafe(32)
    has_factor = (
        member.must_have_second_factor if with_second_factor is None else with_second_factor
    )
    with app.app_context():
        db.session.add(
            SignIn(
                token_hash=hash_of(token),
                member_id=member.id,
                device="Firefox on Linux",
                began_at=now(),
                seen_at=now(),
                with_second_factor=has_factor,
            )
        )
        db.session.commit()
    return token


def signed_in(app: Flask, member: Member, *, with_second_factor: bool | None = None) -> PageClient:
    """A browser in which the member is signed in, by a real row."""
    client = PageClient(app)
    with client.client.session_transaction() as session:
        session["_user_id"] = sign_in(app, member, with_second_factor=with_second_factor)
        session["_fresh"] = True
    return client
