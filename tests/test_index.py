"""The index follows the database, is made again at will, and never needs to be trusted."""

import dataclasses
import datetime as dt
import shutil
import threading
from pathlib import Path

import pytest
from builders import TABLES, programme_text, role_text
from conftest import fill
from flask import Flask
from pages import PageClient

from portal.catalogue.access_to_search import catalogue_search
from portal.catalogue.loading import load
from portal.catalogue.models import Entry, Role
from portal.catalogue.search.documents import SearchDocument
from portal.catalogue.search.engine import Engine, SearchUnavailableError
from portal.catalogue.search.query import CatalogueQuery
from portal.catalogue.search.ranking import Ground, rank
from portal.catalogue.search.suggestions import suggest
from portal.catalogue.vocabulary import catalogue_version, read_vocabulary
from portal.clock import today
from portal.content.library import read_library
from portal.extensions import db

ROLE = "roles/engineering/kiln-worker.md"


def document(number: int, title: str = "Potter", **facets: str) -> SearchDocument:
    named = {name: (value,) for name, value in facets.items()}
    return SearchDocument(number, "role", title, "", f"/{number}", (title,), facets=named)


def titles(app: Flask, q: str) -> list[str]:
    data = app.test_client().get("/search.json", query_string={"q": q}).get_json()
    return [result["title"] for result in data["results"]]


def reload(app: Flask) -> None:
    with app.app_context():
        load(db.session, read_library(Path(app.config["CONTENT_DIR"])), show_months=18)


def test_a_change_in_the_content_is_searchable_at_the_next_request(
    small_app: Flask, small_content: Path
) -> None:
    assert titles(small_app, "welder") == []
    (small_content / ROLE).write_text(role_text("Welder"), encoding="utf-8")
    reload(small_app)
    assert titles(small_app, "welder") == ["Welder"]
    assert "Kiln worker" not in titles(small_app, "kiln")


def test_a_renamed_programme_changes_what_its_courses_are_found_by(
    small_app: Flask, small_content: Path
) -> None:
    path = small_content / "programmes/engineering/potter-apprenticeship.md"
    path.write_text(programme_text(also_called='["Clayworker"]'), encoding="utf-8")
    reload(small_app)
    assert sorted(titles(small_app, "clayworker")) == ["Potter apprenticeship"] * 2


def test_what_is_retired_or_past_its_date_is_not_found(
    small_app: Flask, small_content: Path
) -> None:
    assert titles(small_app, "kiln")
    (small_content / ROLE).write_text(role_text(show_until="2026-11-02"), encoding="utf-8")
    reload(small_app)
    assert "Kiln worker" not in titles(small_app, "kiln worker")
    assert small_app.test_client().get("/roles/kiln-worker").status_code == 410


def test_an_entry_leaves_the_search_on_the_day_after_its_last_without_a_load(
    tmp_path: Path,
) -> None:
    last = dt.date(2026, 11, 21)
    engine = Engine(tmp_path)
    engine.rebuild([dataclasses.replace(document(1), until=last.toordinal()), document(2)])
    snapshot = engine.snapshot()
    for day, found in ((last, 2), (last + dt.timedelta(days=1), 1)):
        ground = Ground(snapshot, {}, {}, day)
        assert rank(ground, CatalogueQuery("potter")).total == found
        assert rank(ground, CatalogueQuery()).total == found
        assert len(suggest("pott", snapshot, day)) == min(found, 1)


def test_nothing_is_indexed_with_the_words_of_an_older_catalogue(
    small_app: Flask, small_content: Path
) -> None:
    with small_app.app_context():
        before = read_vocabulary(db.session, catalogue_version(db.session))
        (small_content / ROLE).write_text(role_text("Welder"), encoding="utf-8")
        load(db.session, read_library(small_content), show_months=18)
        search = small_app.extensions["catalogue_search"]
        seen = search.engine.version()
        search.follow(db.session, before, today())
        assert search.engine.version() == seen
        search.follow(
            db.session, read_vocabulary(db.session, catalogue_version(db.session)), today()
        )
        assert search.engine.version() == seen + 1


def test_an_index_made_again_says_the_same(small_app: Flask) -> None:
    before = titles(small_app, "kiln")
    fill(small_app)
    assert titles(small_app, "kiln") == before


