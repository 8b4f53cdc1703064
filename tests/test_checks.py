"""Ages on a day, and what follows from the facts that an employer states of an offer."""

import datetime as dt
import string
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import CONTENT
from hypothesis import example, given
from hypothesis import strategies as st

from portal.content.formats import Source, WorkRule
from portal.content.library import read_library
from portal.placements.ages import (
    age_on,
    clock_words,
    days_of_weeks,
    fullest_week,
    is_compulsory_school_age,
    leaving_day,
    year_group_of,
    years_words,
)
from portal.placements.checks import (
    HAZARDS,
    INSURANCE,
    SAID,
    SUPERVISION,
    Facts,
    Outcome,
    Rule,
    Weight,
    outcomes,
    rules_on,
)
from portal.taxonomy import AcademicYear, Tier

LONG_AGO = dt.date(2020, 1, 1)
# What the law said when these tests were written. The numbers here are the tests’ own.
VALUES: Mapping[Rule, float | None] = {
    Rule.THROUGH_SCHOOL: 16,
    Rule.YOUNGEST_YEAR: 10,
    Rule.YOUNG: 18,
    Rule.HOURS_A_DAY: 8,
    Rule.HOURS_A_WEEK: 40,
    Rule.NIGHT_BEGINS: 22,
    Rule.NIGHT_ENDS: 6,
    Rule.BREAK: 4.5,
    Rule.DAILY_REST: 12,
    Rule.WEEKLY_REST: 2,
    Rule.COVER: 5_000_000,
    Rule.STUDENT_COUNTS: None,
    Rule.RISKS: 18,
    Rule.TOO_DANGEROUS: 16,
    Rule.BARRED_UNDER_16: 16,
    Rule.BARRED_FREQUENT: 3,
    Rule.BARRED_16_17: 16,
    Rule.CONSENT: 18,
    Rule.T_LEVEL: 315,
    Rule.MINIMUM_WAGE: None,
}


def make_rule(slug: str, value: float | None, **changes: Any) -> WorkRule:  # noqa: ANN401
    stated: dict[str, Any] = {
        "slug": slug,
        "name": slug,
        "value": value,
        "says": f"What {slug} says.",
        "starts": LONG_AGO,
        "source": Source(name="A law of these tests", date="2020"),
    }
    return WorkRule(**stated | changes)


RULES = {rule.value: make_rule(rule.value, value) for rule, value in VALUES.items()}
MONDAY = dt.date(2027, 3, 1)
FRIDAY = dt.date(2027, 3, 5)
SATURDAY = dt.date(2027, 3, 6)
# A pottery of four takes somebody in Year 12 for a week; nothing stands in the way.
WEEK = Facts(
    experience="placement",
    tier=Tier.WORKPLACE,
    youngest=16,
    year_groups=("year-12",),
    first_day=MONDAY,
    last_day=FRIDAY,
    days=5,
    hours_a_day=7,
    begins="09:00",
    ends="16:30",
    supervision="always-with-others",
    insurance="yes",
    risk_assessment="reviewed",
    is_paid=True,
)
PLAIN = {
    "insured/know",
    "rest-break/know",
    "rest-between-days/know",
    "no-check-16-17/know",
    "consent-first/know",
}
PUPIL = {"youngest": 14, "year_groups": ("year-10",)}
OF_PUPIL = {
    "through-school/know",
    "tell-parents-risks/know",
    "no-check-with-others/know",
}
ADULT = {"youngest": 19, "year_groups": ("adult",)}
NOTHING: set[str] = set()
NO_CHECK = {"no-check-16-17/know"}

