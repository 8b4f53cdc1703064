"""Who applies, who they are, and whether they may publish."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response
from wtforms import SelectChoice

from portal.accounts.access import MODERATORS, open_to
from portal.accounts.membership import members_of
from portal.accounts.models import Organisation, Standing
from portal.accounts.people import current_member
from portal.extensions import db
from portal.publishing import desk, verifying
from portal.publishing.forms import VerifyForm, WhyForm
from portal.publishing.moderation import ChangedMeanwhileError, OwnWorkError
from portal.publishing.telling_trail import trail
from portal.publishing.views.desk import page_number
from portal.templating import counted

views = Blueprint("organisations", __name__)
MOST_LISTED, TOLD = 6, 20
NONE = ("", "None of these: it is new here")
CHANGED = "Somebody else decided about it while you were reading. Nothing was done."
OWN = "This is your own organisation. A moderator of another one has to decide."
COMPANIES = "https://find-and-update.company-information.service.gov.uk/company/{}"
SCHOOLS = "https://get-information-schools.service.gov.uk/Establishments/Establishment/Details/{}"
REGISTERS = {
    "company_number": ("Company number", COMPANIES),
    "ukprn": ("UKPRN", "https://www.ukrlp.co.uk/"),
    "urn": ("URN", SCHOOLS),
}
Verb = Callable[..., None]


@views.get("/desk/organisations")
@open_to(MODERATORS)
def organisations() -> str:
    """Who waits to be verified, and a search by name."""
    words = request.args.get("q", "").replace("\x00", "")[:110].strip()
    return render_template(
        "desk/organisations.html",
        words=words,
        found=desk.organisations_called(db.session, words) if words else [],
        listed=desk.waiting_organisations(db.session, page_number()),
    )


@views.get("/desk/organisations/<public_id>")
@open_to(MODERATORS)
def organisation(public_id: str) -> str:
    """One organisation: what it said, what can be looked up, and the decision."""
    return _show(_organisation_or_404(public_id))


@views.post("/desk/organisations/<public_id>/verify")
@open_to(MODERATORS)
def verify(public_id: str) -> Response | tuple[str, int]:
    """Say that it is what it says, with how that was made sure."""
    found = _organisation_or_404(public_id)
    matches = _matches(found)
    form = _verify_form(matches)
    if found.is_waiting and found.applied_at is None:
        abort(404)
    if not form.validate():
        return _show(found, verify=form), 422
    listed = next((other for other in matches if other.public_id == form.listed.data), None)
    try:
        verifying.verify(
            db.session, found, by=current_member(), evidence=form.evidence,
            is_trusted=form.is_trusted.data, listed=listed,
        )  # fmt: skip
    except (ChangedMeanwhileError, OwnWorkError) as error:
        return _refused(found, error, verify=form)
    flash(f"Verified: {found.name}. Its people have a mail, and can publish from now on.")
    return redirect(url_for("organisations.organisation", public_id=public_id), code=303)


@views.post("/desk/organisations/<public_id>/refuse")
@open_to(MODERATORS)
def refuse(public_id: str) -> Response | tuple[str, int]:
    """Say that an application cannot be accepted."""
    return _decide(public_id, verifying.refuse, "Refused: {}. Its people have a mail with why.")


@views.post("/desk/organisations/<public_id>/suspend")
@open_to(MODERATORS)
def suspend(public_id: str) -> Response | tuple[str, int]:
    """Shut an organisation out, and hide everything it published."""
    words = "Suspended: {}. Its people are signed out, and nothing of it is shown."
    return _decide(public_id, verifying.suspend, words)


@views.post("/desk/organisations/<public_id>/reinstate")
@open_to(MODERATORS)
def reinstate(public_id: str) -> Response | tuple[str, int]:
    """Let a suspended organisation in again."""
    words = "Reinstated: {}. What was live and has not run out is shown again."
    return _decide(public_id, verifying.reinstate, words)


@views.post("/desk/organisations/<public_id>/trust")
@open_to(MODERATORS)
def trust(public_id: str) -> Response | tuple[str, int]:
    """Let a provider publish courses at once, or stop that."""
    found = _organisation_or_404(public_id)
    is_trusted = request.form.get("is_trusted") == "yes"
    if found.standing != Standing.VERIFIED or not found.is_provider:
        abort(404)
    try:
        verifying.set_trust(db.session, found, by=current_member(), is_trusted=is_trusted)
    except OwnWorkError as error:
        return _refused(found, error)
    flash(
        f"{found.name} may publish courses at once from now on."
        if is_trusted
        else f"Courses of {found.name} wait for a moderator from now on."
    )
    return redirect(url_for("organisations.organisation", public_id=public_id), code=303)


def _organisation_or_404(public_id: str) -> Organisation:
    found = desk.find_organisation(db.session, public_id)
    if found is None:
        abort(404)
    return found


def _decide(public_id: str, verb: Verb, told: str) -> Response | tuple[str, int]:
    """Any decision that needs a reason and nothing else."""
    found = _organisation_or_404(public_id)
    form = WhyForm()
    if not form.validate():
        return _show(found, why=form), 422
    try:
        verb(db.session, found, by=current_member(), why=form.why.data)
    except (ChangedMeanwhileError, OwnWorkError) as error:
        return _refused(found, error, why=form)
    flash(told.format(found.name))
    return redirect(url_for("organisations.organisation", public_id=public_id), code=303)


def _refused(found: Organisation, error: Exception, **forms: Any) -> tuple[str, int]:  # noqa: ANN401
    """The organisation as it is now, with why nothing was done; what was typed is still there."""
    words = CHANGED if isinstance(error, ChangedMeanwhileError) else OWN
    return _show(found, notice=words, **forms), 409


def _matches(found: Organisation) -> Sequence[Organisation]:
    if found.standing not in {Standing.APPLIED, Standing.REFUSED}:
        return []
    return verifying.likely_listed(db.session, found)[:MOST_LISTED]


def _verify_form(matches: Sequence[Organisation], **given: object) -> VerifyForm:
    counts = desk.course_counts(db.session, matches) if matches else {}
    form = VerifyForm(**given)
    form.listed.choices = [
        SelectChoice(
            other.public_id,
            f"{other.name}, {other.place or 'place not known'}: "
            f"{counted(counts.get(other.id, 0), 'course')}",
        )
        for other in matches
    ]
    form.listed.choices.append(SelectChoice(*NONE))
    return form


def _show(
    found: Organisation,
    *,
    verify: VerifyForm | None = None,
    why: WhyForm | None = None,
    notice: str = "",
) -> str:
    members = members_of(db.session, found)
    matches = _matches(found)
    return render_template(
        "desk/organisation.html",
        organisation=found,
        members=members,
        matches=matches,
        addresses=[_mail_beside_website(member.email, found.website) for member in members[:5]],
        registers=[
            (name, getattr(found, column), address.format(getattr(found, column)))
            for column, (name, address) in REGISTERS.items()
            if getattr(found, column)
        ],
        live=desk.live_offers(db.session, found),
        verify=verify or _verify_form(matches, formdata=None),
        why=why or WhyForm(formdata=None),
        is_own=found.id == current_member().organisation_id,
        is_decidable=found.applied_at is not None or not found.is_waiting,
        standing=Standing(found.standing),
        trail=trail(db.session, of=found)[:TOLD],
        notice=notice,
    )


def _mail_beside_website(email: str, website: str | None) -> tuple[str, str, bool | None]:
    """The mail’s domain, the website’s, and whether one belongs to the other."""
    mail = email.rpartition("@")[2].lower()
    host = (urlsplit(website or "").hostname or "").removeprefix("www.")
    if not host:
        return mail, "", None
    return mail, host, mail == host or mail.endswith(f".{host}") or host.endswith(f".{mail}")
