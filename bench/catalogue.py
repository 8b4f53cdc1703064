"""A made-up catalogue of any size, shaped like the real one; used by nothing but measurements."""

import random
from collections.abc import Iterator
from itertools import accumulate

from portal.catalogue.search.documents import SearchDocument
from portal.content.library import Library

WORDS_IN_A_DOCUMENT = 184
LEXICON = 20_000
LETTERS = "etaoinshrdlucmfwypvbgkqjxz"
SYLLABLES = tuple(a + b for a in "bcdfglmnprstv" for b in "aeiou")


def vocabulary_of(library: Library, chance: random.Random) -> tuple[list[str], list[float]]:
    """Real words and made-up ones, with cumulative weights as Zipf saw them."""
    real = {
        word
        for folder in (library.roles, library.programmes)
        for item in folder.values()
        for word in (item.fields.title + " " + item.body).lower().split()
        if word.isalpha()
    }
    words = sorted(real)
    while len(words) < LEXICON:
        words.append("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))))
    chance.shuffle(words)
    return words, list(accumulate(1 / (rank + 10) for rank in range(len(words))))


def documents(library: Library, number: int, seed: int = 7) -> Iterator[SearchDocument]:
    """So many entries with facets, places and 184 words each."""
    chance = random.Random(seed)
    words, weights = vocabulary_of(library, chance)
    programmes = list(library.programmes.values())
    places = [(p.fields.latitude, p.fields.longitude) for p in library.places.values()]
    providers = list(library.providers)
    for n in range(number):
        programme = chance.choice(programmes).fields
        kind = chance.choices(("course", "programme", "role", "guide"), (70, 20, 9, 1))[0]
        sector = () if programme.sector == "any" else (programme.sector,)
        facets: dict[str, tuple[str, ...]] = {
            "kind": (kind,),
            "level": (programme.level.value,),
            "sector": sector,
            "growth": programme.growth,
            "skill": programme.skills,
            "type": (programme.qualification_type,),
            "family": (chance.choice(("apprenticeship", "technical", "academic")),),
            "entry": (str(programme.entry.level),),
            "free": ("under-19",),
            "suits": ("year-11", "adult"),
        }
        if kind == "course":
            facets |= {
                "provider": (chance.choice(providers),),
                "mode": (chance.choice(("classroom", "work-based", "online")),),
                "study": (chance.choice(("full-time", "part-time")),),
                "attendance": (chance.choice(("daytime", "evening")),),
            }
        extra = " ".join(chance.choices(words, cum_weights=weights, k=2))
        title = f"{programme.title} {extra}"
        yield SearchDocument(
            id=n + 1,
            kind=kind,
            title=title,
            summary=programme.summary,
            url=f"/courses/entry-{n}",
            names=(title,),
            text=" ".join(chance.choices(words, cum_weights=weights, k=WORDS_IN_A_DOCUMENT)),
            facets={name: values for name, values in facets.items() if values},
            place=chance.choice(places) if kind == "course" else None,
            is_placed=kind == "course",
            starts=0,
            checked=739_000 + n % 700,
            shown={"level_name": "Level", "sector_name": "Sector"},
        )


QUERIES = {
    "common": ["apprenticeship", "degree", "engineering", "care", "business"],
    "rare": ["bricklayer", "midwifery", "horticulture", "barbering", "radiography"],
    "three terms": ["health and care", "computer science games", "early years teaching"],
    "misspelt": ["plummer", "nursary", "enginering", "hairdreser", "buisness"],
    "prefix": ["elec", "brick", "comput", "hort", "pharm"],
    "filtered": ["level 3 engineering", "apprenticeship care near Hanley", "T level digital"],
}
HOSTILE = [
    "a* b* c* d* e* f* g* h*",
    "e" * 100,
    "the and of to in is it for on with",
    "aa ab ac ad ae af ag ah ai aj",
    "apprenticeship degree engineering care business level science health",
    "zzzz yyyy xxxx wwww vvvv uuuu tttt ssss",
    '"(title:*) OR NOT [a TO z]~9^99"',
    "ca co de en be re st in",
]
