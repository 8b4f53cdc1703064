"""Where an organisation makes its pledge: what it could offer, for how many, and thank you.

What was ticked first stands in the address of the second page, so nothing half made is kept.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts.access import EDITORS, open_to
from portal.accounts.models import Organisation, Standing
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.content.formats import ExperienceWords
from portal.extensions import db
from portal.pledges import pledging
from portal.pledges.forms import AnswerForm, HowManyForm, KindsForm, how_many_form, typed_of
from portal.pledges.models import Pledge, Stance
from portal.pledges.wording import TIERS, how_to_count, usual_time
from portal.taxonomy import AcademicYear, EmployerSize

views = Blueprint("pledging", __name__)
LAST_YEAR = "last-year"
CHANGED = "Somebody else of your organisation changed the pledge just now. Here is how it stands."


@views.get("/workspace/pledge")
@open_to(EDITORS)
def first() -> str:
    """The question what one wants to do this year."""
    year = _asked_year()
    held = pledging.pledge_of(db.session, _mine(), year)
    kinds = KindsForm.of(vocabulary().experiences, None)
    kinds.kind.data = [line.experience for line in held.lines] if held else []
    answer = AnswerForm.of(_reasons(), formdata=None, data={"reason": held and held.reason})
    return _first_page(year, held, kinds, answer)


@views.post("/workspace/pledge")
@open_to(EDITORS)
def answer() -> str | Response | tuple[str, int]:
    """Keep one of the two short answers: interested, or not this year."""
    year, organisation = _asked_year(), _mine()
    held = pledging.pledge_of(db.session, organisation, year)
    form = AnswerForm.of(_reasons())
    if not form.validate():
        return _first_page(year, held, KindsForm.of(vocabulary().experiences, None), form), 422
    try:
        pledging.keep(
            db.session,
            organisation,
            year=year,
            stance=Stance(form.stance.data),
            reason=form.reason.data or None,
            size=None,
            sector=held.sector if held else pledging.likely_sector(db.session, organisation),
            lines=(),
            by=current_member(),
            seen=form.seen.data,
        )
    except pledging.ChangedMeanwhileError:
        flash(CHANGED)
        return redirect(url_for("pledging.first", year=str(year)), code=303)
    return redirect(url_for("pledging.kept", year=str(year)), code=303)


@views.get("/workspace/pledge/how-many")
@open_to(EDITORS)
def how_many() -> str | tuple[str, int]:
    """For how many young people, in which terms; filled with what was said before."""
    year, organisation = _asked_year(), _mine()
    held = pledging.pledge_of(db.session, organisation, year)
    lines = pledging.lines_of(held) if held else []
    ticked = request.args.getlist("kind")
    if request.args.get("as") == LAST_YEAR:
        renewed = pledging.renewed_from(db.session, organisation, year)
        lines = list(renewed.lines) if renewed else []
        ticked = [line.experience for line in lines]
    if not (kinds := _kinds(ticked)):
        return _nothing_ticked(year, held)
    sector = pledging.likely_sector(db.session, organisation)
    filled = typed_of(lines, sector=sector, size=organisation.size)
    return _second_page(year, held, _form_for(kinds)(formdata=None, data=filled))


@views.post("/workspace/pledge/how-many")
@open_to(EDITORS)
def promise() -> str | Response | tuple[str, int]:
    """Keep what is offered."""
    year, organisation = _asked_year(), _mine()
    held = pledging.pledge_of(db.session, organisation, year)
    if not (kinds := _kinds(request.args.getlist("kind"))):
        return _nothing_ticked(year, held)
    form = _form_for(kinds)()
    if not form.validate():
        return _second_page(year, held, form), 422
    try:
        _keep_offer(organisation, year, form)
    except pledging.ChangedMeanwhileError:
        db.session.expire_all()
        held = pledging.pledge_of(db.session, organisation, year)
        return _second_page(year, held, form, was_changed=True), 409
    return redirect(url_for("pledging.kept", year=str(year)), code=303)


@views.get("/workspace/pledge/kept")
@open_to(EDITORS)
def kept() -> str | Response:
    """Thank you; the badge, the certificate, and what to do next."""
    year, organisation = _asked_year(), _mine()
    held = pledging.pledge_of(db.session, organisation, year)
    if held is None:
        return redirect(url_for("pledging.first", year=str(year)), code=303)
    return render_template(
        "pledges/kept.html",
        pledge=held,
        table=_by_kind_and_term(held),
        year=year,
        organisation=organisation,
        is_public=organisation.standing == Standing.VERIFIED,
    )


def _mine() -> Organisation:
    return current_member().organisation


def _asked_year() -> AcademicYear:
    """A year that can be pledged for: the one the address asks for, or this one."""
    years = pledging.open_years(today())
    asked = request.args.get("year", str(years[0]))
    found = next((year for year in years if str(year) == asked), None)
    if found is None:
        abort(404)
    return found


def _by_kind_and_term(held: Pledge) -> dict[str, dict[str, int]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for line in held.lines:
        found[line.experience][line.term] = line.people
    return found


def _reasons() -> dict[str, str]:
    return vocabulary().choices_of("why-no-pledge")


def _kinds(ticked: Sequence[str]) -> dict[str, ExperienceWords]:
    """The kinds that were ticked, in the city’s order; what it does not know is left out."""
    return {slug: kind for slug, kind in vocabulary().experiences.items() if slug in ticked}


def _form_for(kinds: Mapping[str, ExperienceWords]) -> type[HowManyForm]:
    sectors = {slug: words.name for slug, words in vocabulary().sectors.items()}
    return how_many_form(kinds, vocabulary().terms, sectors)


def _keep_offer(organisation: Organisation, year: AcademicYear, form: HowManyForm) -> None:
    pledging.keep(
        db.session,
        organisation,
        year=year,
        stance=Stance.OFFERING,
        reason=None,
        size=EmployerSize(form["size"].data),
        sector=form["sector"].data,
        lines=form.lines,
        by=current_member(),
        seen=form["seen"].data,
    )


def _nothing_ticked(year: AcademicYear, held: Pledge | None) -> tuple[str, int]:
    kinds = KindsForm.of(vocabulary().experiences, [])
    kinds.validate()
    return _first_page(year, held, kinds, AnswerForm.of(_reasons(), formdata=None)), 422


def _first_page(
    year: AcademicYear, held: Pledge | None, kinds: KindsForm, answer: AnswerForm
) -> str:
    return render_template(
        "pledges/pledge.html",
        year=year,
        years=pledging.open_years(today()),
        pledge=held,
        renewed=pledging.renewed_from(db.session, _mine(), year),
        kinds=kinds,
        answer=answer,
        tiers=TIERS,
        usual_time=usual_time,
    )


def _second_page(
    year: AcademicYear, held: Pledge | None, form: HowManyForm, *, was_changed: bool = False
) -> str:
    return render_template(
        "pledges/how_many.html",
        year=year,
        pledge=held,
        form=form,
        was_changed=was_changed,
        usual_time=usual_time,
        how_to_count=how_to_count,
    )
