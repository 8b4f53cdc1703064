"""What follows from the answers of an offer by themselves: its name and its doubts."""

from functools import lru_cache

from portal.publishing.kinds import Content, OfferKind
from portal.publishing.wording import Doubt, doubts_in


def title_of(kind: OfferKind, content: Content) -> str:
    """What an offer is called in tables, also while it has no title yet."""
    return str(content.get("title") or f"{kind.noun.capitalize()} without a title")[:255]


def doubts_of(kind: OfferKind, content: Content) -> list[dict[str, str]]:
    """What in the free text a person should read before anybody else does."""
    return [
        {"question": question.name, "found": doubt.found, "why": doubt.why}
        for question in kind.questions
        if question.is_free_text
        for doubt in _doubts_in(str(content.get(question.shown_as or question.name) or ""))
    ]


@lru_cache(maxsize=1024)
def _doubts_in(text: str) -> tuple[Doubt, ...]:
    """Kept, because the courses of a spreadsheet share most of their words."""
    return tuple(doubts_in(text)) if text else ()
