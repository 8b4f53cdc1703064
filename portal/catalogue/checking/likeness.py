"""Doubts about pages that read alike."""

from collections import defaultdict
from collections.abc import Iterator

from portal.catalogue.checking.matter import Matter, Prose
from portal.content.documents import Problem
from portal.content.reading_grade import Passage, words
from portal.content.reading_prose import passages_in

SAID_IN_ONES_OWN_WORDS = ("What a day is like", "Good to know")
SAME_WORDS = 4
STOCK_WORDS, STOCK_PAGES = 8, 3
SHOWN = 4


def same_beginnings(matter: Matter) -> Iterator[Problem]:
    """Roles whose day, or what is good to know, begins with the words of another’s."""
    for heading in SAID_IN_ONES_OWN_WORDS:
        first: dict[tuple[str, ...], Prose] = {}
        for prose in matter.prose_of("roles"):
            passages = passages_in(prose.sections.get(heading, ""))
            beginning = _plain(passages[0].text)[:SAME_WORDS] if passages else ()
            if len(beginning) < SAME_WORDS:
                continue
            other = first.setdefault(beginning, prose)
            if other is not prose:
                yield prose.problem(
                    _beginning(prose, heading),
                    f"same beginning: “{heading}” of {prose.item.slug} begins as that of "
                    f"{other.item.slug}: “{' '.join(beginning)}”.",
                    "Begin with something that is true of this job alone.",
                )


def _beginning(prose: Prose, heading: str) -> Passage:
    lines = prose.item.body.splitlines()
    return Passage("", prose.item.document.body_line + lines.index(f"## {heading}"))


def _plain(text: str) -> tuple[str, ...]:
    return tuple(word.casefold().strip(".,:;!?“”‘’()") for word in words(text))


def stock_sentences(matter: Matter) -> Iterator[Problem]:
    """Sentences that stand on several pages of a kind: they were pasted, not thought of.

    What a programme asks and how it is tested may be the same, and then reads the same.
    """
    for folder in ("roles", "programmes", "guides"):
        found: defaultdict[tuple[str, ...], dict[str, tuple[Prose, Passage]]] = defaultdict(dict)
        for prose in matter.prose_of(folder):
            for passage in prose.told:
                for sentence in passage.sentences:
                    found[_plain(sentence)].setdefault(prose.item.slug, (prose, passage))
        for said, pages in found.items():
            if len(said) >= STOCK_WORDS and len(pages) >= STOCK_PAGES:
                prose, passage = next(iter(pages.values()))
                named = ", ".join(list(pages)[:SHOWN]) + (" …" if len(pages) > SHOWN else "")
                yield prose.problem(
                    passage,
                    f"stock sentence: “{' '.join(said)}” stands on {len(pages)} pages: {named}.",
                    "Say it in each page’s own words, or once in a guide.",
                )
