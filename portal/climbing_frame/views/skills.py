"""Skills first: tick what you can do, see which jobs that fits and what is still missing."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.accounts.access import open_to_everyone
from portal.catalogue import reading
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.access_to_frame import frame
from portal.climbing_frame.graph import Frame, Hold
from portal.climbing_frame.sideways import Likeness, gives, roles_within_reach
from portal.climbing_frame.telling import CourseNear, near_first
from portal.climbing_frame.visit import allow_again, rule_out, ruled_out
from portal.clock import today
from portal.content.formats import SkillRow
from portal.extensions import db, limiter
from portal.forms import PortalForm
from portal.taxonomy import SkillKind

views = Blueprint("skills", __name__)
MOST_SKILLS, MOST_OFFERED, MOST_JOBS, MOST_MISSING, MOST_TYPED = 60, 40, 20, 3, 60


@views.get("/skills")
@open_to_everyone
def skills() -> str:
    """What you can do, what it fits, and what you would need to learn."""
    words = vocabulary()
    taken = frame().holds.get(request.args.get("from", ""))
    asked = request.args.getlist("skill") + (list(taken.skills) if taken else [])
    chosen = [slug for slug in dict.fromkeys(asked) if slug in words.skills][:MOST_SKILLS]
    typed = request.args.get("find", "").strip()[:MOST_TYPED]
    sector = request.args.get("sector", "")
    sector = sector if sector in words.sectors else ""
    without = {*ruled_out(), taken.key} if taken else set(ruled_out())
    found = roles_within_reach(frame(), chosen, without=without, limit=MOST_JOBS)
    missing, courses = learn_near(found)
    return render_template(
        "frame/skills.html",
        chosen=chosen,
        offered=_offered(frame(), words, typed, sector, chosen),
        typed=typed,
        sector=sector,
        taken=taken,
        jobs=sorted(frame().roles, key=lambda role: role.title),
        found=found,
        missing=missing,
        courses=courses,
        most_missing=MOST_MISSING,
        ruled_out=[frame().holds[key] for key in ruled_out() if key in frame().holds],
        form=PortalForm() if found or ruled_out() else None,
    )


def learn_near(
    likes: list[Likeness],
) -> tuple[dict[str, Mapping[str, Hold | None]], dict[int, list[CourseNear]]]:
    """For each job the weightiest missing skills and what gives them, and those courses."""
    missing = {
        like.role.key: gives(frame(), like.missing[:MOST_MISSING], like.role) for like in likes
    }
    ids = {hold.entry_id for given in missing.values() for hold in given.values() if hold}
    courses = reading.courses_of(db.session, sorted(ids), today())
    return missing, near_first(courses, None, vocabulary())


def _offered(
    frame: Frame, words: Vocabulary, typed: str, sector: str, chosen: list[str]
) -> list[SkillRow]:
    """Skills to tick: those that hold what was typed, or used in a sector, or everyday ones."""
    rows = [row for slug, row in words.skills.items() if slug not in chosen]
    if typed:
        parts = typed.lower().split()
        rows = [r for r in rows if all(p in f"{r.name} {r.summary}".lower() for p in parts)]
    elif sector:
        used = {s for role in frame.roles if role.sector == sector for s in role.skills}
        rows = [row for row in rows if row.slug in used]
    else:
        rows = [row for row in rows if row.kind is SkillKind.ESSENTIAL]
    return sorted(rows, key=lambda row: row.name)[:MOST_OFFERED]


@views.post("/skills/not-for-me")
@open_to_everyone
@limiter.limit("240 per hour")
def not_for_me() -> Response:
    """Rule a job out for this visit, or let it back in."""
    key = request.form.get("job", "")
    if PortalForm().validate() and key in frame().holds:
        if request.form.get("again"):
            allow_again(key)
        else:
            rule_out(key)
    chosen = [slug for slug in request.form.getlist("skill") if slug in vocabulary().skills]
    return redirect("/skills?" + urlencode([("skill", slug) for slug in chosen]), code=303)
