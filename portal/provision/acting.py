"""What a page offers to do with offers, by name: done by its verb, and told in a sentence."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from portal.accounts.models import Member
from portal.extensions import DatabaseSession
from portal.provision import many_at_once
from portal.publishing import moderation
from portal.publishing.kinds import OfferKind
from portal.publishing.life import Act
from portal.publishing.models import Offer
from portal.templating import counted, day

CHANGED = "Somebody else changed this at the same moment. Here is how it stands now."
CHANGED_ONE = "Somebody changed one of these at the same moment. Nothing was done: try again."
SIMPLE: Mapping[str, tuple[Callable[..., None], str]] = {
    "withdraw": (moderation.withdraw, "It is back with you. Send it again when it is right."),
    "discard": (moderation.discard_change, "The change is gone. What is live stays as it is."),
    "pause": (moderation.pause, "It is off the site until you put it up again."),
    "resume": (moderation.resume, "It is up again."),
    "close": (moderation.close, "It is closed and off the site."),
    "archive": (moderation.archive, "It is archived. You find it under Archived."),
}
TOGETHER = {Act.PAUSE: "off the site for now", Act.CLOSE: "closed", Act.RESUME: "up"}


def do(session: DatabaseSession, act: str, offer: Offer, kind: OfferKind, *, by: Member) -> str:
    """Do one act; return a sentence for whoever asked. Raises what the verbs raise."""
    if act == "submit":
        moderation.submit(session, offer, kind, by=by)
        return "It is with the moderators. They write to you when they have read it."
    if act == "publish":
        if moderation.publish(session, offer, kind, by=by):
            return "It is up. Visitors find it now, and a moderator reads it later."
        return "A moderator has to read it first, so it was sent to them."
    if act == "extend":
        number = moderation.extend(session, [offer], {offer.kind: kind}, by=by)
        until = f" until {day(offer.show_until)}" if offer.show_until and offer.is_live else ""
        if number or until:
            return f"It stays up{until}."
        return "It cannot be kept up longer. Read it again, change it and send it."
    verb, told = SIMPLE[act]
    verb(session, offer, by=by)
    return told


def do_together(
    session: DatabaseSession, act: str, chosen: Sequence[Offer], kind: OfferKind, *, by: Member
) -> str:
    """Keep up, pause, close or put up again; say how many, and how many stayed as they were."""
    if act == Act.EXTEND:
        return _keep_up(session, chosen, kind, by=by)
    if act not in TOGETHER:
        return "Nothing was done: choose what to do with the ticked ones."
    number = many_at_once.act_on_all(session, Act(act), chosen, by=by)
    left = _left(len(chosen) - number, "that cannot be done from where they are")
    return f"{_counted(number, kind)} {TOGETHER[Act(act)]}.{left}"


def move(
    session: DatabaseSession,
    chosen: Sequence[Offer],
    kind: OfferKind,
    moved: Callable[[dt.date], dt.date],
    *,
    ticked: many_at_once.Ticked,
    by: Member,
) -> str:
    """Give courses another first day, and say what comes next for them."""
    found = many_at_once.move_first_days(session, chosen, kind, moved, ticked=ticked, by=by)
    told = [f"{_counted(found.all, kind)} with a new first day."]
    if found.up:
        told.append(f"{found.up} up with it already.")
    if found.waiting:
        told.append(f"{found.waiting} sent to the moderators; what is up stays up until then.")
    if found.kept:
        told.append(f"{found.kept} kept as a draft: look at it and send it.")
    why = "no first day, one that would still be in the past, or changed meanwhile"
    return " ".join(told) + _left(found.left, why)


def _keep_up(
    session: DatabaseSession, chosen: Sequence[Offer], kind: OfferKind, *, by: Member
) -> str:
    try:
        number = moderation.extend(session, chosen, {kind.kind.value: kind}, by=by)
    except moderation.ChangedMeanwhileError:
        return CHANGED_ONE
    left = _left(len(chosen) - number, "confirmed today, not up, or as long as may be already")
    return f"{_counted(number, kind)} kept up longer.{left}"


def _counted(number: int, kind: OfferKind) -> str:
    return counted(number, kind.noun, kind.plural)


def _left(number: int, why: str) -> str:
    return f" {number} left as before: {why}." if number else ""
