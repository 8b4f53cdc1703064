"""What follows from the facts that an employer states of an offer, in plain words.

Every number comes from the rules in ``content/work_rules.toml``: one that is not in force on the
day, or holds no number where one is needed, says nothing. So does a fact that is not known, unless
it is that it is still to be told. This is pure: facts and rules in, words out.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple

from portal.content.formats import WorkRule
from portal.placements.ages import (
    DAYS_IN_WEEK,
    Comers,
    Times,
    clock_words,
    fullest_week,
    oldest_in,
    years_words,
    youngest_in,
)
from portal.taxonomy import Tier


class Weight(StrEnum):
    """What an outcome asks of the employer, what stands in the way first."""

    STOP = "stop"
    DO = "do"
    KNOW = "know"


class Rule(StrEnum):
    """The rules of content that are looked at here."""

    THROUGH_SCHOOL = "under-16-through-school"
    YOUNGEST_YEAR = "youngest-year-group"
    YOUNG = "young-under"
    HOURS_A_DAY = "young-hours-a-day"
    HOURS_A_WEEK = "young-hours-a-week"
    NIGHT_BEGINS = "young-night-begins"
    NIGHT_ENDS = "young-night-ends"
    BREAK = "young-rest-break"
    DAILY_REST = "young-daily-rest"
    WEEKLY_REST = "young-weekly-rest"
    COVER = "liability-cover"
    STUDENT_COUNTS = "liability-student-counts"
    RISKS = "risk-assessment-young"
    TOO_DANGEROUS = "prohibited-work"
    BARRED_UNDER_16 = "barred-list-under-16"
    BARRED_FREQUENT = "barred-list-frequent"
    BARRED_16_17 = "barred-list-16-17"
    CONSENT = "consent-below"
    T_LEVEL = "t-level-hours"
    MINIMUM_WAGE = "minimum-wage-students"


@dataclass(frozen=True)
class Facts:
    """What is known of an offer so far; None, an empty text or an empty tuple is not known.

    ``youngest`` is the least age on the day, ``days`` all days of one time, ``begins`` and ``ends``
    are clock times such as 09:30. ``is_often``: the same person looks after them on as many days
    as guidance calls frequent.
    """

    experience: str
    tier: Tier
    youngest: int | None = None
    year_groups: tuple[str, ...] = ()
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    days: int | None = None
    hours_a_day: float | None = None
    begins: str = ""
    ends: str = ""
    supervision: str = ""
    is_often: bool = False
    insurance: str = ""
    risk_assessment: str = ""
    hazards: tuple[str, ...] = ()
    is_paid: bool | None = None
    is_paid_expenses: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """One thing that follows; ``question`` is the one of the form that it is about."""

    slug: str
    weight: Weight
    words: str
    rules: tuple[str, ...]
    question: str
    is_unanswered: bool = False


HAZARDS: Mapping[str, str] = MappingProxyType({
    "machines": "Say on the first morning which machines and sharp tools are out of bounds.",
    "heat": "Keep them back from great heat and cold, such as kilns, ovens and freezers.",
    "noise": "Keep loud jobs and shaking tools away from them. Have ear protection that fits.",
    "chemicals": "Choose tasks without harmful chemicals, fumes or dust.",
    "radiation": "Keep them out of places where there is radiation.",
    "heights": "Plan tasks that keep both feet on the ground: no ladders, no roofs.",
    "driving": "Keep them clear of vehicles. If they travel with you, tell the school and insurer.",
    "lifting": "Give them light loads: somebody still growing cannot lift what you can.",
    "people-at-risk": "Have staff beside them when they are with people who are ill or need care.",
})  # fmt: skip
# They watch and try small, safe things. Section 560 is about taking part in the work itself.
WATCHING = frozenset({"visit", "shadowing"})
WITH_OTHERS = "always-with-others"
# What each answer leads to.
SUPERVISION = MappingProxyType({
    WITH_OTHERS: "no-check-with-others",
    "one-person-often-alone": "check-possible",
    "one-person-sometimes-alone": "check-school-decides",
})  # fmt: skip
INSURANCE = MappingProxyType({
    "yes": "insured", "no": "not-insured", "unsure": "ask-insurer", "not-needed": "cover-likely",
})  # fmt: skip
ALONE = SUPERVISION.keys() - {WITH_OTHERS}
MILLION = 1_000_000
STOP, DO, KNOW = Weight


class _Said(NamedTuple):
    """What an outcome weighs, the question it is about, the rules it stands on, and its words."""

    weight: Weight
    question: str
    rules: tuple[Rule, ...]
    words: str


SAID: Mapping[str, _Said] = MappingProxyType({
    "too-young-for-work": _Said(STOP, "year_groups", (Rule.YOUNGEST_YEAR,),
        "Work experience begins in Year {first:g}. {who} can come on a visit or a shadowing day, "
        "or meet you at school. Change who can come, or offer one of those."),
    "younger-pupils-watch": _Said(KNOW, "experience", (Rule.YOUNGEST_YEAR,),
        "{who} can come to look round, watch and ask. They do not do your work: the law on work "
        "experience is about taking part. Keep any task small and safe."),
    "too-many-hours-a-day": _Said(STOP, "hours_a_day", (Rule.YOUNG, Rule.HOURS_A_DAY),
        "You wrote {hours} a day. People under {age:g} have {most:g} at most, and breaks do not "
        "count. Make the day shorter."),
    "rest-break": _Said(KNOW, "hours_a_day", (Rule.YOUNG, Rule.BREAK), "{says} Plan it in."),
    "too-many-hours-a-week": _Said(STOP, "days", (Rule.YOUNG, Rule.HOURS_A_WEEK),
        "Your days and hours make {hours} in one week. People under {age:g} have {most:g} at most. "
        "Take a day off, or make the days shorter."),
    "week-limit": _Said(KNOW, "days", (Rule.YOUNG, Rule.HOURS_A_WEEK),
        "{says} Spread the days so that no week is longer."),
    "too-few-days-off": _Said(STOP, "days", (Rule.YOUNG, Rule.WEEKLY_REST),
        "Your plan has {days} in one week.{says} Take a day off your plan."),
    "days-off": _Said(KNOW, "days", (Rule.YOUNG, Rule.WEEKLY_REST),
        "{says} Choose the days with that in mind."),
    "night-work": _Said(STOP, "begins", (Rule.YOUNG, Rule.NIGHT_BEGINS, Rule.NIGHT_ENDS),
        "People under {age:g} are not there between {night} and {morning}. Change the times, or "
        "offer this only to people who are older."),
    "too-little-rest": _Said(STOP, "ends", (Rule.YOUNG, Rule.DAILY_REST),
        "{says} Your days are too long for that: begin later, or end sooner."),
    "rest-between-days": _Said(KNOW, "ends", (Rule.YOUNG, Rule.DAILY_REST), "{says}"),
    "not-insured": _Said(STOP, "insurance", (Rule.COVER, Rule.STUDENT_COUNTS),
        "Employers’ liability insurance comes first, for at least {cover}.{counts} Ask an insurer "
        "or a broker for a price. Until then you can offer a talk or a video."),
    "ask-insurer": _Said(DO, "insurance", (Rule.COVER, Rule.STUDENT_COUNTS),
        "Ask your insurer before you publish: “We want to have a student here on work "
        "experience{length}. Does our employers’ liability policy cover them as an employee, for "
        "at least {cover}?”{counts}"),
    "cover-likely": _Said(DO, "insurance", (Rule.COVER, Rule.STUDENT_COUNTS),
        "You may need no cover for yourself and still need it for a student.{counts} Ask an "
        "insurer before you publish. If you are a public body that is exempt, tell the school so."),
    "ask-about-visitors": _Said(DO, "insurance", (),
        "Visitors who only look round are not your employees. Ask your insurer whether your public "
        "liability policy covers a group of visitors."),
    "insured": _Said(KNOW, "insurance", (Rule.COVER, Rule.STUDENT_COUNTS),
        "Check that your policy covers at least {cover}, and add the certificate to your "
        "evidence.{counts}"),
    "age-below-year-groups": _Said(DO, "min_age", (),
        "The youngest in the year groups you chose are usually {usual}, and you wrote {age}. "
        "Change the age, or choose a lower year group."),
    "age-above-year-groups": _Said(DO, "min_age", (),
        "People in {who} are usually younger than {age}, so they could not come. Lower the age, "
        "or take the year group off."),
    "review-risks": _Said(DO, "risk_assessment", (Rule.RISKS,),
        "Look again at the risk assessment you have, with somebody in mind who is new, does not "
        "see danger and wants to please. Where will they be? Which machines and materials are "
        "there? What will they lift? Who shows them how? You need no separate one."),
    "tell-parents-risks": _Said(KNOW, "risk_assessment", (Rule.RISKS,),
        "Tell the school the main risks and what you do about them. It tells the parents and "
        "carers of pupils under school leaving age before the first day."),
    "hazard-other": _Said(DO, "hazards", (Rule.RISKS,),
        "Write down what keeps somebody young safe from the other dangers that you named."),
    **{
        f"hazard-{slug}": _Said(DO, "hazards", (Rule.RISKS, Rule.TOO_DANGEROUS), f"{words}{{care}}")
        for slug, words in HAZARDS.items()
    },
    "no-check-with-others": _Said(KNOW, "supervision", (Rule.BARRED_UNDER_16,),
        "Barred-list checks are for people who are alone with somebody under {age:g}. While others "
        "are always there, the school is not likely to ask you about one."),
    "check-unlikely": _Said(KNOW, "supervision", (Rule.BARRED_UNDER_16, Rule.BARRED_FREQUENT),
        "One person may be alone with somebody under {age:g}, but not often, so a barred-list "
        "check is not likely.{often} The school decides."),
    "check-school-decides": _Said(KNOW, "supervision", (Rule.BARRED_UNDER_16, Rule.BARRED_FREQUENT),
        "The school looks at how often, and how closely, one person looks after somebody under "
        "{age:g} alone. It may ask you about a barred-list check.{often}"),
    "check-possible": _Said(DO, "supervision", (Rule.BARRED_UNDER_16, Rule.BARRED_FREQUENT),
        "One person is often alone with somebody under {age:g}. The school may ask you to make "
        "sure that they are not barred from work with children.{often} Talk to the school now, or "
        "have a second person there."),
    "no-check-16-17": _Said(KNOW, "supervision", (Rule.BARRED_16_17,), "{says}"),
    "through-school": _Said(KNOW, "year_groups", (Rule.THROUGH_SCHOOL,),
        "For pupils under school leaving age, the school arranges it, or somebody acting for the "
        "school. Here, requests reach you only through advisers: you have nothing more to do."),
    "consent-first": _Said(KNOW, "min_age", (Rule.CONSENT,),
        "A parent or carer agrees before anybody under {age:g} is booked. We ask them: you have "
        "nothing to do."),
    "t-level-hours": _Said(KNOW, "days", (Rule.T_LEVEL,),
        "Your days and hours make {hours}, and a T Level placement lasts at least {least:g}. Add "
        "days, or ask the college whether another employer can give the rest."),
    "minimum-wage": _Said(KNOW, "expenses", (Rule.MINIMUM_WAGE,),
        "{says} If you are not sure, ask the school or college, or Acas."),
    "expenses-not-paid": _Said(KNOW, "expenses", (),
        "Some young people cannot pay the fare. If you can pay fares or lunch, say so."),
    "nobody-comes": _Said(KNOW, "experience", (),
        "Nobody comes to your workplace, so the rules on hours, nights, risks and employers’ "
        "insurance do not apply.{there}"),
    "not-time-at-work": _Said(KNOW, "experience", (),
        "This is not time at work, so the rules on hours, nights and rest do not apply. A teacher "
        "or adviser is with the young people. If they are to work beside you, offer a placement."),
    "staff-there": _Said(DO, "supervision", (),
        "Agree with the school that a member of its staff is in the room or on the call. You do "
        "not meet young people alone."),
    "year-groups-not-said": _Said(DO, "year_groups", (), "Choose who can come."),
    "age-not-said": _Said(DO, "min_age", (), "Say how old somebody is at least on the first day."),
    "hours-not-said": _Said(DO, "hours_a_day", (), "Say how many hours a day, without breaks."),
    "insurance-not-said": _Said(DO, "insurance", (), "Say whether you are insured as an employer."),
    "supervision-not-said": _Said(DO, "supervision", (), "Say who is with the young person."),
    "risks-not-said": _Said(DO, "risk_assessment", (), "Say whether you looked at your risks."),
})  # fmt: skip


def rules_on(rules: Mapping[str, WorkRule], day: dt.date) -> Mapping[str, WorkRule]:
    """The rules that are in force on a day, the newest of those that continue each other."""
    begun = [rule for rule in rules.values() if rule.starts <= day]
    held = (rule for rule in begun if rule.ends is None or day <= rule.ends)
    return {rule.rule or rule.slug: rule for rule in sorted(held, key=lambda held: held.starts)}


def outcomes(facts: Facts, rules: Mapping[str, WorkRule]) -> tuple[Outcome, ...]:
    """All that follows from the facts: what stands in the way, what to do, what is good to know.

    Rules that are not in force on the first day are left out, where that day is known. Where it
    is not, hand over those of today: ``rules_on(rules, today())``.
    """
    day = facts.first_day
    case = _Case(facts, rules if day is None else rules_on(rules, day))
    checks = IN_WORKPLACES if facts.tier is Tier.WORKPLACE else ELSEWHERE
    found = [outcome for check in checks for outcome in check(case)]
    return tuple(sorted(found, key=lambda outcome: ORDER[outcome.weight]))


@dataclass(frozen=True)
class _Case:
    """The facts as the checks ask for them; what cannot be so counts as not known."""

    facts: Facts
    rules: Mapping[str, WorkRule]

    def value(self, rule: Rule) -> float | None:
        """The number of a rule in force."""
        return self.rules[rule].value if rule in self.rules else None

    @cached_property
    def young(self) -> float | None:
        """The age below which somebody counts as young, if such people may come."""
        return self.value(Rule.YOUNG) if self.is_below(Rule.YOUNG) else None

    def says(self, rule: Rule) -> str:
        """The words of a rule in force, after a space; nothing of one that is not."""
        return f" {self.rules[rule].says}" if rule in self.rules else ""

    def is_below(self, rule: Rule) -> bool:
        """Whether somebody may come who is younger than a rule’s age."""
        age, least = self.value(rule), self.comers.least_age
        return age is not None and least is not None and least < age

    def tell(self, slug: str, question: str = "", **words: object) -> Outcome:
        """An outcome in its words, with those of its rules that are in force."""
        said = SAID[slug]
        rules = tuple(rule.value for rule in said.rules if rule in self.rules)
        text, about = said.words.format(**words).strip(), question or said.question
        return Outcome(slug, said.weight, text, rules, about, slug in UNANSWERED)

    @cached_property
    def comers(self) -> Comers:
        """Who may come."""
        return Comers(self.facts.youngest, self.facts.year_groups, self.facts.first_day)

    @cached_property
    def has_pupils(self) -> bool:
        """Whether somebody may come who has not reached school leaving age."""
        age = self.value(Rule.THROUGH_SCHOOL)
        return age is not None and self.comers.has_pupils(age)

    @cached_property
    def times(self) -> Times:
        """When it is."""
        facts = self.facts
        dates = (facts.first_day, facts.last_day, facts.days)
        return Times(*dates, facts.hours_a_day, facts.begins, facts.ends)


def _pounds(amount: float) -> str:
    """An amount of money, such as £5 million."""
    return f"£{amount / MILLION:g} million" if amount >= MILLION else f"£{amount:,.0f}"


def _counted(number: float, word: str) -> str:
    """A number of something, such as 1 day or 7.5 hours."""
    return f"{round(number, 2):g} {word}{'' if number == 1 else 's'}"


def _old_enough(case: _Case) -> Iterator[Outcome]:
    """Taking part in the work begins with a school year; watching is something else."""
    first, age = case.value(Rule.YOUNGEST_YEAR), case.comers.least_age
    if first is None:
        return
    below = tuple(year for year in case.comers.years if year < first)
    is_by_age = not case.facts.year_groups and age is not None and age < youngest_in(int(first))
    if not below and not is_by_age:
        return
    who = years_words(below) if below else f"Pupils below Year {first:g}"
    slug = "younger-pupils-watch" if case.facts.experience in WATCHING else "too-young-for-work"
    yield case.tell(slug, "" if below else "min_age", first=first, who=who)


def _day_length(case: _Case) -> Iterator[Outcome]:
    """Hours a day, and the break in them."""
    hours, most, without = case.times.hours, case.value(Rule.HOURS_A_DAY), case.value(Rule.BREAK)
    if hours is None or case.young is None:
        return
    if most is not None and hours > most:
        words = _counted(hours, "hour")
        yield case.tell("too-many-hours-a-day", hours=words, age=case.young, most=most)
    if without is not None and hours > without:
        yield case.tell("rest-break", says=case.says(Rule.BREAK))


def _week_length(case: _Case) -> Iterator[Outcome]:
    """Hours and days off in a week: too many for certain, or only if the days lie together."""
    days = case.times.days
    if days is None or case.young is None:
        return
    surely, perhaps = fullest_week(case.times.weeks, days)
    most, off, hours = case.value(Rule.HOURS_A_WEEK), case.value(Rule.WEEKLY_REST), case.times.hours
    if most is not None and hours is not None and surely * hours > most:
        words = _counted(surely * hours, "hour")
        yield case.tell("too-many-hours-a-week", hours=words, age=case.young, most=most)
    elif most is not None and hours is not None and perhaps * hours > most:
        yield case.tell("week-limit", says=case.says(Rule.HOURS_A_WEEK))
    says = case.says(Rule.WEEKLY_REST)
    if off is not None and surely > DAYS_IN_WEEK - off:
        yield case.tell("too-few-days-off", days=_counted(surely, "day"), says=says)
    elif off is not None and perhaps > DAYS_IN_WEEK - off:
        yield case.tell("days-off", says=says)


def _nights(case: _Case) -> Iterator[Outcome]:
    """Nobody young is there at night."""
    night, morning = case.value(Rule.NIGHT_BEGINS), case.value(Rule.NIGHT_ENDS)
    if night is None or morning is None or case.young is None:
        return
    if not case.times.is_at_night(night, morning):
        return
    question = "begins" if case.times.begins_at_night(night, morning) else "ends"
    words = {"night": clock_words(night), "morning": clock_words(morning)}
    yield case.tell("night-work", question, age=case.young, **words)


def _rest_between(case: _Case) -> Iterator[Outcome]:
    """Hours off between one day and the next."""
    least = case.value(Rule.DAILY_REST)
    if least is None or case.young is None or case.times.days in {None, 1}:
        return
    is_short = case.times.off is not None and case.times.off < least
    slug = "too-little-rest" if is_short else "rest-between-days"
    yield case.tell(slug, says=case.says(Rule.DAILY_REST))


def _insured(case: _Case) -> Iterator[Outcome]:
    """Cover for somebody who counts as an employee."""
    cover, answer = case.value(Rule.COVER), case.facts.insurance
    if cover is None or answer not in INSURANCE:
        return
    slug = INSURANCE[answer]
    if answer == "not-needed" and case.facts.experience == "visit":
        slug = "ask-about-visitors"
    length = f" for {_counted(case.times.days, 'day')}" if case.times.days else ""
    counts = case.says(Rule.STUDENT_COUNTS)
    yield case.tell(slug, cover=_pounds(cover), length=length, counts=counts)


def _ages_fit(case: _Case) -> Iterator[Outcome]:
    """The least age and the year groups belong together."""
    age, usual = case.facts.youngest, case.comers.least_by_year
    if age is None:
        return
    if usual is not None and age < usual:
        yield case.tell("age-below-year-groups", usual=usual, age=age)
    younger = tuple(year for year in case.comers.years if oldest_in(year) < age)
    if younger:
        yield case.tell("age-above-year-groups", who=years_words(younger), age=age)


def _risks(case: _Case) -> Iterator[Outcome]:
    """The risk assessment, looked at again for somebody young, and each danger that was ticked."""
    if not case.is_below(Rule.RISKS):
        return
    if case.facts.risk_assessment == "not-yet":
        yield case.tell("review-risks")
    if case.has_pupils:
        yield case.tell("tell-parents-risks")
    for slug in dict.fromkeys(case.facts.hazards):
        if slug in HAZARDS:
            yield case.tell(f"hazard-{slug}", care=_care(case))
    if set(case.facts.hazards) - set(HAZARDS):
        yield case.tell("hazard-other")


def _care(case: _Case) -> str:
    """How near somebody young may come while a serious risk remains."""
    if Rule.TOO_DANGEROUS not in case.rules:
        return ""
    if case.has_pupils or case.is_below(Rule.TOO_DANGEROUS):
        return " Pupils under school leaving age do no work where a serious risk remains."
    return " Where a serious risk remains: only for training, with a skilled person beside them."


def _checks_of_people(case: _Case) -> Iterator[Outcome]:
    """What a school may ask about whoever looks after somebody, and what it cannot ask."""
    age, least = case.value(Rule.BARRED_16_17), case.comers.least_age
    if age is not None and least is not None and case.young is not None:
        is_older = any(youngest_in(year) >= age for year in case.comers.years)
        if least >= age or is_older or case.comers.after_school:
            yield case.tell("no-check-16-17", says=case.says(Rule.BARRED_16_17))
    facts = case.facts
    if not case.is_below(Rule.BARRED_UNDER_16) or facts.supervision not in SUPERVISION:
        return
    slug = SUPERVISION[facts.supervision]
    if facts.supervision in ALONE and not facts.is_often:
        slug = "check-unlikely"
    age = case.value(Rule.BARRED_UNDER_16)
    yield case.tell(slug, age=age, often=case.says(Rule.BARRED_FREQUENT))


def _good_to_know(case: _Case) -> Iterator[Outcome]:
    """Who arranges it, who agrees, and how long a T Level placement is."""
    if case.has_pupils:
        yield case.tell("through-school")
    if case.is_below(Rule.CONSENT):
        yield case.tell("consent-first", age=case.value(Rule.CONSENT))
    least = case.value(Rule.T_LEVEL)
    if least is None or case.times.hours is None or case.times.days is None:
        return
    total = case.times.hours * case.times.days
    if case.facts.experience == "t-level-placement" and total < least:
        yield case.tell("t-level-hours", hours=_counted(total, "hour"), least=least)


def _pay(case: _Case) -> Iterator[Outcome]:
    """Who has a right to a wage, and what else keeps people from coming."""
    facts, age = case.facts, case.value(Rule.THROUGH_SCHOOL)
    is_unpaid_work = facts.experience not in WATCHING and not facts.is_paid
    is_over_age = age is not None and case.comers.has_leavers(age)
    if is_unpaid_work and is_over_age and Rule.MINIMUM_WAGE in case.rules:
        yield case.tell("minimum-wage", says=case.says(Rule.MINIMUM_WAGE))
    if facts.is_paid_expenses is False:
        yield case.tell("expenses-not-paid")


def _unanswered(case: _Case) -> Iterator[Outcome]:
    """What the checks still wait for."""
    facts, is_young = case.facts, case.young is not None
    waits = {
        "year-groups-not-said": not facts.year_groups,
        "age-not-said": facts.youngest is None,
        "hours-not-said": is_young and case.times.hours is None,
        "insurance-not-said": facts.insurance not in INSURANCE,
        "supervision-not-said": is_young and facts.supervision not in SUPERVISION,
        "risks-not-said": is_young and facts.risk_assessment not in {"reviewed", "not-yet"},
    }
    yield from (case.tell(slug) for slug, is_waiting in waits.items() if is_waiting)


def _elsewhere(case: _Case) -> Iterator[Outcome]:
    """Outside a workplace there is little to check: somebody from the school is there."""
    facts = case.facts
    there = "" if facts.experience == "video" else " A teacher or adviser is with young people."
    yield case.tell(
        "nobody-comes" if facts.tier is Tier.ONLINE else "not-time-at-work", there=there
    )
    is_mentoring = facts.experience == "mentoring" and facts.supervision != WITH_OTHERS
    if is_mentoring or facts.supervision in ALONE:
        yield case.tell("staff-there")


UNANSWERED = {slug for slug in SAID if slug.endswith("-not-said")}
ORDER = {weight: number for number, weight in enumerate(Weight)}
Check = Callable[[_Case], Iterator[Outcome]]
IN_WORKPLACES: tuple[Check, ...] = (
    _old_enough, _day_length, _week_length, _nights, _rest_between, _insured, _ages_fit, _risks,
    _checks_of_people, _good_to_know, _pay, _unanswered,
)  # fmt: skip
ELSEWHERE: tuple[Check, ...] = (_ages_fit, _elsewhere)
