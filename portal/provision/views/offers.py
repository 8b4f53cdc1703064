"""What an organisation offers: its lists, one offer and what can be done with it, its form."""

import secrets
from collections.abc import Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import EDITORS, open_to
from portal.accounts.links import hash_of
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.extensions import db
from portal.provision import acting, choices, many_at_once, reading
from portal.provision.access_to_offers import my_kind, my_offer, my_organisation
from portal.provision.forms import CourseForm
from portal.provision.moving_form import MovingForm
from portal.provision.offers import COURSE, FORMS
from portal.publishing import moderation
from portal.publishing.fields import OfferForm
from portal.publishing.kinds import OfferKind, kind_of
from portal.publishing.life import Act, IllegalActError
from portal.publishing.models import Offer
from portal.publishing.revisions import latest_of, may_publish_on_trust

views = Blueprint("offers", __name__)
# CSRFProtect asks every form that posts by itself.
NO_TOKEN = {"csrf": False}


@views.get("/workspace/<plural>")
@open_to(EDITORS)
def listing(plural: str) -> str:
    """Everything of a kind, what needs doing first."""
    return _listing_page(my_kind(plural), MovingForm(formdata=None, meta=NO_TOKEN))


@views.post("/workspace/<plural>")
@open_to(EDITORS)
def together(plural: str) -> Response | tuple[str, int]:
    """Do one act with the ticked ones."""
    kind = my_kind(plural)
    act = request.form.get("act", "")
    ticked = many_at_once.Ticked.of(request.form.getlist("offer"))
    form = MovingForm(meta=NO_TOKEN)
    if act == "move" and kind is not COURSE:
        abort(404)
    if act == "move" and not form.validate():
        return _listing_page(kind, form, ticked), 422
    found = reading.offers_by_id(db.session, my_organisation(), list(ticked.seen))
    chosen = [offer for offer in found if offer.kind == kind.kind.value]
    if not chosen:
        flash(f"Nothing was done: tick at least one {kind.noun} first.")
    elif act == "move":
        flash(acting.move(db.session, chosen, kind, form.moved, ticked=ticked, by=current_member()))
    else:
        flash(acting.do_together(db.session, act, chosen, kind, by=current_member()))
    return redirect(
        url_for("offers.listing", plural=plural, _external=False, **_narrowing()), code=303
    )


@views.route("/workspace/<plural>/new", methods=["GET", "POST"])
@open_to(EDITORS)
def new(plural: str) -> str | Response | tuple[str, int]:
    """Write something new."""
    kind = my_kind(plural)
    if kind.writes_at:
        return redirect(f"{kind.writes_at}/new", code=303)
    if request.method == "GET":
        return _form_page(kind, _offered(FORMS[kind.kind](formdata=None, meta=NO_TOKEN)))
    form = _offered(FORMS[kind.kind](request.form, meta=NO_TOKEN))
    if not _may_keep(form):
        return _form_page(kind, form), 422
    member, content = current_member(), form.content()
    token = request.form.get("token")
    offer = moderation.begin_offer(
        db.session, kind, content, by=member, token=_own_token(token) if token else None
    )
    try:
        # Somebody went back to the form of a draft that was kept, and wrote on.
        moderation.edit(db.session, offer, kind, content, by=member, seen=offer.version)
    except (IllegalActError, moderation.ChangedMeanwhileError):
        flash(acting.CHANGED)
    return _kept(kind, offer)


@views.get("/workspace/offers/<public_id>")
@open_to(EDITORS)
def one(public_id: str) -> str:
    """How it stands, what comes next, every answer, and what happened so far."""
    offer = my_offer(public_id)
    kind = kind_of(offer.kind)
    latest = latest_of(offer)
    return render_template(
        "workspace/offer.html",
        offer=offer,
        kind=kind,
        latest=latest,
        faults=kind.faults_in(latest.content),
        reasons=_reasons(offer),
        doubts=_told_apart(latest.doubts),
        on_trust=may_publish_on_trust(offer.organisation, kind),
        keeps_until=moderation.could_last_until(offer, kind),
        history=reading.history(db.session, offer),
        token=secrets.token_urlsafe(16),
    )


@views.route("/workspace/offers/<public_id>/edit", methods=["GET", "POST"])
@open_to(EDITORS)
def edit(public_id: str) -> str | Response | tuple[str, int]:
    """Change the words. What is live stays as it was approved."""
    offer = my_offer(public_id)
    kind = kind_of(offer.kind)
    if not offer.can(Act.EDIT):
        flash("It is archived, so its words stay as they are. Make a copy to use it again.")
        return redirect(url_for("offers.one", public_id=public_id), code=303)
    if kind.writes_at:
        return redirect(f"{kind.writes_at}/{public_id}", code=303)
    if request.method == "GET":
        form = _offered(FORMS[kind.kind].of(latest_of(offer).content))
        if "check" in request.args:
            form.validate()
        return _form_page(kind, form, offer)
    form = _offered(FORMS[kind.kind](request.form, meta=NO_TOKEN))
    if not _may_keep(form):
        return _form_page(kind, form, offer), 422
    seen = request.form.get("version", default=0, type=int)
    try:
        moderation.edit(db.session, offer, kind, form.content(), by=current_member(), seen=seen)
    except moderation.ChangedMeanwhileError:
        return _form_page(kind, form, my_offer(public_id), was_changed=True), 409
    return _kept(kind, offer)


