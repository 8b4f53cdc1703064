"""Proves again, at a running session, that its own member sits there: before files are taken away.

The proof is good for a few minutes and in this browser only.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import signing_in
from portal.accounts.coming_back import came_from
from portal.accounts.models import SignIn
from portal.accounts.people import current_sign_in
from portal.accounts.signing_in import Answer
from portal.clock import now
from portal.extensions import DatabaseSession

GOOD_FOR = dt.timedelta(minutes=10)

Given = ParamSpec("Given")


def prove(session: DatabaseSession, sign_in: SignIn, *, given: str) -> Answer:
    """Take a code of the second factor, or the password of a member who has none; each is counted.

    Commits. The code is used by it, as by signing in.
    """
    member = sign_in.member
    if member.has_second_factor:
        answer = signing_in.prove_again_by_code(session, member, code=given)
    else:
        answer = signing_in.prove_again(session, member, password=given)
    if answer == Answer.IN:
        sign_in.proved_at = now()
        session.commit()
    return answer


def is_proved(sign_in: SignIn) -> bool:
    """Whether that was done in this browser a moment ago."""
    return sign_in.proved_at is not None and now() - sign_in.proved_at < GOOD_FOR


def after_proving(
    view: Callable[Given, ResponseReturnValue],
) -> Callable[Given, ResponseReturnValue]:
    """Mark a view that posts: whoever has not just proved it is them is asked to do so first.

    They come back to the page with the button and press it again: what they sent is not kept. It
    stands under ``open_to``, which has let a member in.
    """

    @wraps(view)
    def guarded(*given: Given.args, **named: Given.kwargs) -> ResponseReturnValue:
        if is_proved(current_sign_in()):
            return view(*given, **named)
        return redirect(url_for("proving.prove", next=came_from()), code=303)

    return guarded
