"""Advice: guides, whom to talk to, and telling the city what is missing."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.forms import SITUATIONS, TalkForm, TellUsForm
from portal.catalogue.models import Guide
from portal.catalogue.services import services_for
from portal.catalogue.views.entries import entry_or_404, moved, taken_down
from portal.catalogue.wishing import tell
from portal.clock import today
from portal.extensions import db, limiter

views = Blueprint("advice", __name__)
views.register_error_handler(reading.MovedError, moved)
views.register_error_handler(reading.TakenDownError, taken_down)
AUDIENCES = {
    "young-people": "For young people",
    "parents": "For parents and carers",
    "adults": "For adults",
    "advisers": "For teachers and advisers",
    "employers": "For employers",
}


@views.get("/guides")
@open_to_everyone
def guides() -> str:
    """Every guide, by whom it is for."""
    found = reading.guides(db.session, today())
    groups = [
        (name, [guide for guide in found if guide.audience[0] == audience])
        for audience, name in AUDIENCES.items()
    ]
    return render_template("catalogue/guides.html", groups=[g for g in groups if g[1]])


@views.get("/guides/<slug>")
@open_to_everyone
def guide(slug: str) -> str:
    """One guide."""
    entry = entry_or_404(Guide, slug)
    others = [
        other
        for other in reading.guides(db.session, today())
        if other.id != entry.id and set(other.audience) & set(entry.audience)
    ]
    nearest = sorted(others, key=lambda other: abs(other.order - entry.order))
    return render_template("catalogue/guide.html", guide=entry, others=nearest[:4])


@views.get("/talk")
@open_to_everyone
def talk() -> str:
    """Somebody to talk to, by age and situation. Nothing is kept."""
    form = TalkForm(request.args, meta={"csrf": False})
    asked = bool(request.args)
    valid = not asked or form.validate()
    services = services_for(
        vocabulary().services.values(),
        age=form.age.data if valid else None,
        situation=form.situation.data if valid and form.situation.data else None,
    )
    return render_template(
        "catalogue/talk.html",
        form=form,
        asked=asked and valid,
        services=services,
        situations=dict(SITUATIONS),
    )


@views.route("/tell-us", methods=["GET", "POST"])
@open_to_everyone
@limiter.limit("60 per hour", methods=["POST"])
def tell_us() -> str | Response | tuple[str, int]:
    """Tell the city what you looked for and did not find."""
    form = TellUsForm()
    if request.method == "GET":
        form.words.data = (request.args.get("q") or "")[:100]
        form.token.data = secrets.token_urlsafe(16)
        return render_template("catalogue/tell_us.html", form=form)
    if not form.validate():
        return render_template("catalogue/tell_us.html", form=form), 422
    tell(
        db.session,
        token=form.token.data,
        words=form.words.data,
        district=form.district.data or None,
        today=today(),
    )
    return redirect(url_for("advice.told"), code=303)


@views.get("/tell-us/thank-you")
@open_to_everyone
def told() -> str:
    """Thank you, and what happens now."""
    return render_template("catalogue/told.html")
