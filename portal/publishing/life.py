"""The one life of whatever an organisation publishes: which act leads from which state to which.

A live offer that is edited stays up as it was approved, and its new words wait beside it: hence
four live states. Only the approved revision is ever shown.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where an offer is in its life."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    SENT_BACK = "sent-back"
    LIVE = "live"
    LIVE_EDITED = "live-edited"
    LIVE_SUBMITTED = "live-submitted"
    LIVE_SENT_BACK = "live-sent-back"
    PAUSED = "paused"
    CLOSED = "closed"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class Act(StrEnum):
    """What somebody, or the clock, does to an offer."""

    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    DISCARD = "discard"
    PUBLISH = "publish"
    APPROVE_FIRST = "approve-first"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    TAKE_DOWN = "take-down"
    PAUSE = "pause"
    RESUME = "resume"
    CLOSE = "close"
    EXTEND = "extend"
    EXPIRE = "expire"
    ARCHIVE = "archive"


class Actor(StrEnum):
    """Who may do an act."""

    AUTHOR = "author"
    MODERATOR = "moderator"
    CLOCK = "clock"


class IllegalActError(Exception):
    """The act does not lead anywhere from this state."""

    def __init__(self, state: State, act: Act) -> None:
        """What was tried, and in which state."""
        super().__init__(f"{act.value} is not possible in the state {state.value}")
        self.state, self.act = state, act


ACTORS: Mapping[Act, frozenset[Actor]] = {
    Act.EDIT: frozenset({Actor.AUTHOR}),
    Act.SUBMIT: frozenset({Actor.AUTHOR}),
    Act.WITHDRAW: frozenset({Actor.AUTHOR}),
    Act.DISCARD: frozenset({Actor.AUTHOR}),
    Act.PUBLISH: frozenset({Actor.AUTHOR}),
    Act.APPROVE_FIRST: frozenset({Actor.MODERATOR}),
    Act.APPROVE: frozenset({Actor.MODERATOR}),
    Act.SEND_BACK: frozenset({Actor.MODERATOR}),
    Act.TAKE_DOWN: frozenset({Actor.MODERATOR}),
    Act.PAUSE: frozenset({Actor.AUTHOR}),
    Act.RESUME: frozenset({Actor.AUTHOR}),
    Act.CLOSE: frozenset({Actor.AUTHOR}),
    Act.EXTEND: frozenset({Actor.AUTHOR}),
    Act.EXPIRE: frozenset({Actor.CLOCK}),
    Act.ARCHIVE: frozenset({Actor.AUTHOR, Actor.CLOCK}),
}

_S, _A = State, Act
TRANSITIONS: Mapping[tuple[State, Act], State] = {
    (_S.DRAFT, _A.EDIT): _S.DRAFT,
    (_S.DRAFT, _A.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _A.PUBLISH): _S.LIVE,
    (_S.DRAFT, _A.ARCHIVE): _S.ARCHIVED,
    (_S.SUBMITTED, _A.EDIT): _S.DRAFT,
    (_S.SUBMITTED, _A.WITHDRAW): _S.DRAFT,
    (_S.SUBMITTED, _A.APPROVE_FIRST): _S.SUBMITTED,
    (_S.SUBMITTED, _A.APPROVE): _S.LIVE,
    (_S.SUBMITTED, _A.SEND_BACK): _S.SENT_BACK,
    (_S.SUBMITTED, _A.ARCHIVE): _S.ARCHIVED,
    (_S.SENT_BACK, _A.EDIT): _S.SENT_BACK,
    (_S.SENT_BACK, _A.SUBMIT): _S.SUBMITTED,
    (_S.SENT_BACK, _A.ARCHIVE): _S.ARCHIVED,
    (_S.LIVE, _A.EDIT): _S.LIVE_EDITED,
    (_S.LIVE, _A.PAUSE): _S.PAUSED,
    (_S.LIVE, _A.CLOSE): _S.CLOSED,
    (_S.LIVE, _A.EXTEND): _S.LIVE,
    (_S.LIVE, _A.EXPIRE): _S.EXPIRED,
    (_S.LIVE, _A.TAKE_DOWN): _S.SENT_BACK,
    (_S.LIVE_EDITED, _A.EDIT): _S.LIVE_EDITED,
    (_S.LIVE_EDITED, _A.SUBMIT): _S.LIVE_SUBMITTED,
    (_S.LIVE_EDITED, _A.PUBLISH): _S.LIVE,
    (_S.LIVE_EDITED, _A.DISCARD): _S.LIVE,
    (_S.LIVE_EDITED, _A.PAUSE): _S.DRAFT,
    (_S.LIVE_EDITED, _A.CLOSE): _S.CLOSED,
    (_S.LIVE_EDITED, _A.EXTEND): _S.LIVE_EDITED,
    (_S.LIVE_EDITED, _A.EXPIRE): _S.EXPIRED,
    (_S.LIVE_EDITED, _A.TAKE_DOWN): _S.SENT_BACK,
    (_S.LIVE_SUBMITTED, _A.EDIT): _S.LIVE_EDITED,
    (_S.LIVE_SUBMITTED, _A.WITHDRAW): _S.LIVE_EDITED,
    (_S.LIVE_SUBMITTED, _A.APPROVE): _S.LIVE,
    (_S.LIVE_SUBMITTED, _A.SEND_BACK): _S.LIVE_SENT_BACK,
    (_S.LIVE_SUBMITTED, _A.PAUSE): _S.DRAFT,
    (_S.LIVE_SUBMITTED, _A.CLOSE): _S.CLOSED,
    (_S.LIVE_SUBMITTED, _A.EXTEND): _S.LIVE_SUBMITTED,
    (_S.LIVE_SUBMITTED, _A.EXPIRE): _S.EXPIRED,
    (_S.LIVE_SUBMITTED, _A.TAKE_DOWN): _S.SENT_BACK,
    (_S.LIVE_SENT_BACK, _A.EDIT): _S.LIVE_SENT_BACK,
    (_S.LIVE_SENT_BACK, _A.SUBMIT): _S.LIVE_SUBMITTED,
    (_S.LIVE_SENT_BACK, _A.DISCARD): _S.LIVE,
    (_S.LIVE_SENT_BACK, _A.PAUSE): _S.DRAFT,
    (_S.LIVE_SENT_BACK, _A.CLOSE): _S.CLOSED,
    (_S.LIVE_SENT_BACK, _A.EXTEND): _S.LIVE_SENT_BACK,
    (_S.LIVE_SENT_BACK, _A.EXPIRE): _S.EXPIRED,
    (_S.LIVE_SENT_BACK, _A.TAKE_DOWN): _S.SENT_BACK,
    (_S.PAUSED, _A.EDIT): _S.DRAFT,
    (_S.PAUSED, _A.RESUME): _S.LIVE,
    (_S.PAUSED, _A.CLOSE): _S.CLOSED,
    (_S.PAUSED, _A.EXPIRE): _S.EXPIRED,
    (_S.PAUSED, _A.ARCHIVE): _S.ARCHIVED,
    (_S.PAUSED, _A.TAKE_DOWN): _S.SENT_BACK,
    (_S.CLOSED, _A.EDIT): _S.DRAFT,
    (_S.CLOSED, _A.ARCHIVE): _S.ARCHIVED,
    (_S.EXPIRED, _A.EDIT): _S.DRAFT,
    (_S.EXPIRED, _A.EXTEND): _S.LIVE,
    (_S.EXPIRED, _A.ARCHIVE): _S.ARCHIVED,
}

SHOWN = frozenset({State.LIVE, State.LIVE_EDITED, State.LIVE_SUBMITTED, State.LIVE_SENT_BACK})
WAITING = frozenset({State.SUBMITTED, State.LIVE_SUBMITTED})
STATE_WORDS: Mapping[State, str] = {
    State.DRAFT: "Draft",
    State.SUBMITTED: "Waiting for a moderator",
    State.SENT_BACK: "Sent back to you",
    State.LIVE: "Live",
    State.LIVE_EDITED: "Live, with a change not sent yet",
    State.LIVE_SUBMITTED: "Live, with a change waiting",
    State.LIVE_SENT_BACK: "Live, with a change sent back",
    State.PAUSED: "Paused",
    State.CLOSED: "Closed",
    State.EXPIRED: "Ran out",
    State.ARCHIVED: "Archived",
}


def after(state: State, act: Act) -> State:
    """The state that an act leads to. Raises IllegalActError when it leads nowhere."""
    if (state, act) not in TRANSITIONS:
        raise IllegalActError(state, act)
    return TRANSITIONS[state, act]


def can(state: State, act: Act) -> bool:
    """Whether an act is possible."""
    return (state, act) in TRANSITIONS
