"""Whether a parent or carer has to say yes, by the age on the day and the city’s own rule."""

import datetime as dt
from collections.abc import Mapping

from portal.content.formats import WorkRule
from portal.placements.ages import age_on
from portal.placements.checks import rules_on
from portal.taxonomy import Tier

RULE = "consent-below"


def is_consent_due(
    rules: Mapping[str, WorkRule], *, tier: str, born_on: dt.date | None, first_day: dt.date
) -> bool:
    """Time in a workplace needs a parent’s or carer’s yes below the age that the rule says.

    Somebody whose birth date is not known is taken to need it, and so is everybody while no rule
    is in force.
    """
    if tier != Tier.WORKPLACE:
        return False
    age = consent_age(rules, first_day)
    return age is None or born_on is None or age_on(born_on, first_day) < age


def consent_age(rules: Mapping[str, WorkRule], day: dt.date) -> int | None:
    """The age below which a parent or carer is asked; None where no rule says one."""
    rule = rules_on(rules, day).get(RULE)
    return int(rule.value) if rule is not None and rule.value is not None else None
