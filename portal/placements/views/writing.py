"""Writing a listing: what it is first, then part by part, with what law and guidance say to it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import EDITORS, open_to
from portal.accounts.links import hash_of
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.extensions import db
from portal.placements import own_listings
from portal.placements.checks import Outcome
from portal.placements.drafting import (
    begun,
    preview_of,
    tasks_of,
    with_days_that_were,
    with_our_words,
)
from portal.placements.forms_listing import NewListingForm, PartForm
from portal.placements.listing_columns import experience_of, setting_in
from portal.placements.listings import LISTING, may_offer, weighed
from portal.placements.parts import Part, Setting, part_of, parts_of
from portal.publishing import moderation
from portal.publishing.life import Act, IllegalActError, State
from portal.publishing.models import Offer
from portal.publishing.revisions import latest_of

views = Blueprint("writing", __name__)
NO_TOKEN = {"csrf": False}
MORE_ROWS = 4
CHANGED = "Somebody else changed this at the same moment. Here is how it stands now."
UNFINISHED = frozenset({"later", "words", "more"})
SENT_BACK = frozenset({State.SENT_BACK, State.LIVE_SENT_BACK})


@dataclass(frozen=True)
class Draft:
    """A listing that is being written, and what its kind of experience asks for."""

    offer: Offer
    setting: Setting

    @property
    def content(self) -> dict[str, Any]:
        """The answers so far."""
        return latest_of(self.offer).content

    @property
    def address(self) -> str:
        """Where its parts are listed."""
        return url_for("writing.tasks", public_id=self.offer.public_id)


@views.route("/workspace/listings/new", methods=["GET", "POST"])
@open_to(EDITORS)
def new() -> str | Response | tuple[str, int]:
    """Begin with what it is, or with a copy of an earlier one."""
    _refuse_others()
    if request.method == "GET":
        return _new_page(_offered(NewListingForm(formdata=None, meta=NO_TOKEN)))
    form = _offered(NewListingForm(request.form, meta=NO_TOKEN))
    if not form.validate():
        return _new_page(form), 422
    member = current_member()
    token = request.form.get("token")
    content = begun(form.content(), member.organisation)
    offer = moderation.begin_offer(
        db.session,
        LISTING,
        content,
        by=member,
        token=hash_of(f"{member.organisation.public_id} {token}") if token else None,
    )
    try:
        # Somebody went back to the form of a draft that was kept, and wrote on.
        whole = latest_of(offer).content | form.content()
        moderation.edit(db.session, offer, LISTING, whole, by=member, seen=offer.version)
    except (IllegalActError, moderation.ChangedMeanwhileError):
        flash(CHANGED)
    return redirect(_part_address(offer, "what"), code=303)


@views.get("/workspace/listings/<public_id>")
@open_to(EDITORS)
def tasks(public_id: str) -> str | Response:
    """Every part: done or not, what is missing, what law and guidance say to it."""
    draft = _draft_or_404(public_id)
    if not draft.offer.can(Act.EDIT):
        return _to_offer(draft.offer)
    found = tasks_of(draft.content)
    return render_template(
        "workspace/listing.html",
        offer=draft.offer,
        kind=LISTING,
        experience=experience_of(draft.content),
        tasks=found,
        can_send=draft.offer.can(Act.SUBMIT) and all(task.is_done for task in found),
        part_of={name: t.part.slug for t in found for name in t.part.names(draft.setting)},
        reasons=_reasons(draft.offer),
    )


@views.get("/workspace/listings/<public_id>/preview")
@open_to(EDITORS)
def preview(public_id: str) -> str | Response:
    """The public page as it would be, from what is written so far. Nothing is kept."""
    draft = _draft_or_404(public_id)
    if experience_of(draft.content) is None:
        return redirect(_part_address(draft.offer, "what"), code=303)
    with db.session.no_autoflush:
        listing, role = preview_of(db.session, draft.offer)
        return render_template(
            "catalogue/listing.html",
            listing=listing,
            role=role,
            others=[],
            panels=[],
            is_preview=True,
        )


@views.route("/workspace/listings/<public_id>/<part>", methods=["GET", "POST"])
@open_to(EDITORS)
def write(public_id: str, part: str) -> str | Response | tuple[str, int]:
    """One part of it. What is live stays as it was approved."""
    draft = _draft_or_404(public_id)
    found = part_of(draft.setting, part)
    if found is None:
        abort(404)
    if not draft.offer.can(Act.EDIT):
        return _to_offer(draft.offer)
    if request.method == "GET":
        form = _offered(found.filled(draft.content, draft.setting))
        if "check" in request.args:
            form.validate()
        return _part_page(draft, found, form)
    form = _offered(found.posted(request.form, draft.setting))
    then = request.form.get("then", "")
    if not _may_keep(form, then):
        return _part_page(draft, found, form), 422
    return _keep(draft, found, form, then)


def _may_keep(form: PartForm, then: str) -> bool:
    """Whoever wants to finish later is asked nothing but to be brief."""
    if then in UNFINISHED and not request.form.get("repeat"):
        return form.is_short_enough()
    return bool(form.validate())


def _keep(draft: Draft, part: Part, form: PartForm, then: str) -> Response | tuple[str, int]:
    """Keep the answers of a part, and go where whoever wrote them wants to go."""
    content = {**draft.content, **with_days_that_were(draft.offer, form.content())}
    if then == "words":
        content = with_our_words(content)
    seen = request.form.get("version", default=0, type=int)
    public_id = draft.offer.public_id
    try:
        moderation.edit(db.session, draft.offer, LISTING, content, by=current_member(), seen=seen)
    except moderation.ChangedMeanwhileError:
        return _part_page(_draft_or_404(public_id), part, form, was_changed=True), 409
    except IllegalActError:
        flash(CHANGED)
        return _to_offer(draft.offer)
    return redirect(_after(_draft_or_404(public_id), part, then), code=303)


def _after(draft: Draft, part: Part, then: str) -> str:
    """The same part where more is to be written or to be mended; else the next that is not done."""
    if request.form.get("repeat"):
        flash("The days are added. Look through them, and empty the rows that fall in holidays.")
        return _part_address(draft.offer, part.slug)
    if then in {"words", "more"}:
        return _part_address(draft.offer, part.slug, more=then == "more")
    if then == "later":
        flash("It is kept as you left it.")
        return draft.address
    found = tasks_of(draft.content)
    place = next((n for n, task in enumerate(found) if task.part.slug == part.slug), 0)
    if found[place].stops:
        flash("It is kept. It cannot be sent like this: look at what is marked.")
        return _part_address(draft.offer, part.slug)
    following = next((task.part.slug for task in found[place:] if not task.is_done), None)
    return _part_address(draft.offer, following) if following else draft.address


def _part_address(offer: Offer, slug: str, *, more: bool = False) -> str:
    """A part’s page; with ``more``, room for more days on it."""
    return url_for("writing.write", public_id=offer.public_id, part=slug, more=1 if more else None)


def _refuse_others() -> None:
    """Whoever has no work to show has no such pages."""
    if not may_offer(current_member().organisation):
        abort(404)


def _draft_or_404(public_id: str) -> Draft:
    _refuse_others()
    offer = own_listings.listing_of(db.session, current_member().organisation, public_id)
    if offer is None:
        abort(404)
    return Draft(offer, setting_in(latest_of(offer).content))


def _to_offer(offer: Offer) -> Response:
    flash("Its words stay as they are. Make a copy to use it again.")
    return redirect(url_for("offers.one", public_id=offer.public_id), code=303)


def _offered(form: PartForm) -> PartForm:
    """The form with what there is to choose from."""
    form.offer(own_listings.choices(db.session, vocabulary(), with_roles="role" in form))
    return form


def _reasons(offer: Offer) -> Mapping[str, str]:
    """Why it was sent back, also while its mended words are being written."""
    if offer.stand not in SENT_BACK:
        return {}
    return next((r.reasons for r in reversed(offer.revisions) if r.reasons), {})


def _by_question(content: Mapping[str, Any]) -> Mapping[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for outcome in weighed(content):
        found.setdefault(outcome.question, []).append(outcome)
    return found


def _new_page(form: PartForm) -> str:
    return render_template(
        "workspace/listing_new.html",
        form=form,
        kind=LISTING,
        earlier=own_listings.earlier(db.session, current_member().organisation),
        token=request.form.get("token") or secrets.token_urlsafe(16),
    )


def _part_page(draft: Draft, part: Part, form: PartForm, *, was_changed: bool = False) -> str:
    parts = parts_of(draft.setting)
    return render_template(
        f"workspace/listing_{part.slug.replace('-', '_')}.html",
        form=form,
        kind=LISTING,
        part=part,
        number=parts.index(part) + 1,
        parts=parts,
        offer=draft.offer,
        address=draft.address,
        reasons=_reasons(draft.offer),
        outcomes=_by_question(draft.content),
        was_changed=was_changed,
        empty_rows=MORE_ROWS if "more" in request.args else 1,
    )
