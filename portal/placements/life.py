"""The way of a request: which act leads from which stage to which, and who may do it.

There is no way to a booking but through an adviser, the employer and, where it is due, consent.
"""

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """How far a request has come."""

    ASKED = "asked"
    SENT = "sent"
    OTHER_DAY = "other-day"
    OFFERED = "offered"
    AWAITING_CONSENT = "awaiting-consent"
    WAITING_LIST = "waiting-list"
    BOOKED = "booked"
    ATTENDED = "attended"
    ABSENT = "absent"
    NOT_SENT_ON = "not-sent-on"
    DECLINED = "declined"
    NO_CONSENT = "no-consent"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Act(StrEnum):
    """What somebody does to a request."""

    SEND_ON = "send-on"
    NOT_SEND_ON = "not-send-on"
    OFFER = "offer"
    OTHER_DAY = "other-day"
    DECLINE = "decline"
    TAKE_OTHER_DAY = "take-other-day"
    ASK_CONSENT = "ask-consent"
    BOOK = "book"
    QUEUE = "queue"
    REFUSE_CONSENT = "refuse-consent"
    ATTEND = "attend"
    MISS = "miss"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Side(StrEnum):
    """Who may do an act."""

    ADVISER = "adviser"
    EMPLOYER = "employer"
    YOUNG_PERSON = "young-person"
    PARENT = "parent"
    PORTAL = "portal"


class ImpossibleActError(Exception):
    """The act does not lead anywhere from this stage."""

    def __init__(self, stage: Stage, act: Act) -> None:
        """What was tried, and how far the request had come."""
        super().__init__(f"{act.value} is not possible when a request is {stage.value}")
        self.stage, self.act = stage, act


_S, _A = Stage, Act
SIDES: Mapping[Act, frozenset[Side]] = {
    _A.SEND_ON: frozenset({Side.ADVISER}),
    _A.NOT_SEND_ON: frozenset({Side.ADVISER}),
    _A.OFFER: frozenset({Side.EMPLOYER}),
    _A.OTHER_DAY: frozenset({Side.EMPLOYER}),
    _A.DECLINE: frozenset({Side.EMPLOYER}),
    _A.TAKE_OTHER_DAY: frozenset({Side.ADVISER}),
    _A.ASK_CONSENT: frozenset({Side.ADVISER}),
    # Done by whoever settles the last condition: the adviser or the parent.
    _A.BOOK: frozenset({Side.ADVISER, Side.PARENT, Side.PORTAL}),
    _A.QUEUE: frozenset({Side.ADVISER, Side.PARENT}),
    _A.REFUSE_CONSENT: frozenset({Side.PARENT}),
    _A.ATTEND: frozenset({Side.EMPLOYER}),
    _A.MISS: frozenset({Side.EMPLOYER}),
    _A.WITHDRAW: frozenset({Side.YOUNG_PERSON, Side.ADVISER}),
    # The portal does when a moderator takes a listing down.
    _A.CANCEL: frozenset({Side.EMPLOYER, Side.PORTAL}),
    _A.EXPIRE: frozenset({Side.PORTAL}),
}

TRANSITIONS: Mapping[tuple[Stage, Act], Stage] = {
    (_S.ASKED, _A.SEND_ON): _S.SENT,
    (_S.ASKED, _A.NOT_SEND_ON): _S.NOT_SENT_ON,
    (_S.ASKED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.ASKED, _A.EXPIRE): _S.EXPIRED,
    (_S.SENT, _A.OFFER): _S.OFFERED,
    (_S.SENT, _A.OTHER_DAY): _S.OTHER_DAY,
    (_S.SENT, _A.DECLINE): _S.DECLINED,
    (_S.SENT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SENT, _A.EXPIRE): _S.EXPIRED,
    # Proposing another day says yes to that day.
    (_S.OTHER_DAY, _A.TAKE_OTHER_DAY): _S.OFFERED,
    (_S.OTHER_DAY, _A.DECLINE): _S.DECLINED,
    (_S.OTHER_DAY, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.OTHER_DAY, _A.EXPIRE): _S.EXPIRED,
    (_S.OFFERED, _A.ASK_CONSENT): _S.AWAITING_CONSENT,
    (_S.OFFERED, _A.BOOK): _S.BOOKED,
    (_S.OFFERED, _A.QUEUE): _S.WAITING_LIST,
    (_S.OFFERED, _A.DECLINE): _S.DECLINED,
    (_S.OFFERED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.OFFERED, _A.EXPIRE): _S.EXPIRED,
    (_S.AWAITING_CONSENT, _A.ASK_CONSENT): _S.AWAITING_CONSENT,
    (_S.AWAITING_CONSENT, _A.BOOK): _S.BOOKED,
    (_S.AWAITING_CONSENT, _A.QUEUE): _S.WAITING_LIST,
    (_S.AWAITING_CONSENT, _A.REFUSE_CONSENT): _S.NO_CONSENT,
    (_S.AWAITING_CONSENT, _A.DECLINE): _S.DECLINED,
    (_S.AWAITING_CONSENT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.AWAITING_CONSENT, _A.EXPIRE): _S.EXPIRED,
    (_S.WAITING_LIST, _A.BOOK): _S.BOOKED,
    (_S.WAITING_LIST, _A.DECLINE): _S.DECLINED,
    (_S.WAITING_LIST, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.WAITING_LIST, _A.EXPIRE): _S.EXPIRED,
    (_S.BOOKED, _A.ATTEND): _S.ATTENDED,
    (_S.BOOKED, _A.MISS): _S.ABSENT,
    (_S.BOOKED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.BOOKED, _A.CANCEL): _S.CANCELLED,
    # A wrong click is put right.
    (_S.ATTENDED, _A.MISS): _S.ABSENT,
    (_S.ABSENT, _A.ATTEND): _S.ATTENDED,
}
OPEN = frozenset({
    Stage.ASKED, Stage.SENT, Stage.OTHER_DAY, Stage.OFFERED, Stage.AWAITING_CONSENT,
    Stage.WAITING_LIST, Stage.BOOKED,
})  # fmt: skip
# What the employer has not answered, or has but nobody has taken up yet: no name is shown.
BEFORE_BOOKING = OPEN - {Stage.BOOKED}
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.ASKED: "With the adviser",
    Stage.SENT: "With the employer",
    Stage.OTHER_DAY: "The employer asks for another day",
    Stage.OFFERED: "The employer said yes",
    Stage.AWAITING_CONSENT: "Waiting for a parent or carer",
    Stage.WAITING_LIST: "On the waiting list",
    Stage.BOOKED: "Booked",
    Stage.ATTENDED: "Was there",
    Stage.ABSENT: "Was not there",
    Stage.NOT_SENT_ON: "Not sent on",
    Stage.DECLINED: "The employer said no",
    Stage.NO_CONSENT: "A parent or carer said no",
    Stage.WITHDRAWN: "Withdrawn",
    Stage.CANCELLED: "Cancelled by the employer",
    Stage.EXPIRED: "Ran out",
}


def after(stage: Stage, act: Act) -> Stage:
    """The stage that an act leads to. Raises ImpossibleActError when it leads nowhere."""
    if (stage, act) not in TRANSITIONS:
        raise ImpossibleActError(stage, act)
    return TRANSITIONS[stage, act]


def can(stage: Stage, act: Act) -> bool:
    """Whether an act is possible."""
    return (stage, act) in TRANSITIONS
