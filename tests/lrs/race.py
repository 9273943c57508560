"""A race on a real Ralph: four writers post Statements whose timestamps are out of order while a reader syncs."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import requests
from sqlalchemy import Engine, func, select

from connector.administer.sources import NewSource, add
from connector.clock import now as the_time
from connector.demo.ralph import Ralph
from connector.statements.interpret import Interpreter
from connector.store import sources
from connector.store.tables import fact
from connector.sync import Reading, sync
from lrs_adapters.registry import open_source
from tests.integration.site_under_test import open_site

WRITERS, TOGETHER = 4, 10
SPREAD = timedelta(minutes=5)


def statement(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": str(UUID(int=number + 1, version=4)),
        "actor": {"account": {"homePage": "https://lms.example", "name": str(number % 100)}},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"https://lms.example/course/view.php?id={number % 40}"},
        "timestamp": at.isoformat(),
    }


def _write(ralph: Ralph, numbers: range, seed: int) -> None:
    chance = random.Random(seed)
    for first in range(numbers.start, numbers.stop, TOGETHER):
        some = range(first, min(first + TOGETHER, numbers.stop))
        told = [statement(number, datetime.now(UTC) - chance.random() * SPREAD) for number in some]
        answer = requests.post(f"{ralph.url}/statements", json=told, auth=(ralph.key, ralph.secret), timeout=60)
        assert answer.status_code == 200, answer.text


def race(ralph: Ralph, engine: Engine, count: int) -> tuple[int, int]:
    """Return Facts and distinct Statements after four writers posted ``count`` while one reader synced."""
    site = open_site(engine, datetime.now(UTC))
    add(NewSource("lrs", "ralph", ralph.url, ralph.key, ralph.secret), site.tenant, site.sessions, site.seal, the_time)
    with site.readers.begin() as session:
        record = sources.by_name(session, site.tenant, "lrs")
    source = open_source("ralph", ralph.url, ralph.key, ralph.secret)
    interpret = Interpreter(site.keys.hashing)
    reading = Reading(
        site.tenant, record, source, interpret, site.sessions, site.readers, site.seal, the_time, "race:1:1"
    )
    each = count // WRITERS
    writers = [
        threading.Thread(target=_write, args=(ralph, range(n * each, (n + 1) * each), n)) for n in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        sync(reading)
        time.sleep(0.2)
    sync(reading)
    source.close()
    with site.readers.begin() as session:
        row = session.execute(select(func.count(), func.count(fact.c.statement_id.distinct()))).one()
    return row[0], row[1]