# What changes from the week above, what comes of it, and what does not come any more.
Row = tuple[str, dict[str, Any], set[str], set[str]]
DECISIONS: list[Row] = [
    ("a plain week in Year 12", {}, NOTHING, NOTHING),
    ("a plain week in Year 10", PUPIL, OF_PUPIL, NO_CHECK),
    ("a plain week for adults", ADULT, NOTHING, PLAIN - {"insured/know"}),
    # Hours a day
    ("just the most hours a day", {"hours_a_day": 8}, NOTHING, NOTHING),
    ("a quarter of an hour too long", {"hours_a_day": 8.25},
     {"too-many-hours-a-day/stop", "too-many-hours-a-week/stop"}, NOTHING),
    ("one day that is too long",
     {"hours_a_day": 9, "days": 1, "last_day": MONDAY, "ends": "19:00"},
     {"too-many-hours-a-day/stop"}, {"rest-between-days/know"}),
    ("a long day for Year 10", PUPIL | {"hours_a_day": 9, "days": 2},
     OF_PUPIL | {"too-many-hours-a-day/stop"}, NO_CHECK),
    ("a long day on a visit", {"experience": "visit", "hours_a_day": 9, "days": 1},
     {"too-many-hours-a-day/stop"}, {"rest-between-days/know"}),
    ("a long day for adults", ADULT | {"hours_a_day": 12}, NOTHING, PLAIN - {"insured/know"}),
    ("a minimum age of 18", {"youngest": 18, "year_groups": ("year-13",), "hours_a_day": 10},
     NOTHING, PLAIN - {"insured/know"}),
    ("a minimum age of 17", {"youngest": 17, "year_groups": ("year-13",), "hours_a_day": 10},
     {"too-many-hours-a-day/stop", "too-many-hours-a-week/stop"}, NOTHING),
    ("age unknown, but Year 13", {"youngest": None, "year_groups": ("year-13",), "hours_a_day": 10},
     {"too-many-hours-a-day/stop", "too-many-hours-a-week/stop", "age-not-said/do"}, NOTHING),
    ("age unknown, but just left school",
     {"youngest": None, "year_groups": ("left-school",), "hours_a_day": 8.5, "days": 2},
     {"too-many-hours-a-day/stop", "age-not-said/do"}, NOTHING),
    ("age unknown and adults", {"youngest": None, "year_groups": ("adult",), "hours_a_day": 10},
     {"age-not-said/do"}, PLAIN - {"insured/know"}),
    ("a day too short for a break", {"hours_a_day": 4.5}, NOTHING, {"rest-break/know"}),
    ("hours unknown", {"hours_a_day": None}, {"hours-not-said/do"}, {"rest-break/know"}),
    ("hours that cannot be", {"hours_a_day": 30}, {"hours-not-said/do"}, {"rest-break/know"}),
    # Weeks
    ("six days of seven hours in one week", {"days": 6, "last_day": SATURDAY},
     {"too-many-hours-a-week/stop", "too-few-days-off/stop"}, NOTHING),
    ("six short days in one week", {"days": 6, "last_day": SATURDAY, "hours_a_day": 5},
     {"too-few-days-off/stop"}, NOTHING),
    ("six short days for adults", ADULT | {"days": 6, "last_day": SATURDAY, "hours_a_day": 5},
     NOTHING, PLAIN - {"insured/know"}),
    ("six days over two weeks", {"days": 6, "last_day": dt.date(2027, 3, 12), "hours_a_day": 6},
     {"days-off/know"}, NOTHING),
    ("six days with no last day", {"days": 6, "last_day": None},
     {"week-limit/know", "days-off/know"}, NOTHING),
    ("six days from Friday to Wednesday",
     {"days": 6, "first_day": FRIDAY, "last_day": dt.date(2027, 3, 10)}, NOTHING, NOTHING),
    ("seven days in one week",
     {"days": 7, "last_day": dt.date(2027, 3, 7), "hours_a_day": 6},
     {"too-many-hours-a-week/stop", "too-few-days-off/stop"}, NOTHING),
    ("days unknown", {"days": None}, NOTHING, {"rest-between-days/know"}),
    ("days unknown, but one date", {"days": None, "last_day": MONDAY},
     NOTHING, {"rest-between-days/know"}),
    ("more days than the dates hold", {"days": 10}, {"week-limit/know", "days-off/know"}, NOTHING),
    # Nights and rest between days
    ("until ten at night", {"begins": "14:00", "ends": "22:00"}, NOTHING, NOTHING),
    ("a minute past ten", {"begins": "14:00", "ends": "22:01"}, {"night-work/stop"}, NOTHING),
    ("from six in the morning", {"begins": "06:00", "ends": "13:30"}, NOTHING, NOTHING),
    ("before six in the morning", {"begins": "05:59", "ends": "13:30"},
     {"night-work/stop"}, NOTHING),
    ("over midnight", {"begins": "21:00", "ends": "03:00"}, {"night-work/stop"}, NOTHING),
    ("all night", {"begins": "21:00", "ends": "07:00"}, {"night-work/stop"}, NOTHING),
    ("a late end with no beginning", {"begins": "", "ends": "23:00"}, {"night-work/stop"}, NOTHING),
    ("an early end with no beginning", {"begins": "", "ends": "06:00"},
     {"night-work/stop"}, NOTHING),
    ("a beginning at night with no end", {"begins": "22:00", "ends": ""},
     {"night-work/stop"}, NOTHING),
    ("a day beginning with no end", {"begins": "09:00", "ends": ""}, NOTHING, NOTHING),
    ("a beginning at six with no end", {"begins": "06:00", "ends": ""}, NOTHING, NOTHING),
    ("an end at ten with no beginning", {"begins": "", "ends": "22:00"}, NOTHING, NOTHING),
    ("a time that is none", {"begins": "25:00", "ends": "noon"}, NOTHING, NOTHING),
    ("the same time twice", {"begins": "23:00", "ends": "23:00"}, NOTHING, NOTHING),
    ("nights at 18", ADULT | {"youngest": 18, "begins": "22:00", "ends": "06:00"},
     NOTHING, PLAIN - {"insured/know"}),
    ("nights in Year 11",
     {"youngest": 15, "year_groups": ("year-11",), "begins": "20:00", "ends": "23:00"},
     OF_PUPIL | {"night-work/stop"}, NO_CHECK),
    ("twelve hours from beginning to end", {"begins": "08:00", "ends": "20:00"}, NOTHING, NOTHING),
    ("too little rest between days", {"begins": "08:00", "ends": "20:30"},
     {"too-little-rest/stop"}, {"rest-between-days/know"}),
    ("one long stretch", {"begins": "08:00", "ends": "20:30", "days": 1},
     NOTHING, {"rest-between-days/know"}),
    # Who may come
    ("Year 9 at work", {"youngest": 13, "year_groups": ("year-9",)},
     OF_PUPIL | {"too-young-for-work/stop"}, NO_CHECK),
    ("Years 7 and 10 at work", {"youngest": 11, "year_groups": ("year-10", "year-7")},
     OF_PUPIL | {"too-young-for-work/stop"}, NO_CHECK),
    ("13 with no year group", {"youngest": 13, "year_groups": ()},
     OF_PUPIL | {"too-young-for-work/stop", "year-groups-not-said/do"}, NO_CHECK),
    ("14 with no year group", {"youngest": 14, "year_groups": ()},
     OF_PUPIL | {"year-groups-not-said/do"}, NO_CHECK),
    ("16 with no year group", {"year_groups": ()}, {"year-groups-not-said/do"}, NOTHING),
    ("Year 8 on a visit", {"experience": "visit", "youngest": 12, "year_groups": ("year-8",)},
     OF_PUPIL | {"younger-pupils-watch/know"}, NO_CHECK),
    ("Year 9 shadowing", {"experience": "shadowing", "youngest": 13, "year_groups": ("year-9",)},
     OF_PUPIL | {"younger-pupils-watch/know"}, NO_CHECK),
    ("Year 10 on a visit", PUPIL | {"experience": "visit"}, OF_PUPIL, NO_CHECK),
    ("Year 11 before they may leave",
     {"year_groups": ("year-11",), "first_day": dt.date(2027, 6, 25), "last_day": None},
     {"through-school/know", "tell-parents-risks/know"}, NOTHING),
    ("Year 11 once they have left",
     {"year_groups": ("year-11",), "first_day": dt.date(2027, 6, 28), "last_day": None},
     NOTHING, NOTHING),
    ("Year 10 in July", PUPIL | {"first_day": dt.date(2027, 7, 5), "last_day": None},
     OF_PUPIL, NO_CHECK),
    ("Year 11 with no day",
     {"youngest": 15, "year_groups": ("year-11",), "first_day": None, "last_day": None},
     OF_PUPIL, NO_CHECK),
    ("Years 10 and 12 together", {"youngest": 14, "year_groups": ("year-10", "year-12")},
     OF_PUPIL, NOTHING),
    ("12 in Year 10", PUPIL | {"youngest": 12}, OF_PUPIL | {"age-below-year-groups/do"}, NO_CHECK),
    ("17 in Year 10", {"youngest": 17, "year_groups": ("year-10",)},
     {"through-school/know", "tell-parents-risks/know", "age-above-year-groups/do"}, NOTHING),
    ("15 among those who left school", {"youngest": 15, "year_groups": ("left-school",)},
     {"age-below-year-groups/do", "no-check-with-others/know"}, NOTHING),
    # Insurance
    ("no insurance", {"insurance": "no"}, {"not-insured/stop"}, {"insured/know"}),
    ("no insurance for a shadowing day", {"experience": "shadowing", "insurance": "no"},
     {"not-insured/stop"}, {"insured/know"}),
    ("no insurance for adults", ADULT | {"insurance": "no"}, {"not-insured/stop"}, PLAIN),
    ("unsure of insurance", {"insurance": "unsure"}, {"ask-insurer/do"}, {"insured/know"}),
    ("a sole trader without staff", {"insurance": "not-needed"},
     {"cover-likely/do"}, {"insured/know"}),
    ("a sole trader shows visitors round", {"experience": "visit", "insurance": "not-needed"},
     {"ask-about-visitors/do"}, {"insured/know"}),
    ("a sole trader is shadowed", {"experience": "shadowing", "insurance": "not-needed"},
     {"cover-likely/do"}, {"insured/know"}),
    ("insurance not answered", {"insurance": ""},
     {"insurance-not-said/do"}, {"insured/know"}),
    # Risks
    ("risks not looked at", {"risk_assessment": "not-yet"}, {"review-risks/do"}, NOTHING),
    ("risks not answered", {"risk_assessment": ""}, {"risks-not-said/do"}, NOTHING),
    ("risks for adults", ADULT | {"risk_assessment": "not-yet", "hazards": ("heat",)},
     NOTHING, PLAIN - {"insured/know"}),
    ("a kiln", {"hazards": ("heat",)}, {"hazard-heat/do"}, NOTHING),
    ("a kiln twice and a ladder", {"hazards": ("heat", "heights", "heat")},
     {"hazard-heat/do", "hazard-heights/do"}, NOTHING),
    ("a danger that has no name here", {"hazards": ("bees",)}, {"hazard-other/do"}, NOTHING),
    ("machines for Year 10", PUPIL | {"hazards": ("machines",)},
     OF_PUPIL | {"hazard-machines/do"}, NO_CHECK),
    # Checks of people
    ("alone and often with a 14-year-old",
     PUPIL | {"supervision": "one-person-often-alone", "is_often": True},
     OF_PUPIL - {"no-check-with-others/know"} | {"check-possible/do"}, NO_CHECK),
    ("sometimes alone and often there, 14",
     PUPIL | {"supervision": "one-person-sometimes-alone", "is_often": True},
     OF_PUPIL - {"no-check-with-others/know"} | {"check-school-decides/know"}, NO_CHECK),
    ("alone for one day with a 14-year-old",
     PUPIL | {"supervision": "one-person-often-alone"},
     OF_PUPIL - {"no-check-with-others/know"} | {"check-unlikely/know"}, NO_CHECK),
    ("often there, never alone, 15",
     {"youngest": 15, "year_groups": ("year-11",), "is_often": True}, OF_PUPIL, NO_CHECK),
    ("alone and often with a 16-year-old",
     {"supervision": "one-person-often-alone", "is_often": True}, NOTHING, NOTHING),
    ("alone and often with adults",
     ADULT | {"supervision": "one-person-often-alone", "is_often": True},
     NOTHING, PLAIN - {"insured/know"}),
    ("supervision not answered", {"supervision": ""}, {"supervision-not-said/do"}, NOTHING),
    # Pay, T Levels
    ("unpaid work in Year 12", {"is_paid": False}, {"minimum-wage/know"}, NOTHING),
    ("pay not known, adults", ADULT | {"is_paid": None},
     {"minimum-wage/know"}, PLAIN - {"insured/know"}),
    ("unpaid work in Year 10", PUPIL | {"is_paid": False}, OF_PUPIL, NO_CHECK),
    ("unpaid, once Year 11 has left",
     {"is_paid": False, "year_groups": ("year-11",), "first_day": dt.date(2027, 7, 5),
      "last_day": None}, {"minimum-wage/know"}, NOTHING),
    ("unpaid at 16 with no year group", {"is_paid": False, "year_groups": ()},
     {"minimum-wage/know", "year-groups-not-said/do"}, NOTHING),
    ("unpaid work in Year 12 with no day",
     {"is_paid": False, "first_day": None, "last_day": None}, {"minimum-wage/know"}, NOTHING),
    ("unpaid watching", {"is_paid": False, "experience": "shadowing"}, NOTHING, NOTHING),
    ("no fares", {"is_paid_expenses": False}, {"expenses-not-paid/know"}, NOTHING),
    ("a short T Level placement",
     {"experience": "t-level-placement", "days": 44, "last_day": dt.date(2027, 5, 28)},
     {"t-level-hours/know", "week-limit/know", "days-off/know"}, NOTHING),
    ("one day for a T Level, days unknown",
     {"experience": "t-level-placement", "days": None, "last_day": MONDAY},
     {"t-level-hours/know"}, {"rest-between-days/know"}),
    ("a whole T Level placement",
     {"experience": "t-level-placement", "days": 45, "last_day": dt.date(2027, 5, 28)},
     {"week-limit/know", "days-off/know"}, NOTHING),
]  # fmt: skip


