"""Advisers’ pages: the young people they look after by reference, and files to take away."""

from collections.abc import Iterable

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.accounts import watching
from portal.accounts.access import ADVISERS, open_to
from portal.accounts.people import current_member
from portal.accounts.proving import after_proving
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.extensions import db
from portal.headers import as_file
from portal.placements import advising, caseload, counting
from portal.placements.advising_forms import NO_TOKEN, AddForm, typed
from portal.placements.checks import rules_on
from portal.placements.models import Request, YoungPerson
from portal.placements.steps import ChangedMeanwhileError
from portal.placements.views.advising import my_organisation, school_years
from portal.publishing.views.desk import page_number
from portal.spreadsheet_cells import csv_file
from portal.taxonomy import AcademicYear
from portal.templating import counted

views = Blueprint("young_people", __name__)
FIFTY_HOURS = "fifty-hours"
YOUNG_PERSON = "young-person"  # as what it counts among the records that are read
HEADINGS = [
    "Reference", "Year group", "School year", "Encounters with employers (Gatsby 5)",
    "Experiences of workplaces (Gatsby 6)", "Hours in all", "Hours in workplaces",
]  # fmt: skip
OF_REQUESTS = [
    "Your reference", "Year group", "Group", "People", "Experience", "Title", "Employer",
    "First day", "Stage", "Asked on", "Came", "Hours each",
]  # fmt: skip
AGAIN = "Somebody added some of these at the same moment. Nothing was lost: send them again."


@views.get("/advising/young-people")
@open_to(ADVISERS)
def everybody() -> str:
    """Everybody by reference, with what they have had."""
    return _page(AddForm(formdata=None, meta=NO_TOKEN))


@views.post("/advising/young-people")
@open_to(ADVISERS)
def add() -> Response | tuple[str, int]:
    """Add references; all of them, or none while a line is wrong."""
    form = AddForm(typed(), meta=NO_TOKEN)
    form.read(_year_groups())
    if not form.validate():
        return _page(form), 422
    try:
        number = advising.add_young_people(db.session, form.pasted.rows, by=current_member())
    except ChangedMeanwhileError:
        flash(AGAIN)
        return _page(form), 409
    flash(f"Kept: {counted(number, 'reference')}.")
    return redirect(url_for("young_people.everybody"), code=303)


@views.get("/advising/young-people/<public_id>")
@open_to(ADVISERS)
def one(public_id: str) -> str:
    """What one young person has had."""
    person = _mine(public_id)
    return render_template(
        "advising/young_person.html",
        person=person,
        had=counting.experiences_of(db.session, person),
    )


@views.post("/advising/young-people/<public_id>/left")
@open_to(ADVISERS)
def left(public_id: str) -> Response:
    """Say that somebody is not with the school or team any more."""
    person = _mine(public_id)
    advising.mark_left(db.session, person, by=current_member())
    flash(f"{person.reference} is marked as left.")
    return redirect(url_for("young_people.everybody"), code=303)


@views.post("/advising/export.csv")
@open_to(ADVISERS)
@after_proving
def export() -> Response:
    """A file of a school year. Taking it is kept in the trail, so looking alone cannot do it."""
    named, what = request.form.get("year", ""), request.form.get("what", "young-people")
    if named not in school_years() or what not in {"young-people", "requests"}:
        abort(404)
    year = AcademicYear.parse(named)
    rows = _requests_of(year) if what == "requests" else _benchmarks_of(year)
    answer = as_file(rows, "text/csv", f"{what}-{year}.csv")
    advising.note_export(db.session, f"{what} {year}", by=current_member())
    return answer


def _benchmarks_of(year: AcademicYear) -> Iterable[bytes]:
    """A row for each young person, as the Gatsby benchmarks count."""
    words = vocabulary()
    rule = rules_on(words.work_rules, today()).get(FIFTY_HOURS)
    whole = rule.value if rule else None
    ambition = [f"Of {whole:g} hours in workplaces"] if whole else []
    names = _year_groups()
    rows = (
        [
            one.reference, names.get(one.year_group, one.year_group), year, one.encounters,
            one.workplaces, f"{one.hours:g}", f"{one.workplace_hours:g}",
            *([f"{min(100 * one.workplace_hours / whole, 100):.0f}%"] if whole else []),
        ]
        for one in counting.years_of(db.session, my_organisation(), year, words.experiences)
    )  # fmt: skip
    return csv_file(HEADINGS + ambition, rows)


def _requests_of(year: AcademicYear) -> Iterable[bytes]:
    """A row for each request, without a name or anything that was written."""
    found = caseload.all_requests(db.session, my_organisation(), year.first_day, year.last_day)
    return csv_file(OF_REQUESTS, map(_cells, found))


def _cells(asked: Request) -> list[object]:
    kind = vocabulary().experiences.get(asked.listing.experience)
    placement = asked.placement
    return [
        asked.young_person.reference if asked.young_person else "",
        _year_groups().get(asked.year_group, asked.year_group),
        "yes" if asked.is_group else "no", asked.people,
        kind.name if kind else asked.listing.experience, asked.listing.title,
        asked.listing.publisher.name, asked.occasion.first_day, asked.stage_words,
        asked.asked_at.date(), placement.came if placement else "",
        f"{placement.hours:g}" if placement else "",
    ]  # fmt: skip


def _page(form: AddForm) -> str:
    had_so_many = request.args.get("had", "")
    year_group = request.args.get("year-group", "")[:90]
    words = request.args.get("q", "").replace("\0", "")[:40].strip()
    names = _year_groups()
    listed = counting.young_people(
        db.session, my_organisation(), names, had_so_many=had_so_many,
        year_group=year_group if year_group in names else "", words=words, number=page_number(),
    )  # fmt: skip
    read = [had.person.id for had in listed.rows]
    watching.note_read(db.session, current_member(), YOUNG_PERSON, read)
    return render_template(
        "advising/young_people.html",
        form=form,
        listed=listed,
        had_so_many=had_so_many if had_so_many in counting.FILTERS else "",
        year_group=year_group if year_group in names else "",
        words=words,
        year_groups=names,
        years=school_years(),
    )  # fmt: skip


def _mine(public_id: str) -> YoungPerson:
    person = counting.person_of(db.session, my_organisation(), public_id)
    if person is None:
        abort(404)
    watching.note_read(db.session, current_member(), YOUNG_PERSON, [person.id])
    return person


def _year_groups() -> dict[str, str]:
    return {slug: group.name for slug, group in vocabulary().year_groups.items()}
