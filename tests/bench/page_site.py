"""A large site for pages and training, written by COPY and set by set on PostgreSQL: no Statement is interpreted.

Run from the checkout, on an empty database: ``python -m tests.bench.page_site URL [--learners N --items N --mean N]``.
Popularity is 1 / rank, activity log-normal, tastes as `tests.bench.generate.Shape` has them; who repeats an Item has it
once, so that a ``mean`` of 66 leaves about 50 Items a learner. Everybody trains; what is written is not trained yet.
"""

import argparse
import struct
import sys
import time
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import Connection, text

from connector.administer.site import OpenSite, init_site, open_site
from connector.store import platforms, sources, tables
from connector.store.copying import land_binary
from tests.bench.generate import START, Shape

KEY = "k" * 43
LMS = "https://lms.example.edu"
TOPICS = ("writing", "budgets", "leadership", "safety", "tables", "drawing", "teams", "law", "networks", "biology")
KINDS = ("basics", "practice", "workshop", "refresher", "tour", "seminar", "primer", "toolbox", "clinic", "update")
DAY = 86_400_000_000


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("url")
    arguments.add_argument("--learners", type=int, default=100_000)
    arguments.add_argument("--items", type=int, default=20_000)
    arguments.add_argument("--mean", type=float, default=66)
    given = arguments.parse_args()
    written(given.url, Shape(given.learners, given.items, given.mean, tastes=20, loyalty=0.5))


def written(url: str, shape: Shape) -> OpenSite:
    """Make the site at ``url`` (PostgreSQL), not trained yet."""
    init_site(url, KEY, lambda: datetime.now(UTC))
    site = open_site(url, KEY)
    begun = time.perf_counter()
    with site.sessions.begin() as session:
        now = datetime.now(UTC)
        values = {"name": "bench", "kind": "xapi", "url": "http://127.0.0.1", "auth_key": "", "grain": "course"}
        source = sources.add(session, site.tenant, values, now)
        sources.succeeded(session, site.tenant, source, now)
        platforms.add(session, site.tenant, _platform(), now)
        connection = session.connection()
        _write_items(connection, site.tenant, shape.items)
        _write_people(connection, site.tenant, shape.learners)
        facts = _write_facts(connection, site.tenant, source, shape)
    with site.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    print(f"{facts:,} facts written in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    return site


def _platform() -> dict[str, object]:
    names = {"name": "lms", "issuer": LMS, "client_id": "c", "auth_url": f"{LMS}/auth", "token_url": ""}
    return names | {"jwks_url": f"{LMS}/jwks", "frame_origins": [LMS], "match_rules": {}, "switches": {}}


def _write_items(connection: Connection, tenant: int, items: int) -> None:
    numbers = range(1, items + 1)
    iris = [f"{LMS}/course/view.php?id={number}" for number in numbers]
    now = datetime.now(UTC)
    rows = [
        {
            "id": number,
            "tenant_id": tenant,
            "iri": iri,
            "family_id": number,
            "created_at": now,
            "minutes": 10 + number % 80,
            "level": "",
            "language": "en",
            "topics": [TOPICS[number % 10]],
        }
        for number, iri in zip(numbers, iris, strict=True)
    ]
    texts = [
        {
            "tenant_id": tenant,
            "item_id": number,
            "language": "en",
            "seen_at": now,
            "title": f"{TOPICS[number % 10].title()} {KINDS[number // 10 % 10]} {number}",
        }
        for number in numbers
    ]
    activities = [
        {"id": number, "tenant_id": tenant, "iri": iri, "item_id": number}
        for number, iri in zip(numbers, iris, strict=True)
    ]
    connection.execute(tables.family.insert(), [{"id": number, "tenant_id": tenant} for number in numbers])
    connection.execute(tables.item.insert(), rows)
    connection.execute(tables.item_text.insert(), texts)
    connection.execute(tables.activity.insert(), activities)
    verb = {"id": 1, "tenant_id": tenant, "iri": "http://adlnet.gov/expapi/verbs/completed"}
    connection.execute(tables.verb.insert(), [verb])


def _write_people(connection: Connection, tenant: int, learners: int) -> None:
    """Write learners 1 to ``learners``."""
    people = text(
        "INSERT INTO learner (id, tenant_id, created_at)"
        " SELECT n, :tenant, now() FROM generate_series(1, :learners) AS n"
    )
    identities = text(
        "INSERT INTO identity (id, tenant_id, learner_id, first_learner_id, kind, exact, folded, bare)"
        " SELECT n, :tenant, n, n, 'account', sha256(n::text::bytea), sha256(n::text::bytea), sha256(n::text::bytea)"
        " FROM generate_series(1, :learners) AS n"
    )
    for statement in (people, identities):
        connection.execute(statement, {"tenant": tenant, "learners": learners})


def _write_facts(connection: Connection, tenant: int, source: int, shape: Shape) -> int:
    learners, items, times = _drawn(shape)
    rows = np.empty(learners.size, dtype=[("n", ">i2"), *(field for name in "abc" for field in _field(name))])
    rows["n"] = 3
    for name, column in zip("abc", (learners, items, times), strict=True):
        rows[f"l{name}"], rows[name] = 8, column
    header = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
    land_binary(connection, "fact", ("identity_id", "activity_id", "id"), header + rows.tobytes() + b"\xff\xff")
    landing = connection.scalar(text("SELECT relname FROM pg_class WHERE relname LIKE 'landing_fact%'"))
    statement = (  # the landing table's id holds the time
        "INSERT INTO fact (tenant_id, source_id, statement_id, identity_id, activity_id, verb_id, timestamp)"
        " SELECT :tenant, :source, lpad(to_hex(row_number() OVER ()), 32, '0')::uuid, identity_id, activity_id, 1,"
        f" 'epoch'::timestamptz + id * interval '1 microsecond' FROM {landing}"
    )
    connection.execute(text(statement), {"tenant": tenant, "source": source})
    return int(learners.size)


def _field(name: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (f"l{name}", ">i4"), (name, ">i8")


def _drawn(shape: Shape) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who completed what and when, in order of time: as facts come in."""
    random = np.random.default_rng(7)
    drawn = np.exp(random.normal(0.0, shape.sigma, shape.learners))
    counts = np.clip(np.round(drawn * shape.mean / drawn.mean()), 1, shape.items // 2).astype(np.int64)
    who = np.repeat(np.arange(shape.learners), counts)
    taste = random.integers(shape.tastes, size=shape.learners)[who]
    own = random.random(who.size) < shape.loyalty
    inside = _zipf(shape.items // shape.tastes, who.size, random) * shape.tastes + taste
    pairs = np.unique(who * shape.items + np.where(own, inside, _zipf(shape.items, who.size, random)))
    times = np.sort(START + random.integers(0, 730 * DAY, pairs.size))
    pairs = random.permutation(pairs)
    return pairs // shape.items + 1, pairs % shape.items + 1, times


def _zipf(items: int, size: int, random: np.random.Generator) -> np.ndarray:
    edges = np.cumsum(1.0 / np.arange(1, items + 1))
    return np.searchsorted(edges, random.random(size) * edges[-1]).astype(np.int64)


if __name__ == "__main__":
    main()
