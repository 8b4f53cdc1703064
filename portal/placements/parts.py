"""The parts in which a listing is written, and which questions each kind of experience asks.

Somebody who gives a talk is not asked for a risk assessment, and a video has no days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from portal.clock import today
from portal.content.formats import ExperienceWords
from portal.placements.forms_dates import WhenForm
from portal.placements.forms_listing import (
    DayForm,
    JoiningForm,
    PartForm,
    SafetyForm,
    VideoForm,
    WhatForm,
    WhereForm,
    WhoForm,
)
from portal.publishing.fields import read_day
from portal.publishing.kinds import Content
from portal.taxonomy import Tier


class Setting(StrEnum):
    """Where somebody is during an experience: it decides what has to be asked."""

    WORKPLACE = "workplace"
    MEETING = "meeting"
    ONLINE = "online"
    VIDEO = "video"


@dataclass(frozen=True)
class Part:
    """A page of questions, and the names of those that each setting asks; none leaves it out."""

    slug: str
    name: str
    form: type[PartForm]
    asks: Mapping[Setting, str]

    def names(self, setting: Setting) -> tuple[str, ...]:
        """The questions of this part, in the order in which they are asked."""
        return tuple(self.asks.get(setting, "").split())

    def filled(self, content: Content, setting: Setting) -> PartForm:
        """The form with the answers so far; days that have passed are no longer asked about."""
        coming = {**content, "dates": still_to_come(content)}
        form = cast("PartForm", self.form.of(self.answers(coming, setting)))
        form.ask_only(self.names(setting))
        return form

    def posted(self, typed: Any, setting: Setting) -> PartForm:  # noqa: ANN401 - a request’s form
        """The form with what somebody sent."""
        form = self.form(formdata=typed, meta={"csrf": False})
        form.ask_only(self.names(setting))
        return form

    def answers(self, content: Content, setting: Setting) -> dict[str, Any]:
        """What a content says to the questions of this part."""
        return {name: content[name] for name in self.names(setting) if name in content}


_WHAT = "experience title role sector what_you_do what_you_learn skills"
_WHEN = "dates days begins ends opens_on closes_on"
PARTS = (
    Part("what", "What it is", WhatForm, dict.fromkeys(Setting, _WHAT)),
    Part(
        "who",
        "Who it suits",
        WhoForm,
        {
            Setting.WORKPLACE: "year_groups min_age adjustments",
            Setting.MEETING: "year_groups adjustments",
            Setting.ONLINE: "year_groups adjustments",
            Setting.VIDEO: "year_groups",
        },
    ),
    Part(
        "when",
        "When",
        WhenForm,
        {
            Setting.WORKPLACE: "dates days begins ends hours_a_day opens_on closes_on",
            Setting.MEETING: _WHEN,
            Setting.ONLINE: _WHEN,
        },
    ),
    Part(
        "where",
        "Where",
        WhereForm,
        {
            Setting.WORKPLACE: "town district address meeting_words travel",
            Setting.MEETING: "town district",
        },
    ),
    Part("joining", "How to join", JoiningForm, {Setting.ONLINE: "meeting_words"}),
    Part(
        "on-the-day",
        "On the day",
        DayForm,
        {
            Setting.WORKPLACE: "supervision is_often supervision_words dress lunch expenses"
            " expenses_words is_paid"
        },
    ),
    Part(
        "safety",
        "Safety",
        SafetyForm,
        {Setting.WORKPLACE: "insurance risk_assessment hazards"},
    ),
    Part("video", "The video", VideoForm, {Setting.VIDEO: "video_url has_captions transcript"}),
)


def setting_of(experience: ExperienceWords) -> Setting:
    """Where somebody is during an experience."""
    if not experience.is_asked_for:
        return Setting.VIDEO
    return {
        Tier.WORKPLACE: Setting.WORKPLACE,
        Tier.MEETING: Setting.MEETING,
        Tier.ONLINE: Setting.ONLINE,
    }[experience.tier]


def parts_of(setting: Setting) -> list[Part]:
    """The parts of a listing, in the order in which they are written."""
    return [part for part in PARTS if part.names(setting)]


def part_of(setting: Setting, slug: str) -> Part | None:
    """A part by the name in its address."""
    return next((part for part in parts_of(setting) if part.slug == slug), None)


def names_in(parts: Iterable[Part], setting: Setting) -> list[str]:
    """All questions of some parts."""
    return [name for part in parts for name in part.names(setting)]


def faults_in_part(part: Part, content: Content, setting: Setting) -> dict[str, str]:
    """What still has to be answered or mended in one part, by question."""
    form = part.filled(content, setting)
    form.validate()
    return form.faults


def still_to_come(content: Content) -> list[dict[str, Any]]:
    """The days without those that have passed, unless all have: what was right stays right."""
    rows = list(content.get("dates") or [])
    coming = [row for row in rows if not has_passed(row)]
    return coming or rows


def has_passed(row: Mapping[str, Any]) -> bool:
    """Whether a time has begun, or begins today."""
    day = read_day(str(row.get("first_day") or ""))
    return day is not None and day <= today()
