"""Small content with sensible defaults: a test writes only what it is about."""

import datetime as dt
import shutil
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from portal.accounts.models import Organisation
from portal.catalogue.models import ORGANISATION, CatalogueState, Course, Entry, Event, Vacancy
from portal.clock import today
from portal.extensions import db
from portal.taxonomy import EventType

AREA = """
name = "Smalltown"
region = "Smalltown and around"
people = "people in Smalltown"
portal_name = "Smalltown Pathways"
strapline = "Every way into work in Smalltown"
centre = "ST1"
search_miles = 10
contact = { name = "Smalltown Council", website = "https://example.org" }
[cohort]
people = 100
who = "young people"
year = "2025"
source = { name = "A source", date = "2025" }
[[growth]]
slug = "making"
name = "Making things"
summary = "Making more things than before."
source = { name = "A source", date = "2025" }
"""
LEVELS = "".join(
    f'[[level]]\nslug = "{slug}"\nname = "{name}"\nplain = "A step."\nlike = ["Something"]\n'
    for slug, name in [("entry", "Entry level"), *((str(n), f"Level {n}") for n in range(1, 9))]
)
SECTORS = """
[[sector]]
slug = "engineering"
name = "Engineering and making"
short = "Making"
official = "Engineering and manufacturing"
summary = "Design, make and mend things."
subjects = ["Maths"]
"""
TYPES = """
[[type]]
slug = "intermediate-apprenticeship"
name = "Level 2 apprenticeship"
plural = "Level 2 apprenticeships"
family = "apprenticeship"
summary = "A paid job with training."
suits = ["year-11", "adult"]
exams = "few"
free_for = ["under-19", "19-to-23", "24-plus"]
"""
TABLES = {
    "skills.csv": "slug,name,kind,summary\n"
    + "".join(f"skill-{n},Skill {n},technical,A skill that is useful.\n" for n in range(1, 10)),
    "skill_groups.toml": (
        '[[group]]\nslug = "doing"\nname = "Doing"\nsummary = "Getting things done."\n'
        'skills = ["skill-1", "skill-2"]\n'
    ),
    "outlook.csv": (
        "slug,about,says,source_name,source_date,checked\n"
        "kilns-here,here,There are kilns in Smalltown.,A source,2026,2026-11-01\n"
        "more-kilns,future,More kilns are planned as people buy pots.,A source,2026,2026-11-01\n"
    ),
    "glossary.csv": (
        "slug,word,also,plain\nglost,Glost,glost firing,The firing that melts the glaze.\n"
    ),
    "places.csv": (
        "slug,name,kind,district,latitude,longitude,also_called,ambiguous,source_name,source_date\n"
        "st1,ST1,district,ST1,53.0288,-2.1734,,,A source,2026\n"
        "hanley,Hanley,town,ST1,53.0259,-2.1765,,,A source,2026\n"
        "stone,Stone,town,ST15,52.904,-2.146,,yes,A source,2026\n"
    ),
    "providers.csv": (
        "slug,name,kind,district,source_name,source_date,checked\n"
        "town-college,Town College,college,ST1,A source,2026,2026-11-01\n"
    ),
    "services.csv": (
        "slug,name,summary,for_ages_from,for_ages_to,situations,source_name,source_date,checked\n"
        "adviser,Adviser,Somebody to talk to about work.,13,25,choosing,A source,2026,2026-11-01\n"
    ),
    "pay.csv": "soc2020,group,low,typical,high\n8119,Kiln workers,20000,24000,28000\n",
    "synonyms.csv": "typed,means\npotbank,pottery\n",
    "moves.csv": "before,after,reason,months,source_name,source_date,checked\n",
    "minimum_wages.csv": (
        "slug,who,pence,starts,source_name,source_date\n"
        "apprentice,Apprentices,800,2026-04-01,A source,2026\n"
    ),
    "courses/town-college.csv": (
        "slug,title,programme,evidence,source_name,source_date,checked\n"
        "potter-town,Potter apprenticeship,potter-apprenticeship,Seen in a list.,A source,2026,"
        "2026-11-01\n"
    ),
}
# The same law and the same words hold in every test’s town as in the city.
REAL_CONTENT = Path(__file__).parent.parent / "content"
SHARED = (
    "experiences.toml",
    "terms.csv",
    "year_groups.csv",
    "choices.csv",
    "work_rules.toml",
    "funding_offers.csv",
)
SOURCE = '[[sources]]\nname = "A source"\ndate = "2026-01"\n'


def role_text(title: str = "Kiln worker", **changes: str) -> str:
    """A role’s file; ``changes`` replace whole front-matter lines by name."""
    lines = {
        "title": f'"{title}"',
        "summary": '"Load and fire a pottery kiln."',
        "sector": '"engineering"',
        "level": '"2"',
        "also_called": '["Oven man", "Firer"]',
        "soc2020": '"8119"',
        "checked": "2026-11-01",
        "pattern": '["shifts"]',
        "where": '["pottery"]',
        "here": '["kilns-here"]',
        "future": '["more-kilns"]',
        "next_roles": "[]",
        "similar_roles": "[]",
    } | changes
    skills = "".join(f"skill-{n} = 2\n" for n in range(1, 9))
    ways = "".join(
        f'[[ways_in]]\nkind = "{kind}"\ntext = "A way in."\n' for kind in ("work", "direct")
    )
    front = "\n".join(f"{name} = {value}" for name, value in lines.items())
    body = "## What you do\n\nFire.\n\n## What a day is like\n\nWarm.\n\n## Good to know\n\nHot.\n"
    return f"+++\n{front}\n\n[skills]\n{skills}\n{ways}\n{SOURCE}+++\n{body}"