def weighed(found: tuple[Outcome, ...]) -> set[str]:
    return {f"{outcome.slug}/{outcome.weight}" for outcome in found}


def one(found: tuple[Outcome, ...], slug: str) -> Outcome:
    return next(outcome for outcome in found if outcome.slug == slug)


@pytest.mark.parametrize(("changes", "more", "less"), [r[1:] for r in DECISIONS],
                         ids=[r[0] for r in DECISIONS])  # fmt: skip
def test_what_follows_from_the_facts(
    changes: dict[str, Any], more: set[str], less: set[str]
) -> None:
    assert weighed(outcomes(replace(WEEK, **changes), RULES)) == PLAIN - less | more


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts("talk", Tier.MEETING, 11, ("year-7",)), {"not-time-at-work/know"}),
        (Facts("project", Tier.MEETING, insurance="no"), {"not-time-at-work/know"}),
        (Facts("mock-interview", Tier.MEETING, hours_a_day=10, begins="20:00", ends="23:00",
               youngest=15), {"not-time-at-work/know"}),
        (Facts("mentoring", Tier.MEETING, 14), {"not-time-at-work/know", "staff-there/do"}),
        (Facts("mentoring", Tier.MEETING, 14, supervision="always-with-others"),
         {"not-time-at-work/know"}),
        (Facts("talk", Tier.MEETING, supervision="one-person-often-alone"),
         {"not-time-at-work/know", "staff-there/do"}),
        (Facts("online-presentation", Tier.ONLINE, 11, ("year-7",)), {"nobody-comes/know"}),
        (Facts("video", Tier.ONLINE), {"nobody-comes/know"}),
        (Facts("talk", Tier.MEETING, 12, ("year-10",)),
         {"not-time-at-work/know", "age-below-year-groups/do"}),
    ],
)  # fmt: skip
def test_outside_a_workplace_little_applies(facts: Facts, expected: set[str]) -> None:
    assert weighed(outcomes(facts, RULES)) == expected