def test_without_an_index_the_search_says_so_and_the_rest_works(small_app: Flask) -> None:
    page = PageClient(small_app)
    shutil.rmtree(Path(small_app.config["INSTANCE_DIR"]) / "search")
    small_app.extensions["catalogue_search"].engine.__init__(
        Path(small_app.config["INSTANCE_DIR"]) / "search"
    )
    found = page.get("/search?q=kiln", status=503)
    assert "The search is being made again" in found.words
    assert found.response.headers["Retry-After"]
    assert page.get("/roles/kiln-worker").heading == "Kiln worker"
    ready = page.client.get("/readyz")
    assert ready.status_code == 503
    assert ready.get_json()["index"] == "SearchUnavailableError"
    with small_app.app_context(), pytest.raises(SearchUnavailableError, match="portal reindex"):
        catalogue_search().engine.snapshot()
    fill(small_app)
    assert page.get("/search?q=kiln").results


def test_an_entry_is_put_replaced_and_removed(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.rebuild([document(1), document(2, "Welder")], version=7)
    assert engine.version() == 7
    engine.put([document(1, "Thrower")], version=8)
    snapshot = engine.snapshot()
    assert snapshot.live_count == 2
    assert len(snapshot.impacts("potter")[0][snapshot.live[snapshot.impacts("potter")[0]]]) == 0
    engine.put([], gone=[2], version=9)
    assert engine.snapshot().live_count == 1
    assert engine.version() == 9


def test_a_writer_that_fails_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.rebuild([document(1)], version=1)

    def broken() -> object:
        yield document(2)
        message = "the disk is full"
        raise OSError(message)

    with pytest.raises(OSError, match="full"):
        engine.rebuild(broken(), version=2)  # type: ignore[arg-type]
    assert engine.snapshot().live_count == 1
    assert engine.version() == 1
    engine.put([document(3)], version=2)
    assert engine.snapshot().live_count == 2


def test_threads_share_a_snapshot_and_each_finds_its_own(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    names = [f"Potter{n}" for n in range(40)]
    engine.rebuild([document(n, name) for n, name in enumerate(names)], version=1)
    wrong: list[str] = []

    def look(name: str, number: int) -> None:
        for _ in range(20):
            snapshot = engine.snapshot()
            ids = snapshot.titled(name.lower())
            found = [d["id"] for d in snapshot.stored(int(i) for i in ids)]
            if found != [number]:
                wrong.append(f"{name}: {found}")

    threads = [threading.Thread(target=look, args=(name, n)) for n, name in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_facet_counts_of_several_segments_agree_with_a_count_by_hand(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    engine.rebuild([document(n, level=str(n % 3 + 1)) for n in range(30)])
    engine.put([document(n, level="9") for n in range(25, 35)])
    snapshot = engine.snapshot()
    alive = snapshot.live.nonzero()[0].astype("int32")
    values = snapshot.codes.values("level")
    counts = dict(zip(values, snapshot.columns["level"].counts(alive, len(values)), strict=True))
    by_hand = {str(k): len([n for n in range(25) if n % 3 + 1 == k]) for k in (1, 2, 3)}
    assert counts == by_hand | {"9": 10}


def test_loading_twice_changes_nothing_the_second_time(small_app: Flask) -> None:
    with small_app.app_context():
        library = read_library(Path(small_app.config["CONTENT_DIR"]))
        report = load(db.session, library, show_months=18)
    assert report.is_empty
    assert report.unchanged == 4


def test_a_load_says_what_was_added_changed_and_retired(
    small_app: Flask, small_content: Path
) -> None:
    (small_content / ROLE).write_text(role_text("Oven worker"), encoding="utf-8")
    (small_content / "courses/town-college.csv").write_text(
        TABLES["courses/town-college.csv"].replace("potter-town", "potter-evening"),
        encoding="utf-8",
    )
    with small_app.app_context():
        report = load(db.session, read_library(small_content), show_months=18)
    assert report.changed == ["role kiln-worker"]
    assert report.added == ["course potter-evening"]
    assert report.retired == ["course potter-town"]
    assert small_app.test_client().get("/courses/potter-town").status_code == 410


def test_faulty_content_changes_nothing(small_app: Flask, small_content: Path) -> None:
    (small_content / ROLE).write_text(role_text(level='"99"'), encoding="utf-8")
    with small_app.app_context():
        library = read_library(small_content)
        with pytest.raises(ValueError, match="problems"):
            load(db.session, library, show_months=18)
        kept = db.session.query(Role).one()
        assert kept.level_slug == "2"
        assert db.session.query(Entry).count() == 4


def test_an_old_address_leads_to_the_new_one(small_app: Flask, small_content: Path) -> None:
    text = role_text(old_slugs='["oven-man"]')
    (small_content / ROLE).write_text(text, encoding="utf-8")
    reload(small_app)
    answer = small_app.test_client().get("/roles/oven-man")
    assert (answer.status_code, answer.location) == (301, "/roles/kiln-worker")
    assert today()
