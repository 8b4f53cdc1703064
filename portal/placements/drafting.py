"""What the writing pages show of a listing that is not finished: its parts, its page, our words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.accounts.models import Organisation
from portal.catalogue.experiences import Listing
from portal.catalogue.models import EntrySkill, Role
from portal.clock import today
from portal.extensions import DatabaseSession
from portal.placements.checks import Outcome
from portal.placements.listing_columns import columns_of, experience_of, role_of, setting_in
from portal.placements.listings import LISTING, weighed
from portal.placements.parts import Part, Setting, faults_in_part, has_passed, parts_of
from portal.placements.weighing import stops
from portal.publishing.kinds import Content, Question, Surroundings
from portal.publishing.models import Offer
from portal.publishing.revisions import latest_of, revision_of

ANY_IMPORTANCE = 2
NOT_SAVED = "preview"


@dataclass(frozen=True)
class Task:
    """One part of a listing: what is missing, and what law and guidance say to its answers."""

    part: Part
    is_begun: bool
    missing: Mapping[str, Question | None]
    outcomes: tuple[Outcome, ...]

    @property
    def stops(self) -> list[Outcome]:
        """What stands in the way of sending it."""
        return stops(self.outcomes)

    @property
    def is_done(self) -> bool:
        """Whether nothing is missing and nothing stands in the way."""
        return not self.missing and not self.stops


def tasks_of(content: Content) -> list[Task]:
    """The parts that this kind of experience asks for, each with how it stands."""
    setting = setting_in(content)
    parts = parts_of(setting)
    said = weighed(content)
    asked = {name for part in parts for name in part.names(setting)}
    return [_task(part, content, setting, _about(part, setting, said, asked)) for part in parts]


def _task(part: Part, content: Content, setting: Setting, said: tuple[Outcome, ...]) -> Task:
    return Task(
        part=part,
        is_begun=any(part.answers(content, setting).values()),
        missing={name: LISTING.question(name) for name in faults_in_part(part, content, setting)},
        outcomes=said,
    )


def _about(
    part: Part, setting: Setting, said: tuple[Outcome, ...], asked: set[str]
) -> tuple[Outcome, ...]:
    """The outcomes about a part’s questions; the first part has those about none that is asked."""
    names = part.names(setting)
    return tuple(
        outcome
        for outcome in said
        if outcome.question in names or ("experience" in names and outcome.question not in asked)
    )


def begun(content: Mapping[str, Any], organisation: Organisation) -> dict[str, Any]:
    """The first answers, with what is known of where the organisation is."""
    return {
        "town": organisation.town,
        "district": organisation.district,
        "address": organisation.address,
        **content,
    }


def with_our_words(content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the city’s own words where somebody has not written any yet."""
    experience = experience_of(content)
    if experience is None:
        return dict(content)
    ours = {
        "what_you_do": experience.sample_do.strip(),
        "what_you_learn": experience.sample_learn.strip(),
    }
    return dict(content) | {name: content.get(name) or words for name, words in ours.items()}


def with_days_that_were(offer: Offer, content: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the days that were up and have passed: they happened, and are counted."""
    if "dates" not in content or offer.approved is None:
        return dict(content)
    approved = revision_of(offer, offer.approved).content
    were = [row for row in approved.get("dates") or [] if has_passed(row)]
    return dict(content) | {"dates": [*were, *content["dates"]]}


def preview_of(session: DatabaseSession, offer: Offer) -> tuple[Listing, Role | None]:
    """An entry that says what is written so far, in no session, and the job it is about."""
    around = Surroundings(session, offer.organisation)
    content = latest_of(offer).content
    columns = columns_of(content, around)
    skills = columns.pop("skill_slugs")
    listing = Listing(
        slug=NOT_SAVED, digest="", version=0, checked_on=today(), show_until=today(), sources=[]
    )
    for name, value in columns.items():
        setattr(listing, name, value)
    listing.organisation = offer.organisation
    listing.skills = [
        EntrySkill(skill=skill, importance=ANY_IMPORTANCE, position=position)
        for position, skill in enumerate(skills)
    ]
    return listing, role_of(content, around)
