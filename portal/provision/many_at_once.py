"""One act on many offers: each goes by its own verb, and what could not be done is counted."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.accounts.models import Member
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.publishing import moderation
from portal.publishing.fields import read_day
from portal.publishing.kinds import OfferKind
from portal.publishing.life import WAITING, Act, IllegalActError, State
from portal.publishing.models import Offer
from portal.publishing.revisions import latest_of, may_publish_on_trust

# What goes on its way by itself once its first day is another; the rest is still being written.
GOING_ON = frozenset({State.LIVE, State.EXPIRED}) | WAITING
ENDED = {Act.PAUSE: State.PAUSED, Act.CLOSE: State.CLOSED, Act.RESUME: State.LIVE}
VERBS: Mapping[Act, Callable[..., None]] = {
    Act.PAUSE: moderation.pause,
    Act.CLOSE: moderation.close,
    Act.RESUME: moderation.resume,
}


@dataclass
class Moved:
    """How many have a new first day, by what comes next for them, and how many were left."""

    up: int = 0
    waiting: int = 0
    kept: int = 0
    left: int = 0

    @property
    def all(self) -> int:
        """How many have a new first day."""
        return self.up + self.waiting + self.kept


@dataclass(frozen=True)
class Ticked:
    """Offers and the version that the page showed of each, by public id."""

    seen: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Iterable[str]) -> "Ticked":
        """From tick boxes that say “public id.version”; others are passed over."""
        parts = (value.rpartition(".") for value in values)
        return cls({name: int(v) for name, _, v in parts if name and v.isdecimal() and len(v) < 10})  # noqa: PLR2004


def act_on_all(session: DatabaseSession, act: Act, offers: Sequence[Offer], *, by: Member) -> int:
    """Pause, close or put up again; return how many are now as was asked."""
    done = 0
    for offer in offers:
        try:
            VERBS[act](session, offer, by=by)
        except (IllegalActError, moderation.ChangedMeanwhileError):
            continue
        done += offer.stand == ENDED[act]
    return done


def move_first_days(
    session: DatabaseSession,
    offers: Sequence[Offer],
    kind: OfferKind,
    moved: Callable[[dt.date], dt.date],
    *,
    ticked: Ticked,
    by: Member,
) -> Moved:
    """Give courses another first day, and send on its way what was up or waiting.

    Asking twice moves once: whoever asks says which version they saw.
    """
    outcome = Moved()
    for offer in offers:
        content = latest_of(offer).content
        first = read_day(str(content.get("starts_on") or ""))
        day = moved(first) if first else None
        if day is None or day == first or day <= today():
            outcome.left += 1
            continue
        stood, seen = offer.stand, ticked.seen[offer.public_id]
        try:
            changed = {**content, "starts_on": day.isoformat()}
            moderation.edit(session, offer, kind, changed, by=by, seen=seen)
        except (IllegalActError, moderation.ChangedMeanwhileError):
            outcome.left += 1
            continue
        if stood not in GOING_ON:
            outcome.kept += 1
            continue
        try:
            is_up = send_on(session, offer, kind, by=by)
        except (IllegalActError, moderation.UnfinishedError, moderation.ChangedMeanwhileError):
            outcome.kept += 1
            continue
        outcome.up += is_up
        outcome.waiting += not is_up
    return outcome


def send_on(session: DatabaseSession, offer: Offer, kind: OfferKind, *, by: Member) -> bool:
    """Publish where the organisation is trusted, else send to the moderators; whether it is up."""
    if may_publish_on_trust(offer.organisation, kind):
        return moderation.publish(session, offer, kind, by=by)
    moderation.submit(session, offer, kind, by=by)
    return False