def programme_text(title: str = "Potter apprenticeship", **changes: str) -> str:
    """A programme’s file."""
    lines = {
        "title": f'"{title}"',
        "summary": '"A paid job where you learn to make pots."',
        "qualification_type": '"intermediate-apprenticeship"',
        "sector": '"engineering"',
        "level": '"2"',
        "checked": "2026-11-01",
        "skills": '["skill-1", "skill-2", "skill-3", "skill-4"]',
        "leads_to_roles": '["kiln-worker"]',
        "leads_to_programmes": "[]",
    } | changes
    front = "\n".join(f"{name} = {value}" for name, value in lines.items())
    headings = ("What it is", "Who it is for", "What you will learn", "How to get in", "What next")
    body = "\n\n".join(f"## {heading}\n\nWords about it." for heading in headings)
    entry = '[entry]\nlevel = "none"\ntext = "Each employer decides."\n'
    return f"+++\n{front}\n\n{entry}\n{SOURCE}+++\n{body}\n"


GUIDE = f"""+++
title = "Starting out"
summary = "How to begin when you do not know how."
for = ["young-people"]
order = 1
checked = 2026-11-01
{SOURCE}+++
Begin with [the kiln worker](/roles/kiln-worker).
"""


def write_content(folder: Path) -> None:
    """One of everything, without a mistake."""
    texts = {
        "area.toml": AREA,
        "levels.toml": LEVELS,
        "sectors.toml": SECTORS,
        "qualification_types.toml": TYPES,
        "roles/engineering/kiln-worker.md": role_text(),
        "programmes/engineering/potter-apprenticeship.md": programme_text(),
        "guides/starting-out.md": GUIDE,
        **TABLES,
    }
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for name in SHARED:
        shutil.copyfile(REAL_CONTENT / name, folder / name)


def make_organisation(name: str = "Bramble Kilns", **changes: object) -> Organisation:
    """An invented employer that a moderator has verified."""
    values: dict[str, object] = {
        "slug": name.lower().replace(" ", "-"),
        "name": name,
        "kind": "employer",
        "standing": "verified",
        "checked_on": today(),
    }
    return Organisation(**{**values, **changes})


def _published(slug: str, days: int, changes: dict[str, object]) -> dict[str, object]:
    """What every entry has that an organisation publishes for so many more days."""
    return {
        "slug": slug,
        "summary": "Words about it, from whoever published it.",
        "checked_on": today(),
        "show_until": changes.get("closes_on") or today() + dt.timedelta(days=days),
        "kept_by": ORGANISATION,
        "digest": "",
    }


def make_vacancy(slug: str = "trainee-potter", **changes: object) -> Vacancy:
    """A vacancy that closes in twenty days; ``publish`` gives it an organisation if need be."""
    closes_on = changes.setdefault("closes_on", today() + dt.timedelta(days=20))
    values = _published(slug, 20, changes) | {
        "title": "Trainee potter",
        "employer_name": "Bramble Kilns",
        "town": "Hanley",
        "district": "ST1",
        "wage_words": "£8.00 an hour",
        "hours_words": "37 hours a week",
        "closes_on": closes_on,
        "apply_url": "https://bramble-kilns.example/jobs",
        "what_you_do": "Load the kiln.\nUnload the kiln.",
        "what_you_need": "To turn up on time.",
        "what_you_learn": "How clay behaves.",
    }
    return Vacancy(**{**values, **changes})


def make_event(slug: str = "open-day", **changes: object) -> Event:
    """An open day in ten days, from nine to eleven by the clock of Greenwich."""
    day = dt.datetime.combine(today() + dt.timedelta(days=10), dt.time())
    values = _published(slug, 10, changes) | {
        "title": "Come and see the kilns",
        "event_type": EventType.OPEN_DAY.value,
        "starts_at": day.replace(hour=9),
        "ends_at": day.replace(hour=11),
        "venue": "The Glost House",
        "town": "Hanley",
        "district": "ST1",
        "who_for": "Anybody from Year 9 up",
        "cost": "Free",
    }
    return Event(**{**values, **changes})


def make_course(slug: str = "throwing-pots", **changes: object) -> Course:
    """A provider’s own course without a programme."""
    values = _published(slug, 300, changes) | {"title": "Throwing pots"}
    return Course(**{**values, **changes})


def publish(app: Flask, *entries: Entry) -> None:
    """Put entries in the catalogue as publishing does: under a new version, for the index."""
    with app.app_context():
        state = db.session.scalars(select(CatalogueState)).one()
        state.version += 1
        for entry in entries:
            if entry.organisation is None and entry.organisation_id is None:
                known = db.session.scalars(
                    select(Organisation).where(Organisation.name == "Bramble Kilns")
                ).first()
                entry.organisation = known or make_organisation()
            entry.version = state.version
            db.session.add(entry)
        db.session.commit()