def test_facts_not_yet_stated_are_asked_for_and_nothing_is_guessed() -> None:
    found = outcomes(Facts("placement", Tier.WORKPLACE), RULES)
    assert weighed(found) == {
        "year-groups-not-said/do",
        "age-not-said/do",
        "insurance-not-said/do",
    }
    assert all(outcome.is_unanswered for outcome in found)


def test_a_full_answer_waits_for_nothing() -> None:
    assert not any(outcome.is_unanswered for outcome in outcomes(WEEK, RULES))


@pytest.mark.parametrize(
    ("rule", "value", "changes", "slug"),
    [
        (Rule.HOURS_A_DAY, 6, {}, "too-many-hours-a-day"),
        (Rule.HOURS_A_WEEK, 30, {}, "too-many-hours-a-week"),
        (Rule.WEEKLY_REST, 3, {}, "too-few-days-off"),
        (Rule.NIGHT_BEGINS, 16, {}, "night-work"),
        (Rule.NIGHT_ENDS, 9.5, {}, "night-work"),
        (Rule.DAILY_REST, 17, {}, "too-little-rest"),
        (Rule.YOUNG, 21, ADULT | {"hours_a_day": 9}, "too-many-hours-a-day"),
        (Rule.YOUNGEST_YEAR, 13, {}, "too-young-for-work"),
        (Rule.THROUGH_SCHOOL, 17, {"year_groups": ()}, "through-school"),
        (Rule.BREAK, 4, {"hours_a_day": 4.5}, "rest-break"),
        (Rule.CONSENT, 20, ADULT, "consent-first"),
        (Rule.BARRED_UNDER_16, 17, {}, "no-check-with-others"),
        (Rule.BARRED_16_17, 14, PUPIL, "no-check-16-17"),
        (Rule.RISKS, 20, ADULT | {"risk_assessment": "not-yet"}, "review-risks"),
        (Rule.T_LEVEL, 36, {"experience": "t-level-placement"}, "t-level-hours"),
    ],
)
def test_another_number_in_the_data_is_another_outcome(
    rule: Rule, value: float, changes: dict[str, Any], slug: str
) -> None:
    facts = replace(WEEK, **changes)
    before = {outcome.slug for outcome in outcomes(facts, RULES)}
    changed = RULES | {rule.value: make_rule(rule.value, value)}
    if rule is Rule.T_LEVEL:
        assert slug in before
        assert f"at least {value:g}" in one(outcomes(facts, changed), slug).words
        return
    assert slug not in before
    assert slug in {outcome.slug for outcome in outcomes(facts, changed)}


