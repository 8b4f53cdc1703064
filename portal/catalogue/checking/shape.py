"""Doubts about how much an entry holds, and how entries are joined."""

from collections import defaultdict
from collections.abc import Iterator

from portal.catalogue.checking.matter import Matter
from portal.content.documents import Problem
from portal.taxonomy import SkillKind

LEAST_NAMES = 2


def dead_ends(matter: Matter) -> Iterator[Problem]:
    """Programmes that lead nowhere."""
    for item in matter.library.programmes.values():
        if not item.fields.leads_to_roles and not item.fields.leads_to_programmes:
            yield item.problem(
                ("leads_to_roles",), f"dead end: {item.slug} leads nowhere.", "Say what comes next."
            )


def unused_skills(matter: Matter) -> Iterator[Problem]:
    """Skills that no role and no programme names."""
    library = matter.library
    used = {skill for item in library.roles.values() for skill in item.fields.skills}
    used |= {skill for item in library.programmes.values() for skill in item.fields.skills}
    for item in library.skills.values():
        if item.slug not in used:
            yield item.problem((), f"unused skill: {item.slug}.", "Use it or take it out.")


def unused_facts(matter: Matter) -> Iterator[Problem]:
    """Facts of the outlook that no role names, and so nobody reads."""
    roles = [item.fields for item in matter.library.roles.values()]
    used = {slug for role in roles for slug in (*role.here, *role.future)}
    for item in matter.library.outlook.values():
        if item.slug not in used:
            yield item.problem(
                (), f"unused fact: {item.slug}.", "Name it in a role or take it out."
            )


def skills_without_advice(matter: Matter) -> Iterator[Problem]:
    """Skills for every job that do not say how somebody shows them and gets them."""
    for item in matter.library.skills.values():
        is_essential = item.fields.kind is SkillKind.ESSENTIAL
        if is_essential and not (item.fields.show and item.fields.get):
            yield item.problem(
                (),
                f"skill without advice: {item.slug} is for every job.",
                "Fill in show and get: how one shows it, and how one gets it.",
            )


def few_names(matter: Matter) -> Iterator[Problem]:
    """Roles that people will not find by the words they type."""
    for item in matter.library.roles.values():
        number = len(item.fields.also_called)
        if number < LEAST_NAMES:
            yield item.problem(
                ("also_called",),
                f"few names: {item.slug} has {number or 'no'} other name{'s'[: number != 1]}.",
                f"Add what people type: {LEAST_NAMES} at least.",
            )


def shared_names(matter: Matter) -> Iterator[Problem]:
    """Names of a role that are another role’s title: whoever types them gets the wrong one."""
    titles = defaultdict(list)
    for item in matter.library.roles.values():
        titles[item.fields.title.casefold()].append(item.slug)
    for item in matter.library.roles.values():
        for name in item.fields.also_called:
            for other in titles[name.casefold()]:
                if other != item.slug:
                    yield item.problem(
                        ("also_called",),
                        f"shared name: “{name}” of {item.slug} is the title of {other}.",
                        "Take it out here, or write what sets this one apart.",
                    )