@views.post(
    "/workspace/offers/<public_id>/<any(submit, publish, withdraw, discard, pause, resume, close,"
    " extend, archive, copy):act>"
)
@open_to(EDITORS)
def do(public_id: str, act: str) -> Response:
    """Do what its page offers, and say what came of it."""
    offer = my_offer(public_id)
    kind = kind_of(offer.kind)
    if act == "copy":
        return _copy(offer, kind)
    try:
        flash(acting.do(db.session, act, offer, kind, by=current_member()))
    except moderation.UnfinishedError:
        flash("It is not finished yet. Mend what is marked, then save it and send it again.")
        return redirect(url_for("offers.edit", public_id=public_id, check=1), code=303)
    except moderation.NotTrustedError:
        flash(f"A moderator reads your {kind.plural} before they are up: send it to them.")
    except IllegalActError:
        flash(f"That cannot be done now. It is: {my_offer(public_id).state_words.lower()}.")
    except moderation.ChangedMeanwhileError:
        flash(acting.CHANGED)
    return redirect(url_for("offers.one", public_id=public_id), code=303)


def _copy(offer: Offer, kind: OfferKind) -> Response:
    content = {
        n: v for n, v in latest_of(offer).content.items() if n not in kind.left_out_of_copies
    }
    token = _own_token(f"copy {request.form.get('token') or secrets.token_urlsafe(16)}")
    made = moderation.begin_offer(db.session, kind, content, by=current_member(), token=token)
    flash("This is the copy. Change what is different, such as the days.")
    return redirect(url_for("offers.edit", public_id=made.public_id), code=303)


def _own_token(token: str) -> str:
    """A form’s token, tied to the organisation, so that nobody meets another’s."""
    return hash_of(f"{my_organisation().public_id} {token}")


def _offered(form: OfferForm) -> OfferForm:
    """The form with what there is to choose from."""
    words = vocabulary()
    form.offer(choices.programmes(db.session, words), choices.sectors(words))
    if isinstance(form, CourseForm):
        form.offer_venues(list(_venue_names().items()))
    return form


def _venue_names() -> dict[str, str]:
    return {venue.reference: venue.name for venue in reading.venues(db.session, my_organisation())}


def _may_keep(form: OfferForm) -> bool:
    """Whoever wants to finish later is asked nothing but to be brief."""
    return form.is_short_enough() if request.form.get("then") == "later" else form.validate()


def _kept(kind: OfferKind, offer: Offer) -> Response:
    if request.form.get("then") == "later":
        flash(f"“{offer.title}” is kept as you left it. You find it under Drafts.")
        return redirect(url_for("offers.listing", plural=kind.plural), code=303)
    return redirect(url_for("offers.one", public_id=offer.public_id), code=303)


def _reasons(offer: Offer) -> Mapping[str, str]:
    """Why it was sent back, also while its mended words are being written."""
    if offer.stand not in reading.SENT_BACK:
        return {}
    return next((r.reasons for r in reversed(offer.revisions) if r.reasons), {})


def _told_apart(doubts: list[dict[str, str]]) -> list[dict[str, str]]:
    """Doubts without those that only repeat a part of another one’s words."""
    return [
        doubt
        for doubt in doubts
        if not any(
            other["question"] == doubt["question"]
            and doubt["found"] != other["found"]
            and doubt["found"].lower() in other["found"].lower()
            for other in doubts
        )
    ]


def _form_page(
    kind: OfferKind, form: OfferForm, offer: Offer | None = None, *, was_changed: bool = False
) -> str:
    return render_template(
        f"workspace/{kind.noun}_form.html",
        form=form,
        kind=kind,
        offer=offer,
        reasons=_reasons(offer) if offer else {},
        was_changed=was_changed,
        token=request.form.get("token") or secrets.token_urlsafe(16),
    )


def _narrowing() -> dict[str, str]:
    """What narrows the list, kept from page to page."""
    return {n: v[:100] for n in ("state", "q", "page") if (v := request.args.get(n, "").strip())}


def _listing_page(
    kind: OfferKind, form: MovingForm, ticked: many_at_once.Ticked | None = None
) -> str:
    organisation, kept = my_organisation(), _narrowing()
    on = reading.shelf(kept.get("state"))
    tally = reading.tallies(db.session, organisation).get(kind.kind.value, reading.Tally())
    number = request.args.get("page", default=1, type=int)
    words = kept.get("q", "")
    return render_template(
        "workspace/offers.html",
        kind=kind,
        found=reading.offers(db.session, organisation, kind, on=on, words=words, number=number),
        on=on,
        words=words,
        tally=tally,
        shelves=[s for s in reading.SHELVES if s in {reading.ALL, on} or tally.on(s)],
        form=form,
        is_moving=bool(form.mistakes),
        ticked=set(ticked.seen) if ticked else set(),
        all_ticked="tick" in request.args,
        can_move=kind is COURSE,
        on_trust=may_publish_on_trust(organisation, kind),
        narrowing={name: value for name, value in kept.items() if name != "page"},
    )
