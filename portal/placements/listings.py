"""The kind of offer that is an experience of work: what is asked, and how it becomes an entry."""

from collections.abc import Collection, Mapping
from typing import Any

from portal.accounts.models import COUNCIL, EMPLOYER, Organisation
from portal.catalogue.access_to_search import vocabulary
from portal.catalogue.experiences import Listing
from portal.catalogue.models import Entry
from portal.catalogue.panels import Panel
from portal.extensions import DatabaseSession, db
from portal.placements import evidencing, hosting
from portal.placements.checks import Outcome, Weight
from portal.placements.forms_dates import WhenForm
from portal.placements.forms_listing import (
    EXPENSES,
    HAZARDS,
    INSURANCE,
    RISKS,
    SUPERVISION,
    DayForm,
    SafetyForm,
    VideoForm,
    WhatForm,
    WhereForm,
    WhoForm,
)
from portal.placements.listing_columns import (
    columns_of,
    experience_of,
    role_of,
    runs_out,
    setting_in,
)
from portal.placements.parts import Setting, faults_in_part, names_in, parts_of, setting_of
from portal.placements.steps import ChangedMeanwhileError
from portal.placements.weighing import outcomes_of, stops, whole
from portal.publishing import desk, moderation
from portal.publishing.asking import day_words, questions_of, sector_words
from portal.publishing.kinds import Content, OfferKind, Question, Surroundings
from portal.publishing.models import Offer
from portal.taxonomy import EntryKind
from portal.templating import counted, listed

MONTHS = 12
UNCHOSEN = {"experience": "Choose what kind of experience it is."}


def may_offer(organisation: Organisation) -> bool:
    """Whoever has work to show: employers, those who teach as employers too, the council."""
    return organisation.is_provider or organisation.kind in {EMPLOYER, COUNCIL}


def faults_in(content: Content) -> Mapping[str, str]:
    """What still has to be answered or mended: by the forms, and by law and guidance."""
    experience = experience_of(content)
    if experience is None:
        return UNCHOSEN
    setting = setting_of(experience)
    faults: dict[str, str] = {}
    for part in parts_of(setting):
        faults |= faults_in_part(part, content, setting)
    asked = asks(content)
    for outcome in stops(weighed(content)):
        faults.setdefault(outcome.question if outcome.question in asked else "experience",
                          outcome.words)  # fmt: skip
    return faults


def asks(content: Content) -> Collection[str]:
    """The names of the questions that this kind of experience is asked."""
    setting = setting_in(content)
    return names_in(parts_of(setting), setting)


def weighed(content: Content) -> tuple[Outcome, ...]:
    """What law and guidance say to the answers so far."""
    experience = experience_of(content)
    if experience is None or setting_of(experience) is Setting.VIDEO:
        return ()
    return outcomes_of(content, experience, vocabulary().work_rules)


def completed(content: Content, around: Surroundings) -> Content:
    """The answers that this kind of experience asks for, with the words of what they refer to."""
    experience = experience_of(content)
    if experience is None:
        return content
    role = role_of(content, around)
    return {
        **{name: content[name] for name in asks(content) if name in content},
        "role_words": role.title if role else None,
    }


def _dates_words(rows: Any) -> str:  # noqa: ANN401 - rows as they were typed
    return "; ".join(_row_words(row) for row in rows)


def _row_words(row: Mapping[str, Any]) -> str:
    first, last = (str(row.get(name) or "") for name in ("first_day", "last_day"))
    days = day_words(first) if last in {"", first} else f"{day_words(first)} to {day_words(last)}"
    places = whole(row.get("places"))
    return f"{days}, {counted(places, 'place')}" if places else days


def _named(names: Mapping[str, str]) -> Any:  # noqa: ANN401 - words of one answer or of several
    def words(value: Any) -> str:  # noqa: ANN401
        if isinstance(value, list):
            return listed(names.get(slug, slug) for slug in value)
        return names.get(value, str(value))

    return words


def _experience_words(slug: str) -> str:
    found = vocabulary().experiences.get(slug)
    return found.name if found else slug


def _year_words(slugs: list[str]) -> str:
    known = vocabulary().year_groups
    return listed(known[slug].name if slug in known else slug for slug in slugs)


def _skill_words(slugs: list[str]) -> str:
    known = vocabulary().skills
    return listed(known[slug].name if slug in known else slug for slug in slugs)


def stop_everything(session: DatabaseSession, entry: Entry) -> None:
    """End what depends on a listing that was taken away. Raises publishing’s own error."""
    try:
        hosting.stop_everything(session, entry)
    except ChangedMeanwhileError as error:
        raise moderation.ChangedMeanwhileError from error


def shown_beside(offer: Offer) -> Panel:
    """What a moderator looks at beside the words: documents, and what the checks ask to be done."""
    found = weighed(desk.revision_to_read(offer).content)
    return Panel(
        "desk/evidence.html",
        {
            "offer": offer,
            "names": {kind.value: name for kind, name in evidencing.NAMES.items()},
            "held": evidencing.held(db.session, offer.organisation),
            "outcomes": [outcome for outcome in found if outcome.weight != Weight.KNOW],
        },
    )


QUESTIONS = (
    *questions_of(
        WhatForm,
        "experience title role sector what_you_do what_you_learn skills",
        {
            "experience": _experience_words,
            "sector": sector_words,
            "skills": _skill_words,
        },
        "title what_you_do what_you_learn",
        {"role": "role_words"},
    ),
    *questions_of(
        WhoForm, "year_groups min_age adjustments", {"year_groups": _year_words}, "adjustments"
    ),
    Question("dates", "Days and places", words=_dates_words),
    *questions_of(
        WhenForm,
        "days begins ends hours_a_day opens_on closes_on",
        {"opens_on": day_words, "closes_on": day_words},
        "",
    ),
    *questions_of(
        WhereForm,
        "town district address meeting_words travel",
        {},
        "town address meeting_words travel",
    ),
    *questions_of(
        DayForm,
        "supervision is_often supervision_words dress lunch expenses expenses_words is_paid",
        {"supervision": _named(SUPERVISION), "expenses": _named(EXPENSES)},
        "supervision_words dress lunch expenses_words",
    ),
    *questions_of(
        SafetyForm,
        "insurance risk_assessment hazards",
        {
            "insurance": _named(INSURANCE),
            "risk_assessment": _named(RISKS),
            "hazards": _named(HAZARDS),
        },
        "",
    ),
    *questions_of(VideoForm, "video_url has_captions transcript", {}, "transcript"),
)
LISTING = OfferKind(
    kind=EntryKind.LISTING,
    noun="listing",
    plural="listings",
    model=Listing,
    questions=QUESTIONS,
    may_offer=may_offer,
    columns_of=columns_of,
    completed=completed,
    runs_out=runs_out,
    faults_in=faults_in,
    months=MONTHS,
    writes_at="/workspace/listings",
    left_out_of_copies=("dates", "opens_on", "closes_on"),
    when_taken_away=stop_everything,
    shown_beside=shown_beside,
    asks=asks,
)
KINDS = (LISTING,)
