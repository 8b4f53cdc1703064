"""What is remembered for one visit: the jobs somebody has said are not for them.

It stands in the signed session cookie, is the visitor's own, and goes when the browser closes.
"""

from flask import session

NOT_FOR_ME = "not-for-me"
MOST = 40


def ruled_out() -> tuple[str, ...]:
    """Keys of the jobs that the visitor has ruled out, in the order they did."""
    return tuple(session.get(NOT_FOR_ME, ()))


def rule_out(key: str) -> None:
    """Remember that a job is not for this visitor. Saying it twice changes nothing."""
    session[NOT_FOR_ME] = list(dict.fromkeys((*ruled_out(), key)))[-MOST:]


def allow_again(key: str) -> None:
    """Forget that a job was ruled out."""
    session[NOT_FOR_ME] = [other for other in ruled_out() if other != key]
