"""Texts and addresses that people send: what is held, what passes, and how long that takes."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.accounts.safe_addresses import domain_of, is_web_address, safe_next
from portal.publishing.wording import MOST_DOUBTS, DoubtKind, doubts_in

CORPORA = Path(__file__).parent / "corpora"
ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([tnr\\]))")
ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}


def corpus(name: str) -> list[str]:
    """The lines of a corpus, as they stand in the file."""
    return (CORPORA / name).read_text(encoding="utf-8").splitlines()


def unescaped(line: str) -> str:
    """A line with its written-out escapes, such as those of invisible characters, made real."""
    return ESCAPE.sub(lambda m: ESCAPED[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), line)


def smuggled(label: str) -> list[str]:
    pairs = [line.split("\t", 1) for line in corpus("contact_smuggling.txt")]
    return [unescaped(text) for name, text in pairs if name == label]


def test_the_corpora_are_as_large_as_they_claim() -> None:
    assert len(smuggled("plain")) + len(smuggled("disguised")) == 200
    assert len(set(corpus("honest_text.txt"))) == 200
    assert len(set(corpus("redirects.txt"))) == 40
    assert len(set(corpus("script_payloads.txt"))) == 60


def test_every_plain_contact_is_held() -> None:
    texts = smuggled("plain")
    missed = [text for text in texts if not doubts_in(text)]
    print(f"plain: {len(texts) - len(missed)} of {len(texts)} held")
    assert missed == []


def test_nearly_every_disguised_contact_is_held() -> None:
    texts = smuggled("disguised")
    missed = [text for text in texts if not doubts_in(text)]
    print(f"disguised: {len(texts) - len(missed)} of {len(texts)} held")
    assert len(missed) <= 0.05 * len(texts), missed


def test_honest_text_is_hardly_ever_held() -> None:
    texts = [unescaped(line) for line in corpus("honest_text.txt")]
    held = {text: doubts_in(text) for text in texts if doubts_in(text)}
    print(f"honest: {len(held)} of {len(texts)} held")
    assert len(held) <= 0.02 * len(texts), held


def test_a_long_honest_text_is_not_held() -> None:
    assert doubts_in("\n\n".join(unescaped(line) for line in corpus("honest_text.txt"))) == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Ring Dave on 07700 900123 today", DoubtKind.PHONE, "07700 900123"),
        ("It is oh double seven 00 900 123", DoubtKind.PHONE, "oh double seven 00 900 123"),
        ("It is \uff10\uff177\u200b00 900123", DoubtKind.PHONE, "\uff10\uff177\u200b00 900123"),
        ("Write to dave@example.com now", DoubtKind.MAIL, "dave@example.com"),
        ("I am @potter_jay there", DoubtKind.HANDLE, "@potter_jay"),
        ("See kilnjobs.example for more", DoubtKind.LINK, "kilnjobs.example"),
        ("So COME ALONE please", DoubtKind.PHRASE, "COME ALONE"),
    ],
)  # fmt: skip
def test_a_doubt_names_its_kind_and_the_piece_as_it_was_written(
    text: str, kind: DoubtKind, found: str
) -> None:
    assert (kind, found) in [(doubt.kind, doubt.found) for doubt in doubts_in(text)]


def test_every_doubt_says_why_in_one_sentence() -> None:
    for text in smuggled("plain") + smuggled("disguised"):
        for doubt in doubts_in(text):
            assert doubt.why.endswith(".")
            assert doubt.found


@pytest.mark.parametrize(
    "text",
    ["Never come alone.", "There is no application fee.", "Do not send us £20 for anything."],
)
def test_a_warning_against_something_is_not_held_for_naming_it(text: str) -> None:
    assert doubts_in(text) == []


def test_a_no_further_back_excuses_nothing() -> None:
    assert doubts_in("It is not far, and you should come alone.")


def test_public_help_lines_may_be_named() -> None:
    assert doubts_in("Childline is free: call 0800 1111.") == []
    assert doubts_in("Call 0800 1112.")


def test_dates_and_times_in_a_row_are_not_a_phone_number() -> None:
    assert doubts_in("Starts 02/03/2026 9:30, doors at 9:00.") == []


def test_a_text_full_of_doubts_names_the_first_twenty() -> None:
    text = "; ".join(f"077009{number:05}" for number in range(30))
    assert len(doubts_in(text.replace("; ", "\nor "))) == MOST_DOUBTS


HOSTILE = [
    "a", "a ", "7 ", "07700 ", "a.", "a@", "a @ ", "oh ", "double ", "zeroone", "come alon ",
    "send a b c d ", "a_b_", "\uff10", "\ufdfa", "\u200ba", "o\u0301", " ", "\n", "my insta ",
    "www ", "you pay a a a a a ", "don't tell ", "h t t p ", "7 then next last ", "call me ",
    "tel 1 2 3 4 5 6 ", "oil0", "👻 ", "-", "a . co ", "s n a p  ", "07700 a ", "£1 a b c d ",
    "trial a b c modelling x y ",
]  # fmt: skip


@pytest.mark.parametrize("seed", HOSTILE, ids=ascii)
def test_a_hostile_text_costs_little_time(seed: str) -> None:
    text = (seed * 20_000)[:20_000]
    best = min(_seconds(text) for _ in range(5))
    assert best < 0.05


def _seconds(text: str) -> float:
    began = time.process_time()
    doubts_in(text)
    return time.process_time() - began


@given(st.text(max_size=200))
def test_any_text_gets_an_answer_with_pieces_of_itself(text: str) -> None:
    doubts = doubts_in(text)
    assert len(doubts) <= MOST_DOUBTS
    assert all(doubt.found in text for doubt in doubts)


@pytest.mark.parametrize("line", corpus("redirects.txt"))
def test_a_redirect_never_leaves_the_site(line: str) -> None:
    assert safe_next(unescaped(line)) is None


@pytest.mark.parametrize(
    "address", [None, "", "workspace", "?x=1", "/" + "a" * 500, "/a b", "/é", "/../x", "/x/."]
)
def test_what_is_not_a_path_of_this_site_is_refused(address: str | None) -> None:
    assert safe_next(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/workspace",
        "/workspace/",
        "/workspace?x=1",
        "/workspace/offers/3f9a-kiln_2/edit?page=2&kind=course#errors",
        "/search?q=level+2%20plumbing&near=ST1%205HS",
        "/events/open-day.ics",
    ],
)
def test_a_path_of_this_site_is_kept(address: str) -> None:
    assert safe_next(address) == address


@given(st.text(alphabet="/\\.@:%?#ae25f\t\n \u3002\uff0f", max_size=12))
def test_whatever_is_kept_is_a_plain_path(address: str) -> None:
    kept = safe_next(address)
    assert kept is None or re.match(r"/(?![/\\])", kept)
    assert kept is None or not re.search(r"[\\\s]|^[^?#]*//", kept)


@pytest.mark.parametrize("line", corpus("links.txt"))
def test_a_link_is_taken_or_refused_as_the_corpus_says(line: str) -> None:
    verdict, _, rest = line.partition("\t")
    text, _, domain = rest.partition("\t")
    assert is_web_address(unescaped(text)) is (verdict == "good")
    assert domain_of(unescaped(text)) == domain


def test_a_link_of_more_than_five_hundred_characters_is_refused() -> None:
    start = "https://kilnworks.example/"
    assert is_web_address(start + "a" * (500 - len(start)))
    assert not is_web_address(start + "a" * (501 - len(start)))


@pytest.mark.parametrize("line", corpus("script_payloads.txt"))
def test_a_script_payload_is_never_an_address(line: str) -> None:
    assert not is_web_address(unescaped(line))
    assert safe_next(unescaped(line)) is None
