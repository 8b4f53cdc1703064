"""Skills for any job: what each means, how to show it, how to get it; and a form to fill in."""

from flask import Blueprint, render_template

from portal.accounts.access import open_to_everyone
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.employability import needs_of
from portal.clock import today
from portal.content.formats import SkillGroup, SkillRow
from portal.extensions import db

views = Blueprint("employability", __name__)


@views.get("/employability")
@open_to_everyone
def employability() -> str:
    """The list, in groups, with the jobs that need each skill most."""
    slugs = [slug for group in vocabulary().skill_groups.values() for slug in group.skills]
    return render_template(
        "catalogue/employability.html",
        groups=_groups(),
        needs=needs_of(db.session, slugs, today()),
    )


@views.get("/employability/form")
@open_to_everyone
def form() -> str:
    """The same list as a form on two sheets of paper. Nothing is sent and nothing is kept."""
    return render_template("catalogue/employability_form.html", groups=_groups())


def _groups() -> list[tuple[SkillGroup, list[SkillRow]]]:
    """The city’s groups, each with its skills."""
    words = vocabulary()
    return [
        (group, [words.skills[slug] for slug in group.skills])
        for group in words.skill_groups.values()
    ]