def test_eight_hours_become_too_many_when_the_data_says_seven() -> None:
    facts = replace(WEEK, hours_a_day=8)
    seven = RULES | {Rule.HOURS_A_DAY.value: make_rule(Rule.HOURS_A_DAY, 7)}
    assert "too-many-hours-a-day/stop" not in weighed(outcomes(facts, RULES))
    found = one(outcomes(facts, seven), "too-many-hours-a-day")
    assert "8 hours a day" in found.words
    assert "7 at most" in found.words


def test_the_words_take_their_numbers_from_the_data() -> None:
    changed = RULES | {
        Rule.COVER.value: make_rule(Rule.COVER, 7_500_000),
        Rule.NIGHT_BEGINS.value: make_rule(Rule.NIGHT_BEGINS, 20.5),
        Rule.NIGHT_ENDS.value: make_rule(Rule.NIGHT_ENDS, 7),
    }
    found = outcomes(replace(WEEK, insurance="no", begins="14:00", ends="21:00"), changed)
    assert "at least £7.5 million" in one(found, "not-insured").words
    assert "between 8:30pm and 7am" in one(found, "night-work").words


# Everything that can be broken at once, so that every rule has something to say.
BROKEN = replace(
    WEEK, youngest=14, year_groups=("year-9", "year-12"), hours_a_day=9, days=6, last_day=SATURDAY,
    begins="09:00", ends="23:00", supervision="one-person-often-alone", is_often=True,
    insurance="no", risk_assessment="not-yet", hazards=("heat",), experience="t-level-placement",
    is_paid=False,
)  # fmt: skip


def named(found: tuple[Outcome, ...]) -> set[str]:
    return {rule for outcome in found for rule in outcome.rules}


def test_every_rule_has_something_to_say() -> None:
    assert named(outcomes(BROKEN, RULES)) == set(RULES)


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_that_starts_later_changes_nothing_before(rule: Rule) -> None:
    later = RULES | {rule.value: make_rule(rule, VALUES[rule], starts=MONDAY + dt.timedelta(1))}
    without = {slug: other for slug, other in RULES.items() if slug != rule}
    assert outcomes(BROKEN, later) == outcomes(BROKEN, without)
    assert rule not in named(outcomes(BROKEN, later))
    on_its_day = RULES | {rule.value: make_rule(rule, VALUES[rule], starts=MONDAY)}
    assert outcomes(BROKEN, on_its_day) == outcomes(BROKEN, RULES)


@pytest.mark.parametrize("rule", Rule)
def test_a_rule_that_ended_says_nothing(rule: Rule) -> None:
    ended = RULES | {rule.value: make_rule(rule, VALUES[rule], ends=MONDAY - dt.timedelta(1))}
    assert rule not in named(outcomes(BROKEN, ended))
    last_day = RULES | {rule.value: make_rule(rule, VALUES[rule], ends=MONDAY)}
    assert outcomes(BROKEN, last_day) == outcomes(BROKEN, RULES)


