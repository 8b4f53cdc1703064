"""From words people type, or content holds, to the terms that the index compares.

Whoosh's own analyser loses “IT”, turns “T level” and “A level” into “level” and drops the 3 of
“level 3”. Here those become terms of their own before anything else happens.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from whoosh.lang.porter import stem as porter

# Each with letters that must occur before its pattern is worth trying: most texts have few.
NAMED = (
    ("I", re.compile(r"\bI\.?T\b\.?"), " informationtechnology "),
    ("+", re.compile(r"(?i)\bc\+\+"), " cplusplus "),
    ("#", re.compile(r"(?i)\bc#"), " csharp "),
    ("evel", re.compile(r"(?i)\bt[ \-‑]?levels?\b(?!\s*\d)"), " tlevel "),
    ("evel", re.compile(r"(?i)\bv[ \-‑]?levels?\b(?!\s*\d)"), " vlevel "),
    ("evel", re.compile(r"(?i)\ba[ \-‑]?levels?\b(?!\s*\d)"), " alevel "),
    ("", re.compile(r"(?i)\b(?:level|lvl|l)\s?([1-8])\b"), r" level\1 "),
    ("evel", re.compile(r"(?i)\bentry[ \-]level\b"), " levelentry "),
    ("ear", re.compile(r"(?i)\byear\s?(\d{1,2})\b"), r" year\1 "),
    # A number on the register of qualifications, with its strokes or without: 601/4703/4.
    ("/", re.compile(r"(?i)\b(\d{3})/(\d{4})/([\dx])\b"), r" \1\2\3 "),
)
APOSTROPHE = re.compile(r"[’'`]")
WORD = re.compile(r"[a-z0-9]+")
STOP_WORDS = frozenset(
    [
        "a",
        "about",
        "also",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "because",
        "been",
        "being",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "doing",
        "for",
        "from",
        "get",
        "got",
        "had",
        "has",
        "have",
        "he",
        "her",
        "him",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "like",
        "me",
        "more",
        "most",
        "my",
        "need",
        "not",
        "of",
        "on",
        "one",
        "or",
        "other",
        "our",
        "out",
        "she",
        "should",
        "so",
        "some",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "till",
        "to",
        "too",
        "until",
        "up",
        "us",
        "very",
        "want",
        "was",
        "way",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
# Words in -er that are not “one who does it”, so that “career” does not become “care”.
WHOLE_WORDS = frozenset(
    [
        "career",
        "careers",
        "number",
        "timber",
        "master",
        "member",
        "summer",
        "customer",
        "consumer",
        "leather",
        "letter",
        "computer",
        "under",
        "order",
        "river",
        "power",
        "gender",
        "cover",
        "paper",
        "water",
        "december",
        "november",
        "october",
        "september",
    ]
)
# Words round a search that say nothing about what is looked for, when something else does.
CHATTER = frozenset(
    [
        "job",
        "jobs",
        "career",
        "careers",
        "work",
        "working",
        "course",
        "courses",
        "become",
        "becoming",
        "want",
        "wanna",
        "find",
        "look",
        "looking",
        "learn",
        "learning",
        "study",
        "studying",
        "train",
        "training",
        "help",
        "helping",
        "college",
        "uni",
        "university",
        "school",
        "near",
        "nearby",
        "local",
        "around",
        "something",
        "anything",
        "someone",
        "person",
        "people",
        "go",
        "going",
        "good",
        "best",
        "start",
        "started",
        "route",
        "routes",
        "options",
        "next",
        "after",
        "earn",
        "earns",
        "salary",
        "grades",
        "long",
        "many",
        "much",
        "take",
        "takes",
        "likes",
        "love",
        "enjoy",
        "25",
        "30",
        "35",
        "40",
        "45",
        "50",
        "60",
    ]
)
# Words that Porter's rules would make one, though they mean different things.
APART = {
    "animal": "animal", "animals": "animal", "animation": "animat", "animations": "animat",
    "animator": "animat", "animators": "animat", "animated": "animat", "animating": "animat",
    "community": "communiti", "communities": "communiti", "university": "universiti",
    "universities": "universiti", "general": "general",
    "hospital": "hospital", "hospitals": "hospital", "hospitality": "hospitaliti",
    "organisation": "organis",
    "organisations": "organis", "organ": "organ", "importance": "importance",
    "communication": "communicat", "communications": "communicat", "news": "news",
    "physics": "physics", "physical": "physical", "policy": "policy", "arm": "arm", "army": "army",
    "intern": "intern", "internship": "intern", "internships": "intern",
    "international": "international", "humanities": "humanities",
    "station": "station", "stationary": "stationary", "past": "past", "paste": "paste",
}  # fmt: skip
# Words of one family that Porter’s rules would keep apart: who does it, and what they do.
FAMILIES = {
    "carpentri": "carpenter carpenters carpentry",
    "joineri": "joiner joiners joinery",
    "butcher": "butcher butchers butchery",
    "bakeri": "baker bakers bakery bakeries baking",
    "potteri": "potter potters pottery",
    "counsel": "counsellor counsellors counselling",
    "decorat": "decorate decorated decorating decorator decorators decoration decorative",
    "warehous": "warehouse warehouses warehousing",
    "survei": "survey surveys surveying surveyor surveyors",
    "machin": "machinist machinists",
    "journalist": "journalist journalists journalism",
    "photograph": "photographer photographers photography",
    "radiograph": "radiographer radiographers radiography",
    "midwif": "midwife midwives midwifery",
    "pharmaci": "pharmacist pharmacists pharmacy",
    "physio": "physio physios physiotherapist physiotherapists physiotherapy",
    "psycholog": "psychologist psychologists psychology",
    "biolog": "biologist biologists biology biological",
    "geolog": "geologist geologists geology",
    "ecolog": "ecologist ecologists ecology",
    "therapi": "therapist therapists therapy therapies",
    "architect": "architect architects architecture architectural",
    "music": "musician musicians",
    "master": "masters",
}
TOGETHER = {word: root for root, family in FAMILIES.items() for word in family.split()}
SHORTEST_STEM = 4


def fold(text: str) -> str:
    """Lower case without accents, with the names above made into single words."""
    shouted = text.isupper()
    for letters, pattern, replacement in NAMED:
        if shouted or letters in text:
            text = pattern.sub(replacement, text)
    text = APOSTROPHE.sub("", text)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
    return text.lower().replace("&", " and ")


def words(text: str) -> list[str]:
    """Every word, as written but folded; nothing is left out."""
    return WORD.findall(fold(text))


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """One form for a word's family: plumber, plumbers and plumbing are one term."""
    if word in APART:
        return APART[word]
    if word in TOGETHER:
        return TOGETHER[word]
    root: str = porter(word) if len(word) > 2 else word  # noqa: PLR2004 - “it”, “uk” stay
    if root.endswith("er") and len(root) - 2 >= SHORTEST_STEM and word not in WHOLE_WORDS:
        root = root[:-2]
    if root.endswith("e") and len(root) > SHORTEST_STEM:
        root = root[:-1]
    return root[:-1] + "i" if root.endswith("y") and len(root) > SHORTEST_STEM else root


def terms(text: str) -> list[str]:
    """The index terms of a text: stems of its words without the stop words."""
    return [stem(word) for word in WORD.findall(fold(text)) if word not in STOP_WORDS]


def name_keys(text: str) -> set[str]:
    """Keys that a name shares with itself however it is spaced or inflected.

    One joins the stems (“game designers”, “games designer”); one is the stem of the joined words
    (“Bricklayers”, “brick layer”).
    """
    found = [word for word in words(text) if word not in STOP_WORDS]
    return {"".join(map(stem, found)), stem("".join(found))} - {""}


def telling_words(text: str) -> list[str]:
    """Words that say something, or all of them when none does."""
    folded = words(text)
    telling = [word for word in folded if word not in CHATTER and word not in STOP_WORDS]
    return telling or folded


def meaningful(text: str) -> Iterator[str]:
    """Words that are not stop words, unstemmed."""
    return (word for word in words(text) if word not in STOP_WORDS)
