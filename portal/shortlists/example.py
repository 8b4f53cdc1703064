"""An example to compare: a technical, a paid and an academic way on after Year 11.

Pure, and chosen by rule, so that every city has its own and no kind of route is picked by hand.
"""

from collections.abc import Iterable

from portal.catalogue.vocabulary import Vocabulary
from portal.climbing_frame.graph import Frame, Hold, Origin
from portal.taxonomy import Family, Level, Starter


def ready_example(frame: Frame, vocabulary: Vocabulary, month: int) -> list[Hold]:
    """Three ways at Level 3, or nothing when the catalogue has not got all three.

    The first two lead to the same job, the third stands open to every area of work. Of several,
    those that most courses near the city teach. ``month`` is year × 12 + month.
    """
    open_now = [hold for hold in frame.programmes if _is_way_on(hold, vocabulary, month)]
    pairs = [
        (technical, paid)
        for technical in open_now if technical.family is Family.TECHNICAL
        for paid in open_now if paid.family is Family.APPRENTICESHIP
        if technical.sector == paid.sector and _jobs(frame, technical) & _jobs(frame, paid)
    ]  # fmt: skip
    academic = [h for h in open_now if h.family is Family.ACADEMIC and h.sector is None]
    if not pairs or not academic:
        return []
    return [*max(pairs, key=_how_often), max(academic, key=lambda hold: hold.local)]


def _is_way_on(hold: Hold, vocabulary: Vocabulary, month: int) -> bool:
    """Whether those who leave Year 11 can begin it, now and in years to come."""
    kind = vocabulary.qualification_types[hold.type]
    has_begun = hold.needs.opens is None or hold.needs.opens <= month
    is_ending = hold.needs.closes is not None or kind.replaced_by is not None
    is_for_leavers = hold.level is Level.THREE and Starter.YEAR_11 in kind.suits
    return is_for_leavers and has_begun and not is_ending


def _jobs(frame: Frame, hold: Hold) -> set[str]:
    """The jobs that it leads straight to, as content states."""
    moves = frame.leaving[hold.key]
    return {m.after.key for m in moves if m.after.is_role and m.origin is Origin.STATED}


def _how_often(holds: Iterable[Hold]) -> tuple[int, list[str]]:
    known = list(holds)
    return min(hold.local for hold in known), [hold.key for hold in known]