@pytest.mark.parametrize("rule", [rule for rule, value in VALUES.items() if value is not None])
def test_a_rule_without_its_number_stops_nobody(rule: Rule) -> None:
    unknown = RULES | {rule.value: make_rule(rule, None)}
    stops = {o.slug for o in outcomes(BROKEN, RULES) if o.weight is Weight.STOP and rule in o.rules}
    left = {o.slug for o in outcomes(BROKEN, unknown) if o.weight is Weight.STOP}
    assert not stops & left


def test_where_the_day_is_not_known_the_rules_handed_over_count() -> None:
    facts = replace(WEEK, first_day=None, last_day=None, hours_a_day=9)
    later = RULES | {Rule.HOURS_A_DAY.value: make_rule(Rule.HOURS_A_DAY, 8, starts=FRIDAY)}
    assert "too-many-hours-a-day/stop" in weighed(outcomes(facts, rules_on(later, FRIDAY)))
    assert "too-many-hours-a-day/stop" not in weighed(outcomes(facts, rules_on(later, MONDAY)))


def test_with_no_rules_nothing_is_said_of_the_law() -> None:
    found = outcomes(BROKEN, {})
    assert not any(outcome.rules for outcome in found)
    assert not any(outcome.weight is Weight.STOP for outcome in found)


def test_what_has_to_change_names_its_question() -> None:
    found = outcomes(BROKEN, RULES)
    questions = {o.slug: o.question for o in found if o.weight is Weight.STOP}
    assert questions == {
        "too-young-for-work": "year_groups",
        "too-many-hours-a-day": "hours_a_day",
        "too-many-hours-a-week": "days",
        "too-few-days-off": "days",
        "night-work": "ends",
        "too-little-rest": "ends",
        "not-insured": "insurance",
    }


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"begins": "05:00"}, "begins"),
        ({"ends": "23:00"}, "ends"),
        ({"begins": "", "ends": "23:00"}, "ends"),
    ],
)
def test_night_work_points_at_the_time_to_change(changes: dict[str, Any], question: str) -> None:
    found = outcomes(replace(WEEK, **changes), RULES)
    assert one(found, "night-work").question == question


def test_too_young_points_at_the_age_where_no_year_group_is_chosen() -> None:
    found = outcomes(replace(WEEK, youngest=13, year_groups=()), RULES)
    assert one(found, "too-young-for-work").question == "min_age"
    assert one(found, "too-young-for-work").words.startswith("Work experience begins in Year 10.")


def test_a_danger_is_further_from_pupils_than_from_those_who_left() -> None:
    pupil = outcomes(replace(WEEK, **PUPIL, hazards=("heat",)), RULES)
    older = outcomes(replace(WEEK, hazards=("heat",)), RULES)
    assert "under school leaving age do no work" in one(pupil, "hazard-heat").words
    assert "only for training" in one(older, "hazard-heat").words


def test_a_16_year_old_in_year_11_is_still_a_pupil() -> None:
    found = outcomes(replace(WEEK, year_groups=("year-11",), hazards=("heat",)), RULES)
    assert "under school leaving age do no work" in one(found, "hazard-heat").words


def test_a_danger_ticked_twice_is_said_once() -> None:
    found = outcomes(replace(WEEK, hazards=("heat", "heat")), RULES)
    assert [outcome.slug for outcome in found].count("hazard-heat") == 1


def test_a_video_is_not_said_to_have_a_teacher_beside_it() -> None:
    video = one(outcomes(Facts("video", Tier.ONLINE), RULES), "nobody-comes")
    online = one(outcomes(Facts("online-presentation", Tier.ONLINE), RULES), "nobody-comes")
    assert "teacher" not in video.words
    assert "teacher" in online.words


def test_the_question_to_an_insurer_says_for_how_long() -> None:
    found = one(outcomes(replace(WEEK, insurance="unsure"), RULES), "ask-insurer")
    assert "a student here on work experience for 5 days. Does" in found.words
    unknown = replace(WEEK, insurance="unsure", days=None)
    assert "on work experience. Does" in one(outcomes(unknown, RULES), "ask-insurer").words


def test_the_words_follow_the_house() -> None:
    for slug, said in SAID.items():
        assert not set("'\"") & set(said.words), slug
        assert "must" not in said.words.lower(), slug
        assert not set(string.digits) & set(said.words), f"{slug}: numbers come from the rules"


def test_the_rules_of_content_hold_every_rule_that_is_looked_at() -> None:
    rules = read_library(CONTENT).work_rules
    assert set(Rule) - set(rules) == set()
    numbered = {rule for rule, value in VALUES.items() if value is not None}
    assert [rule for rule in numbered if rules[rule].fields.value is None] == []


def test_the_answers_and_year_groups_of_content_are_known_here() -> None:
    library = read_library(CONTENT)
    assert {"visit", "shadowing", "mentoring", "video", "t-level-placement"} <= set(
        library.experiences
    )
    for slug, item in library.year_groups.items():
        found = outcomes(replace(WEEK, youngest=item.fields.youngest, year_groups=(slug,)), RULES)
        assert not {o.slug for o in found} & {"age-below-year-groups", "age-above-year-groups"}


