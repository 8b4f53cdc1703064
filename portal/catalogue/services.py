"""Which advice services fit somebody’s age and situation."""

from collections.abc import Iterable

from portal.content.formats import ServiceRow

WORRIED = "worried"


def services_for(
    services: Iterable[ServiceRow], *, age: int | None, situation: str | None
) -> list[ServiceRow]:
    """Services for this age and situation, the most particular first.

    A service without an age limit is for every age. Help for somebody who is worried is always
    last on the list, so that it is always there.
    """
    fitting = [s for s in services if _fits_age(s, age)]
    chosen = [s for s in fitting if situation is None or situation in s.situations]
    safe = [s for s in fitting if WORRIED in s.situations and s not in chosen]
    return sorted(chosen, key=lambda s: (len(s.situations), s.name)) + safe


def _fits_age(service: ServiceRow, age: int | None) -> bool:
    if age is None:
        return True
    youngest, oldest = service.for_ages_from, service.for_ages_to
    return (youngest is None or age >= youngest) and (oldest is None or age <= oldest)
