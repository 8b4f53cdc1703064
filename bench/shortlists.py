"""Shortlists of an adviser who has hundreds, and the pages of a visitor: how long they take."""

import datetime as dt
import random
from urllib.parse import urlencode

from sqlalchemy import insert, select

from bench.figures import Figure, note
from bench.pages import city, page, signed_in
from portal.accounts.links import hash_of
from portal.accounts.models import Member, Organisation, Standing
from portal.catalogue.models import Entry
from portal.clock import now, today
from portal.content.library import Library
from portal.extensions import db
from portal.shortlists.models import ShareLink, Shortlist, ShortlistItem

LISTS, ON_EACH, COMPARED = 500, 20, 4
ADVISER, TOKEN, SEED = "adviser@example.org", "bench-token", 6
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def measure(library: Library) -> None:
    """Every page of shortlists at 500 lists and 10,000 items, and the most statements of one."""
    with city(library, _fill) as app:
        visitor, adviser = app.test_client(), signed_in(app, ADVISER)
        with app.app_context():
            one = f"/advising/lists/{db.session.scalar(select(Shortlist.public_id))}"
            several = db.session.scalars(
                select(Entry).where(Entry.kind.in_(("role", "programme", "course")))
            ).unique()
            keys = [entry.key for entry in several][:: max(1, LISTS // ON_EACH)][:ON_EACH]
        for key in keys:
            visitor.post("/my-list/change", data={"add": key}, headers=FROM_HERE)
        some = urlencode([("e", key) for key in keys[:COMPARED]])
        statements = [
            page(app, client, name, address, floor=100)
            for name, client, address in (
                ("500 lists, the first 25", adviser, "/advising/lists"),
                ("500 lists, the last page", adviser, f"/advising/lists?page={LISTS // 25}"),
                ("500 lists, all shelves", adviser, "/advising/lists?show=all"),
                ("500 lists, due for review", adviser, "/advising/lists?show=due"),
                ("500 lists, those that need a look", adviser, "/advising/lists?show=look"),
                ("one list of 20", adviser, one),
                ("one list of 20 to print", adviser, f"{one}/print"),
                ("a shared list of 20", visitor, f"/shared/{TOKEN}"),
                ("a visitor’s list of 20", visitor, "/my-list"),
                ("a visitor’s list of 20 to print", visitor, "/my-list/print"),
                ("four compared", visitor, f"/compare?{some}&age=17&near=ST4"),
            )
        ]
        note(Figure("most statements for one page of shortlists", max(statements), "", 12))


def _fill() -> None:
    chance = random.Random(SEED)
    school = Organisation(
        slug="bench-school", kind="school", name="Kiln Lane School", checked_on=today(),
        standing=Standing.VERIFIED.value, source={"name": "Made up", "date": "2026"},
    )  # fmt: skip
    adviser = Member(
        organisation=school, email=ADVISER, name="Sam Potter", roles=["adviser"],
        state="active", joined_at=now(),
    )  # fmt: skip
    db.session.add(adviser)
    db.session.flush()
    rows = db.session.execute(select(Entry.id, Entry.version)).all()
    day = dt.timedelta(days=1)
    lists = [
        {"id": n, "public_id": f"bench-{n}", "token": f"bench-{n}", "adviser_id": adviser.id,
         "organisation_id": school.id, "reference": f"10B-{n}", "is_template": n % 50 == 0,
         "made_at": now(), "touched_at": now() - n * day / 24,
         "review_on": today() + (n % 60 - 20) * day if n % 3 == 0 else None}
        for n in range(1, LISTS + 1)
    ]  # fmt: skip
    items = [
        {"public_id": f"bench-{n['id']}-{position}", "shortlist_id": n["id"], "entry_id": entry,
         "position": position, "reason": "It is near, and you can earn while you learn.",
         "seen_version": version, "added_at": now()}
        for n in lists
        for position, (entry, version) in enumerate(chance.sample(rows, ON_EACH))
    ]  # fmt: skip
    db.session.execute(insert(Shortlist), lists)
    db.session.execute(insert(ShortlistItem), items)
    db.session.add(ShareLink(shortlist_id=1, token_hash=hash_of(TOKEN), expires_at=now() + 9 * day))