def test_the_real_rules_stop_what_the_law_stops() -> None:
    rules = {slug: item.fields for slug, item in read_library(CONTENT).work_rules.items()}
    stops = {o.slug for o in outcomes(BROKEN, rules) if o.weight is Weight.STOP}
    assert stops == {o.slug for o in outcomes(BROKEN, RULES) if o.weight is Weight.STOP}


ANY_DAY = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2040, 1, 1))
ANY_CLOCK = st.sampled_from(["", "00:00", "05:59", "09:00", "22:01", "24:00", "9"]) | st.text()
ANY_FACTS = st.builds(
    Facts,
    experience=st.sampled_from(["visit", "shadowing", "placement", "t-level-placement", "video",
                                "mentoring"]) | st.text(),
    tier=st.sampled_from(Tier),
    youngest=st.none() | st.integers(),
    year_groups=st.lists(
        st.sampled_from([f"year-{n}" for n in range(16)] + ["left-school", "adult", "year-x"])
        | st.text()
    ).map(tuple),
    first_day=ANY_DAY,
    last_day=ANY_DAY,
    days=st.none() | st.integers(),
    hours_a_day=st.none() | st.floats() | st.floats(0, 24),
    begins=ANY_CLOCK,
    ends=ANY_CLOCK,
    supervision=st.sampled_from(["", *SUPERVISION]) | st.text(),
    is_often=st.booleans(),
    insurance=st.sampled_from(["", *INSURANCE]) | st.text(),
    risk_assessment=st.sampled_from(["", "reviewed", "not-yet"]) | st.text(),
    hazards=st.lists(st.sampled_from(sorted(HAZARDS)) | st.text()).map(tuple),
    is_paid=st.none() | st.booleans(),
    is_paid_expenses=st.none() | st.booleans(),
)  # fmt: skip
SOME_RULES = st.sets(st.sampled_from(sorted(RULES))).map(
    lambda slugs: {slug: RULES[slug] for slug in slugs}
)
WEIGHTS = list(Weight)


@given(ANY_FACTS, SOME_RULES)
@example(BROKEN, RULES)
def test_any_facts_have_an_answer_and_what_stands_in_the_way_comes_first(
    facts: Facts, rules: dict[str, WorkRule]
) -> None:
    found = outcomes(facts, rules)
    assert found == outcomes(facts, dict(reversed(rules.items())))
    order = [WEIGHTS.index(outcome.weight) for outcome in found]
    assert order == sorted(order)
    slugs = [outcome.slug for outcome in found]
    assert len(slugs) == len(set(slugs))
    for outcome in found:
        assert set(outcome.rules) <= set(rules)
        assert not set("{}") & set(outcome.words)
        assert outcome.words[0].isupper()
        assert "  " not in outcome.words


def test_weights_are_in_the_order_in_which_they_are_shown() -> None:
    assert WEIGHTS == [Weight.STOP, Weight.DO, Weight.KNOW]


# Ages.


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (dt.date(2011, 3, 1), dt.date(2027, 2, 28), 15),
        (dt.date(2011, 3, 1), dt.date(2027, 3, 1), 16),
        (dt.date(2012, 2, 29), dt.date(2027, 2, 28), 14),
        (dt.date(2012, 2, 29), dt.date(2027, 3, 1), 15),
        (dt.date(2012, 2, 29), dt.date(2028, 2, 28), 15),
        (dt.date(2012, 2, 29), dt.date(2028, 2, 29), 16),
        (dt.date(2084, 2, 29), dt.date(2100, 2, 28), 15),
        (dt.date(2084, 2, 29), dt.date(2100, 3, 1), 16),
        (dt.date(2011, 2, 28), dt.date(2028, 2, 28), 17),
        (dt.date(2010, 12, 31), dt.date(2027, 1, 1), 16),
        (dt.date(2027, 3, 1), dt.date(2027, 3, 1), 0),
    ],
)
def test_age_is_counted_in_whole_years(born: dt.date, day: dt.date, age: int) -> None:
    assert age_on(born, day) == age


@pytest.mark.parametrize("of", [age_on, year_group_of, is_compulsory_school_age])
def test_nobody_has_an_age_before_they_are_born(of: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="has no age"):
        of(dt.date(2027, 3, 2), dt.date(2027, 3, 1))


BIRTHS = st.dates(dt.date(1930, 1, 1), dt.date(2090, 12, 31)) | st.sampled_from(
    [dt.date(year, 2, 29) for year in range(1932, 2088, 4)]
)


def birthday(born: dt.date, year: int) -> dt.date:
    """The day in a year from which a new age counts."""
    try:
        return born.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


@given(BIRTHS, st.integers(1, 100))
def test_each_birthday_is_one_more_year(born: dt.date, years: int) -> None:
    day = birthday(born, born.year + years)
    assert age_on(born, day) == years
    assert age_on(born, day - dt.timedelta(days=1)) == years - 1


@given(BIRTHS, st.integers(0, 40_000), st.integers(0, 800))
def test_age_never_decreases(born: dt.date, before: int, more: int) -> None:
    day = born + dt.timedelta(days=before)
    assert age_on(born, day) <= age_on(born, day + dt.timedelta(days=more))


