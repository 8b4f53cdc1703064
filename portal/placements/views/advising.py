"""Advisers’ pages: what young people ask, and what is done about it."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from portal.accounts import watching
from portal.accounts.access import ADVISERS, open_to
from portal.accounts.models import Organisation
from portal.accounts.people import current_member
from portal.catalogue.access_to_search import vocabulary
from portal.clock import today
from portal.extensions import db
from portal.placements import advising, caseload, counting, evidencing, withdrawing
from portal.placements.advising_forms import (
    NO_TOKEN,
    GroupForm,
    ParentForm,
    ReasonForm,
    SendOnForm,
    WhoCameForm,
    typed,
)
from portal.placements.ages import age_on
from portal.placements.booking import NotBookableError
from portal.placements.consent import consent_age, is_consent_due
from portal.placements.life import STAGE_WORDS, Act, ImpossibleActError, Stage
from portal.placements.models import Request
from portal.placements.steps import ChangedMeanwhileError
from portal.publishing.views.desk import page_number
from portal.taxonomy import AcademicYear

views = Blueprint("advising", __name__)
LONGEST_NUMBER = 6
REQUEST = "request"  # as what it counts among the records that are read
CHANGED = (
    "It changed while you were reading, or a colleague decided first. Nothing was done. Read how "
    "it stands now."
)
NOT_BOOKABLE: Mapping[str, str] = {
    "adviser": "An adviser has to send the request on first.",
    "employer": "The employer has not said yes to this day.",
    "consent": "A parent or carer has to say yes first.",
    "listing": "The employer does not offer this any more, so nobody can be booked.",
    "day": "The day has begun or passed, or the employer took it back.",
    "age": "On that day they are younger than the employer asks for.",
}
TAKEN: Mapping[advising.Taken, str] = {
    advising.Taken.BOOKED: "Booked. Everybody who has to know has a letter.",
    advising.Taken.WAITING_LIST: "That day is full now, so they are on the waiting list. They get "
    "the next place that comes free.",
    advising.Taken.CONSENT_ASKED: "A parent or carer has a letter. The place is taken as soon as "
    "they say yes.",
}
REASONS = {
    "not-send-on": "why-not-sent-on",
    "decline": "why-declined",
    "cancel": "why-cancelled",
    "withdraw": "why-withdrawn",
}


@views.get("/advising")
@open_to(ADVISERS)
def overview() -> str:
    """Requests, what waits for the adviser first, and how many experiences people have had."""
    organisation = my_organisation()
    on = caseload.shelf_called(request.args.get("show", ""))
    stage = request.args.get("stage", "")
    words = request.args.get("q", "").replace("\0", "")[:100].strip()
    listed = caseload.requests(
        db.session, organisation, on=on, stage=stage, words=words, number=page_number()
    )
    watching.note_read(db.session, current_member(), REQUEST, [one.id for one in listed.rows])
    return render_template(
        "advising/overview.html",
        listed=listed,
        on=on,
        stage=stage if stage in set(on.stages) else "",
        words=words,
        counts=caseload.counts(db.session, organisation),
        shelves=caseload.SHELVES,
        stage_words=STAGE_WORDS,
        tallies=counting.tallies(db.session, organisation, vocabulary().year_groups),
        years=school_years(),
    )


@views.get("/advising/requests/<public_id>")
@open_to(ADVISERS)
def one(public_id: str) -> str:
    """All that is known of a request, and what can be done."""
    return _show(_mine(public_id))


@views.post("/advising/requests/<public_id>/send-on")
@open_to(ADVISERS)
def send_on(public_id: str) -> Response | tuple[str, int]:
    """Send it to the employer, without a name."""
    found = _mine(public_id)
    form = SendOnForm(typed(), meta=NO_TOKEN)
    form.look_for((found.first_name, found.organisation.name))
    if not form.validate():
        return _show(found, send_on=form), 422

    def decide() -> str:
        advising.send_on(
            db.session, found, hopes=form.hopes.data, adjustments=form.adjustments.data,
            availability=form.availability.data, reference=form.reference.data,
            by=current_member(),
        )  # fmt: skip
        return "Sent on. The employer reads no name, age or school."

    return _decided(found, {Act.SEND_ON}, decide, send_on=form)


@views.post("/advising/requests/<public_id>/not-send-on")
@open_to(ADVISERS)
def not_send_on(public_id: str) -> Response | tuple[str, int]:
    """Do not send it on, and say why from the list."""
    found = _mine(public_id)
    form = _reasons("why-not-sent-on", typed())
    if not form.validate():
        return _show(found, not_send_on=form), 422

    def decide() -> str:
        advising.not_send_on(db.session, found, reason=form.reason.data, by=current_member())
        return "Not sent on. The young person reads your reason."

    return _decided(found, {Act.NOT_SEND_ON}, decide, not_send_on=form)


@views.post("/advising/requests/<public_id>/take-other-day")
@open_to(ADVISERS)
def take_other_day(public_id: str) -> Response | tuple[str, int]:
    """Say yes to the employer’s other day."""
    found = _mine(public_id)

    def decide() -> str:
        if found.proposed is None:
            raise ImpossibleActError(found.stand, Act.TAKE_OTHER_DAY)
        advising.take_other_day(db.session, found, by=current_member())
        return "The day is changed. Now take the place."

    return _decided(found, {Act.TAKE_OTHER_DAY}, decide)


@views.post("/advising/requests/<public_id>/take-up")
@open_to(ADVISERS)
def take_up(public_id: str) -> Response | tuple[str, int]:
    """Take the place, or write to a parent or carer where that is due."""
    found = _mine(public_id)
    form = ParentForm(typed(), meta=NO_TOKEN)
    is_due = _is_consent_due(found) and found.consented_at is None
    if is_due and not form.validate():
        return _show(found, parent=form), 422

    def decide() -> str:
        if found.stand != Stage.OFFERED:
            raise ImpossibleActError(found.stand, Act.BOOK)
        rules, email = vocabulary().work_rules, form.parent_email.data if is_due else None
        taken = advising.take_up(
            db.session, found, rules=rules, parent_email=email, by=current_member()
        )
        return TAKEN[taken]

    return _decided(found, {Act.BOOK, Act.QUEUE, Act.ASK_CONSENT}, decide, parent=form)


@views.post("/advising/requests/<public_id>/ask-parent-again")
@open_to(ADVISERS)
def ask_parent_again(public_id: str) -> Response | tuple[str, int]:
    """Write to a parent or carer again, perhaps to another address."""
    found = _mine(public_id)
    form = ParentForm(typed(), meta=NO_TOKEN)
    if not form.validate():
        return _show(found, parent=form), 422

    def decide() -> str:
        if found.stand != Stage.AWAITING_CONSENT:
            raise ImpossibleActError(found.stand, Act.ASK_CONSENT)
        advising.ask_parent(
            db.session, found, parent_email=form.parent_email.data, by=current_member()
        )
        return "A new letter is on its way. The link in the letter before does not work any more."

    return _decided(found, {Act.ASK_CONSENT}, decide, parent=form)


@views.post("/advising/requests/<public_id>/withdraw")
@open_to(ADVISERS)
def withdraw(public_id: str) -> Response | tuple[str, int]:
    """Take the request back for the young person."""
    found = _mine(public_id)
    form = _reasons("why-withdrawn", typed())
    if not form.validate():
        return _show(found, withdraw=form), 422

    def decide() -> str:
        withdrawing.withdraw(db.session, found, reason=form.reason.data, by=current_member())
        return "Withdrawn. Whoever has to know has a letter."

    return _decided(found, {Act.WITHDRAW}, decide, withdraw=form)


@views.post("/advising/requests/<public_id>/who-came")
@open_to(ADVISERS)
def who_came(public_id: str) -> Response | tuple[str, int]:
    """Tick the young people of the school who were in a group."""
    found = _mine(public_id)
    if not (found.is_group and found.stand == Stage.ATTENDED):
        return _refused(found, CHANGED)
    form, people = _who_came_form(found, typed())
    if not form.validate():
        return _show(found, who_came=form), 422
    ticked = [people[public_id] for public_id in form.people.data]
    number = advising.note_who_came(db.session, found, ticked, by=current_member())
    flash(f"Noted: {number} of your young people were there.")
    return _to(found)


@views.route("/advising/listings/<slug>/ask-for-group", methods=["GET", "POST"])
@open_to(ADVISERS)
def ask_for_group(slug: str) -> str | Response | tuple[str, int]:
    """Ask an employer to have a class or a group."""
    listing = caseload.group_listing(db.session, slug)
    kind = vocabulary().experiences.get(listing.experience) if listing else None
    if listing is None or kind is None or not kind.is_for_groups or not kind.is_asked_for:
        abort(404)
    names = {slug: group.name for slug, group in vocabulary().year_groups.items()}
    if request.method == "GET":
        token = secrets.token_urlsafe(16)
        form = GroupForm.of(listing, names, formdata=None, data={"token": token})
        return render_template("advising/group.html", listing=listing, kind=kind, form=form)
    form = GroupForm.of(listing, names, formdata=typed())
    form.look_for((my_organisation().name,))
    if not form.validate():
        return render_template("advising/group.html", listing=listing, kind=kind, form=form), 422
    occasion = next(o for o in listing.coming if o.public_id == form.day.data)
    made = advising.ask_for_group(
        db.session, listing, occasion, people=form.people.data, year_group=form.year_group.data,
        hopes=form.hopes.data, adjustments=form.adjustments.data, token=form.token.data or "",
        by=current_member(),
    )  # fmt: skip
    flash("Asked. The employer reads no name and no school.")
    return _to(made)


@views.get("/advising/organisations/<public_id>/evidence/<kind>")
@open_to(ADVISERS)
def evidence(public_id: str, kind: str) -> Response:
    """A document that an employer holds, for whoever sends young people there."""
    employer = caseload.organisation_called(db.session, public_id)
    document = evidencing.held(db.session, employer).get(kind) if employer else None
    if document is None:
        abort(404)
    return evidencing.file_response(document)


def my_organisation() -> Organisation:
    """Whose requests these are."""
    return current_member().organisation


def school_years() -> list[str]:
    """The years that a file can be of, this one first."""
    year = AcademicYear.of(today())
    return [str(year), str(year.before), str(year.before.before)]


def _mine(public_id: str) -> Request:
    found = caseload.request_of(db.session, my_organisation(), public_id)
    if found is None:
        abort(404)
    watching.note_read(db.session, current_member(), REQUEST, [found.id])
    return found


def _decided(
    found: Request, acts: set[Act], decide: Callable[[], str], **forms: object
) -> Response | tuple[str, int]:
    """Do it, unless it was done by this very form, or somebody else decided meanwhile."""
    public_id = found.public_id
    try:
        if _seen() != found.version:
            by, act = caseload.did_last(db.session, found)
            if by != current_member().id or act not in acts:
                return _refused(found, CHANGED, **forms)
            flash("This was done already.")
        else:
            flash(decide())
    except (ChangedMeanwhileError, ImpossibleActError):
        db.session.rollback()
        return _refused(_mine(public_id), CHANGED, **forms)
    except NotBookableError as error:
        db.session.rollback()
        why = NOT_BOOKABLE.get(error.why, "Something is still missing.")
        return _refused(_mine(public_id), f"No place was taken. {why}", **forms)
    return _to(found)


def _seen() -> int:
    """Which state of the request was read; zero, which is none, for anything odd."""
    said = request.form.get("version", "")
    return int(said) if said.isdecimal() and len(said) <= LONGEST_NUMBER else 0


def _refused(found: Request, notice: str, **forms: object) -> tuple[str, int]:
    return _show(found, notice=notice, **forms), 409


def _to(found: Request) -> Response:
    return redirect(url_for("advising.one", public_id=found.public_id), code=303)


def _show(found: Request, *, notice: str = "", **forms: Any) -> str:  # noqa: ANN401
    mistaken = [form for form in forms.values() if form.mistakes]
    return render_template(
        "advising/request.html",
        asked=found,
        notice=notice,
        mistaken=mistaken[0] if mistaken else None,
        age=age_on(found.born_on, found.occasion.first_day) if found.born_on else None,
        consent_age=_consent_age(),
        is_consent_due=_is_consent_due(found),
        is_told=caseload.is_safeguarding_told(db.session, found),
        history=caseload.history(db.session, found),
        held=evidencing.held(db.session, found.listing.publisher),
        names=evidencing.NAMES,
        reasons=_reason_words,
        acts=Act,
        send_on=forms.get("send_on") or _send_on_form(found),
        not_send_on=forms.get("not_send_on") or _reasons("why-not-sent-on"),
        parent=forms.get("parent") or ParentForm(
            formdata=None, meta=NO_TOKEN, data={"parent_email": found.parent_email}
        ),
        withdraw=forms.get("withdraw") or _reasons("why-withdrawn"),
        who_came=forms.get("who_came") or _who_came_form(found)[0],
        has_typed="send_on" in forms,
    )  # fmt: skip


def _send_on_form(found: Request) -> SendOnForm:
    """The words as they are, with what has to be looked at already told."""
    form = SendOnForm(
        formdata=None, meta=NO_TOKEN,
        data={
            "hopes": found.hopes, "availability": found.availability,
            "adjustments": found.adjustments,
            "reference": found.young_person.reference if found.young_person else "",
        },
    )  # fmt: skip
    form.look_for((found.first_name, found.organisation.name))
    return form


def _reasons(name: str, formdata: object = None) -> ReasonForm:
    return ReasonForm.of(vocabulary().choices_of(name), act=name, formdata=formdata)


def _reason_words(act: str, slug: str) -> str:
    """A reason of the trail in words; a condition for booking that did not hold, too."""
    words = vocabulary().choices_of(REASONS.get(act, "")).get(slug)
    return words or NOT_BOOKABLE.get(slug, "It is not offered any more.")


def _who_came_form(found: Request, formdata: object = None) -> tuple[WhoCameForm, dict[str, Any]]:
    """The form with the school’s young people of the year group, by their public ids."""
    if not (found.is_group and found.stand == Stage.ATTENDED and found.placement):
        return WhoCameForm(formdata=None, meta=NO_TOKEN), {}
    noted = caseload.came_in(db.session, found)
    people = {
        person.public_id: person
        for person in counting.in_year_group(
            db.session, found.organisation, found.year_group, noted
        )
    }
    ticked = [public_id for public_id, person in people.items() if person.id in noted]
    form = WhoCameForm(formdata=formdata, meta=NO_TOKEN, data={"people": ticked})
    form.people.choices = [SelectChoice(name, one.reference) for name, one in people.items()]
    form.most = found.placement.came
    return form, people


def _is_consent_due(found: Request) -> bool:
    return not found.is_group and is_consent_due(
        vocabulary().work_rules,
        tier=found.listing.tier,
        born_on=found.born_on,
        first_day=found.occasion.first_day,
    )


def _consent_age() -> int | None:
    return consent_age(vocabulary().work_rules, today())
