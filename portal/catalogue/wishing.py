"""Keeps what people tell the city is missing."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.catalogue.models import Wish
from portal.extensions import DatabaseSession


def tell(
    session: DatabaseSession, *, token: str, words: str, district: str | None, today: dt.date
) -> Wish:
    """Keep the words once, however often the form is sent."""
    known = session.scalars(select(Wish).where(Wish.token == token)).first()
    if known is not None:
        return known
    wish = Wish(token=token, words=words, district=district, told_on=today)
    session.add(wish)
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        return session.scalars(select(Wish).where(Wish.token == token)).one()
    return wish
