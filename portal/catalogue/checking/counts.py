"""How much content there is, one line a kind."""

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from portal.catalogue.checking.facts import YEAR, sources_of
from portal.catalogue.checking.matter import Matter
from portal.content.library import ANY_SECTOR
from portal.templating import counted

SHOWN = 3


def tallies(matter: Matter) -> Iterator[str]:
    """Counts, one line a kind."""
    yield from _roles(matter)
    yield from _learning(matter)
    yield from _skills(matter)
    yield from _outlook(matter)
    library = matter.library
    lengths = {prose.item.slug: prose.length for prose in matter.prose_of("guides")}
    yield counted(len(lengths), "guide")
    if lengths:
        longest = max(lengths, key=lengths.__getitem__)
        yield f"The longest guide, {longest}, has {counted(lengths[longest], 'word')}"
    yield (
        f"{len(library.services)} services, {len(library.places)} places, "
        f"{len(library.glossary)} words explained"
    )
    dates = [date for _, date in sources_of(matter)]
    yield f"{len(dates):,} sources named, {sum(bool(YEAR.search(d)) for d in dates):,} with a date"


def _roles(matter: Matter) -> Iterator[str]:
    library = matter.library
    sectors = Counter(dict.fromkeys(library.sectors, 0))
    sectors.update(item.fields.sector for item in library.roles.values())
    yield f"{len(library.roles)} roles in {len(sectors)} sectors; fewest: {_fewest(sectors)}"
    growth = Counter(dict.fromkeys(library.growth, 0))
    growth.update(slug for item in library.roles.values() for slug in item.fields.growth)
    yield f"Roles in growth sectors: {_fewest(growth, len(growth))}"


def _fewest(found: Counter[str], shown: int = SHOWN) -> str:
    return ", ".join(f"{name} {number}" for name, number in found.most_common()[::-1][:shown])


def _learning(matter: Matter) -> Iterator[str]:
    library = matter.library
    kinds = {item.fields.qualification_type for item in library.programmes.values()}
    yield f"{len(library.programmes)} programmes of {len(kinds)} qualification types"
    sectors = {slug: item.fields.sector for slug, item in library.programmes.items()}
    of = [sectors.get(course.fields.programme) for course in library.courses.values()]
    joined = len(of) - of.count(None)
    yield (
        f"{len(of)} courses from {len(library.providers)} providers; joined to a programme: "
        f"{joined}, to a sector: {joined - of.count(ANY_SECTOR)}, to every sector: "
        f"{of.count(ANY_SECTOR)}"
    )
    yield f"{len(library.moves)} moves stated beside those on the pages"


def _skills(matter: Matter) -> Iterator[str]:
    library = matter.library
    kinds = Counter(item.fields.kind.value for item in library.skills.values())
    yield f"{len(library.skills)} skills: " + ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    yield (
        f"Skills of a role: {_spread(library.roles.values())}; "
        f"of a programme: {_spread(library.programmes.values())}"
    )


def _spread(items: Iterable[object]) -> str:
    numbers: Sequence[int] = [len(item.fields.skills) for item in items]  # type: ignore[attr-defined]
    if not numbers:
        return "none"
    middle = statistics.median(numbers)
    return f"{min(numbers)} at least, {middle:g} in the middle, {max(numbers)} at most"


def _outlook(matter: Matter) -> Iterator[str]:
    library = matter.library
    about = Counter(item.fields.about for item in library.outlook.values())
    without = {
        name: sum(not getattr(item.fields, name) for item in library.roles.values())
        for name in ("here", "future")
    }
    yield (
        f"{len(library.outlook)} facts of the outlook: {about['here']} here, "
        f"{about['future']} future; roles without: {without['here']} here, "
        f"{without['future']} future"
    )
