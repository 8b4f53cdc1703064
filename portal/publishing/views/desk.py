"""The moderators’ desk: what waits, one offer to decide about, and who did what."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import MODERATORS, open_to
from portal.accounts.people import current_member
from portal.clock import here
from portal.extensions import db
from portal.publishing import desk, moderation
from portal.publishing.comparing import Piece, compared
from portal.publishing.forms import ReasonsForm, reasons_form
from portal.publishing.kinds import OfferKind, Question, kind_of, offer_kinds
from portal.publishing.life import Act
from portal.publishing.models import Offer, Revision
from portal.publishing.moderation import (
    ChangedMeanwhileError,
    NotVerifiedError,
    OwnWorkError,
)
from portal.publishing.telling_trail import ACTS, ROWS, trail
from portal.templating import day

views = Blueprint("desk", __name__)
DOWN = "down_"
LONGEST_NUMBER = 6
CHANGED = "It changed while you were reading, or somebody else decided. Nothing was done."
OWN = "You wrote this, or it is your own organisation’s. Another moderator has to decide."
NOT_VERIFIED = "Nobody has verified this organisation yet. Do that first, then approve."


@views.app_template_filter("moment_words")
def moment_words(moment: Any) -> str:  # noqa: ANN401 - a template’s value
    """A stored moment as the city’s people say it: 21 November 2026, 14:05."""
    local = here(moment)
    return f"{day(local.date())}, {local:%H:%M}"


def page_number() -> int:
    """The page that the address asks for; anything odd is the first."""
    asked = request.args.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) <= LONGEST_NUMBER else 1


def stale_months() -> int:
    """After how many months an entry is stale."""
    months: int = current_app.config["STALE_MONTHS"]
    return months


@views.get("/desk")
@open_to(MODERATORS)
def overview() -> str:
    """What is waiting, counted."""
    return render_template(
        "desk/overview.html",
        waiting=desk.waiting(db.session, stale_months()),
        first=desk.first_offer(db.session, by=current_member()),
    )


@views.get("/desk/offers")
@open_to(MODERATORS)
def offers() -> str:
    """Offers to decide about, the longest waiting first."""
    is_verified = request.args.get("who") != "unverified"
    return render_template(
        "desk/offers.html",
        listed=desk.waiting_offers(db.session, page_number(), is_verified=is_verified),
        is_verified=is_verified,
        waiting=desk.waiting(db.session, stale_months()),
        kinds=offer_kinds(),
    )


@views.get("/desk/offers/<public_id>")
@open_to(MODERATORS)
def offer(public_id: str) -> str:
    """One offer: every answer, what changed, who offers it, and the decision."""
    return _show(_offer_or_404(public_id))


@views.post("/desk/offers/<public_id>/approve")
@open_to(MODERATORS)
def approve(public_id: str) -> Response | tuple[str, int]:
    """Say yes to the revision that was read."""
    found = _offer_or_404(public_id)
    try:
        outcome = moderation.approve(
            db.session, found, kind_of(found.kind), revision=_revision(), by=current_member()
        )
    except (ChangedMeanwhileError, OwnWorkError, NotVerifiedError) as error:
        return _refused(found, error)
    if outcome.is_live:
        flash(f"Approved: “{found.title}” is live.")
    else:
        flash(
            f"Your yes to “{found.title}” is kept. It is the organisation’s first offer, so one "
            "more moderator has to approve it."
        )
    return _to_next(found)


@views.post("/desk/offers/<public_id>/send-back")
@open_to(MODERATORS)
def send_back(public_id: str) -> Response | tuple[str, int]:
    """Send the revision that was read back, with reasons."""
    found = _offer_or_404(public_id)
    kind = kind_of(found.kind)
    form = reasons_form(kind)
    if not form.validate():
        return _show(found, send_back=form), 422
    try:
        moderation.send_back(
            db.session, found, kind, revision=_revision(), reasons=form.reasons,
            by=current_member(),
        )  # fmt: skip
    except (ChangedMeanwhileError, OwnWorkError) as error:
        return _refused(found, error, send_back=form)
    flash(f"Sent back: “{found.title}”. Its writers have a mail with your reasons.")
    return _to_next(found)


@views.post("/desk/offers/<public_id>/take-down")
@open_to(MODERATORS)
def take_down(public_id: str) -> Response | tuple[str, int]:
    """Take a live offer off the site at once."""
    found = _offer_or_404(public_id)
    kind = kind_of(found.kind)
    form = reasons_form(kind, beginning=DOWN)
    if not form.validate():
        return _show(found, take_down=form), 422
    try:
        moderation.take_down(db.session, found, kind, reasons=form.reasons, by=current_member())
    except (ChangedMeanwhileError, OwnWorkError) as error:
        return _refused(found, error, take_down=form)
    flash(f"Taken down: “{found.title}”. Its writers have a mail with your reasons.")
    return redirect(url_for("desk.offer", public_id=public_id), code=303)


@views.get("/desk/on-trust")
@open_to(MODERATORS)
def on_trust() -> str:
    """What trusted providers published and nobody has read yet."""
    return render_template(
        "desk/on_trust.html",
        listed=desk.on_trust(db.session, page_number()),
        kinds=offer_kinds(),
    )


@views.post("/desk/on-trust")
@open_to(MODERATORS)
def mark_reviewed() -> Response:
    """Say that some of it was read and may stay; each names the revision that was read."""
    named = [name.rpartition(".") for name in request.form.getlist("read")]
    revisions = {public_id: number for public_id, _, number in named if number.isdecimal()}
    found = desk.find_offers(db.session, revisions)
    seen = [(offer, int(revisions[public_id])) for public_id, offer in found.items()]
    try:
        marked = moderation.mark_reviewed(db.session, seen, by=current_member())
    except ChangedMeanwhileError:
        marked = 0
    flash(_marked_words(marked, len(named)))
    return redirect(url_for("desk.on_trust"), code=303)


@views.get("/desk/stale")
@open_to(MODERATORS)
def stale() -> str:
    """What nobody has looked at for long, or what stops being shown soon."""
    return render_template(
        "desk/stale.html",
        listed=desk.stale_entries(db.session, page_number(), stale_months()),
        months=stale_months(),
    )


@views.get("/desk/trail")
@open_to(MODERATORS)
def audit_trail() -> str:
    """Who did what, newest first."""
    act = request.args.get("act", "")
    before = request.args.get("before", "")
    rows = trail(
        db.session,
        act=act if act in ACTS else "",
        organisation=request.args.get("organisation", "").replace("\x00", "")[:110].strip(),
        before=int(before) if before.isdecimal() and len(before) <= 18 else None,  # noqa: PLR2004
    )
    return render_template(
        "desk/trail.html",
        rows=rows[:ROWS],
        has_more=len(rows) > ROWS,
        acts=ACTS,
        act=act,
        organisation=request.args.get("organisation", ""),
        before=before,
    )


def _offer_or_404(public_id: str) -> Offer:
    found = desk.find_offer(db.session, public_id)
    if found is None:
        abort(404)
    return found


def _revision() -> int:
    """The number of the revision that was read; zero, which is no revision, for anything odd."""
    said = request.form.get("revision", "")
    return int(said) if said.isdecimal() and len(said) <= LONGEST_NUMBER else 0


def _refused(found: Offer, error: Exception, **forms: ReasonsForm) -> tuple[str, int]:
    """The offer as it is now, with why nothing was done; what was typed is still there."""
    words = {ChangedMeanwhileError: CHANGED, OwnWorkError: OWN, NotVerifiedError: NOT_VERIFIED}
    return _show(found, notice=words[type(error)], **forms), 409


def _to_next(found: Offer) -> Response:
    following = desk.next_offer(db.session, after=found, by=current_member())
    if following is None:
        return redirect(url_for("desk.overview"), code=303)
    return redirect(url_for("desk.offer", public_id=following), code=303)


def _marked_words(marked: int, asked: int) -> str:
    if not asked:
        return "Tick what you have read, then press the button."
    if marked == asked:
        return f"Marked as read: {marked}."
    return f"Marked as read: {marked}. The others changed since: read them again."


def _show(
    found: Offer,
    *,
    send_back: ReasonsForm | None = None,
    take_down: ReasonsForm | None = None,
    notice: str = "",
) -> str:
    kind = kind_of(found.kind)
    read = desk.revision_to_read(found)
    approved = desk.approved_before(found, read)
    member = current_member()
    is_own = read.made_by_id == member.id
    mine = member.id in {approval.member_id for approval in read.approvals}
    return render_template(
        "desk/offer.html",
        offer=found,
        kind=kind,
        read=read,
        answers=[_answer(question, read, approved) for question in kind.asked(read.content)],
        approved=approved,
        whole=read.reasons.get(""),
        wanted=moderation.approvals_wanted(db.session, found) - len(read.approvals),
        is_own=is_own,
        is_mine_already=mine,
        may_decide=found.is_waiting and not is_own,
        may_take_down=found.can(Act.TAKE_DOWN) and not is_own,
        send_back=send_back or _empty(kind),
        take_down=take_down or _empty(kind, DOWN),
        following=desk.next_offer(db.session, after=found, by=member),
        previous=desk.offer_before(db.session, found, by=member),
        trail=trail(db.session, offer=found)[:ROWS],
        beside=kind.shown_beside(found) if kind.shown_beside else None,
        notice=notice,
    )


def _empty(kind: OfferKind, beginning: str = "") -> ReasonsForm:
    return reasons_form(kind, beginning=beginning, formdata=None)


def _answer(question: Question, read: Revision, approved: Revision | None) -> Mapping[str, Any]:
    """A question with its answer in pieces, the doubts about it, and an earlier reason."""
    doubts = [doubt for doubt in read.doubts if doubt["question"] == question.name]
    after = question.answer_in(read.content)
    before = question.answer_in(approved.content) if approved else None
    pieces: list[Piece] = compared(before, after, [doubt["found"] for doubt in doubts])
    return {
        "question": question,
        "pieces": pieces,
        "doubts": doubts,
        "is_changed": before is not None and before != after,
        "reason": read.reasons.get(question.name),
    }
