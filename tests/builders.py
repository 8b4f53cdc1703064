"""Small content with sensible defaults: a test writes only what it is about."""

from pathlib import Path

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
    + "".join(f"skill-{n},Skill {n},technical,A skill that is useful.\n" for n in range(1, 8)),
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
        "next_roles": "[]",
        "similar_roles": "[]",
    } | changes
    skills = "".join(f"skill-{n} = 2\n" for n in range(1, 7))
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
        "skills": '["skill-1", "skill-2", "skill-3"]',
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