@pytest.mark.parametrize(
    ("year", "day"),
    [
        ("2023-24", dt.date(2024, 6, 28)),
        ("2024-25", dt.date(2025, 6, 27)),
        ("2025-26", dt.date(2026, 6, 26)),
        ("2026-27", dt.date(2027, 6, 25)),
        ("2027-28", dt.date(2028, 6, 30)),
    ],
)
def test_people_may_leave_on_the_last_friday_in_june(year: str, day: dt.date) -> None:
    assert leaving_day(AcademicYear.parse(year)) == day


@given(st.integers(1950, 2150))
def test_the_leaving_day_is_a_friday_with_no_other_after_it_in_june(begins: int) -> None:
    day = leaving_day(AcademicYear(begins))
    assert (day.year, day.month, day.isoweekday()) == (begins + 1, 6, 5)
    assert (day + dt.timedelta(days=7)).month == 7


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (dt.date(2010, 9, 1), dt.date(2027, 6, 25)),  # the oldest of their year
        (dt.date(2011, 6, 25), dt.date(2027, 6, 25)),  # turns 16 on the day itself
        (dt.date(2011, 8, 31), dt.date(2027, 6, 25)),  # leaves at 15, before the birthday
        (dt.date(2011, 9, 1), dt.date(2028, 6, 30)),  # a day younger, a year later
        (dt.date(2012, 2, 29), dt.date(2028, 6, 30)),
        (dt.date(2084, 2, 29), dt.date(2100, 6, 25)),
    ],
)
def test_school_is_compulsory_until_the_end_of_the_leaving_day(
    born: dt.date, last: dt.date
) -> None:
    assert is_compulsory_school_age(born, last)
    assert not is_compulsory_school_age(born, last + dt.timedelta(days=1))


@given(BIRTHS)
def test_nobody_under_15_has_left_and_nobody_at_17_has_to_stay(born: dt.date) -> None:
    assert is_compulsory_school_age(born, birthday(born, born.year + 15))
    assert not is_compulsory_school_age(born, birthday(born, born.year + 17))


@pytest.mark.parametrize(
    ("born", "day", "year_group"),
    [
        (dt.date(2011, 9, 1), dt.date(2026, 9, 1), 10),
        (dt.date(2011, 8, 31), dt.date(2026, 9, 1), 11),
        (dt.date(2011, 8, 31), dt.date(2026, 8, 31), 10),
        (dt.date(2012, 2, 29), dt.date(2027, 3, 1), 10),
        (dt.date(2014, 12, 25), dt.date(2026, 11, 22), 7),
        (dt.date(2008, 9, 1), dt.date(2027, 8, 31), 13),
        (dt.date(2008, 9, 1), dt.date(2027, 9, 1), None),
        (dt.date(2021, 9, 1), dt.date(2026, 9, 1), None),
        (dt.date(2020, 9, 1), dt.date(2026, 9, 1), 1),
        (dt.date(2026, 9, 1), dt.date(2026, 9, 1), None),
    ],
)
def test_school_years_change_on_the_first_of_september(
    born: dt.date, day: dt.date, year_group: int | None
) -> None:
    assert year_group_of(born, day) == year_group


@given(BIRTHS, st.integers(5 * 365, 19 * 365))
def test_a_school_year_has_two_ages(born: dt.date, days: int) -> None:
    day = born + dt.timedelta(days=days)
    found = year_group_of(born, day)
    if found is not None:
        assert age_on(born, day) in {found + 4, found + 5}
        assert found < 12 or not is_compulsory_school_age(born, day)
        assert found > 10 or is_compulsory_school_age(born, day)


# Weeks and words.


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 60), st.data())
def test_the_fullest_week_of_any_plan_lies_between_its_bounds(
    first: dt.date, length: int, data: st.DataObject
) -> None:
    every = [first + dt.timedelta(days=n) for n in range(length + 1)]
    weeks = days_of_weeks(first, every[-1])
    assert sum(weeks) == len(every)
    chosen = data.draw(st.sets(st.sampled_from(every), min_size=1))
    least, most = fullest_week(weeks, len(chosen))
    mondays = [day - dt.timedelta(days=day.weekday()) for day in chosen]
    assert least <= max(map(mondays.count, mondays)) <= most


@pytest.mark.parametrize(
    ("first", "last"), [(None, MONDAY), (MONDAY, None), (FRIDAY, MONDAY), (None, None)]
)
def test_there_are_no_weeks_without_two_days_in_order(
    first: dt.date | None, last: dt.date | None
) -> None:
    assert days_of_weeks(first, last) == ()


@pytest.mark.parametrize(
    ("hours", "words"),
    [(22, "10pm"), (6, "6am"), (22.5, "10:30pm"), (0, "12am"), (12, "12pm"), (13.25, "1:15pm")],
)
def test_hours_are_said_as_people_say_them(hours: float, words: str) -> None:
    assert clock_words(hours) == words


@pytest.mark.parametrize(
    ("years", "words"),
    [((9,), "Year 9"), ((7, 8), "Years 7 and 8"), ((7, 8, 9), "Years 7, 8 and 9")],
)
def test_school_years_are_said_as_people_say_them(years: tuple[int, ...], words: str) -> None:
    assert years_words(years) == words
