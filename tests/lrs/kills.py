"""``onward sync`` as a process of its own against an LRS, killed without warning, again and again."""

import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from connector import clock
from connector.administer.keys import make_keys
from connector.administer.site import OpenSite, open_site
from connector.administer.sources import NewSource, add
from connector.demo.ralph import Ralph
from connector.demo.shapes import Json
from connector.demo.simulate import simulate
from connector.store import database, secrets, site
from connector.store.seal import Seal
from tests.integration.canonical import State, state_of

HASHING = bytes(range(1, 33))
MANY = 2_000
SECRET_KEY = "a secret key of more than thirty-two characters"
ROOT = Path(__file__).parents[2]


def two_thousand() -> list[Json]:
    """2,000 Statements as Moodle and cmi5 send them, voidings among them, all ids different."""
    told = simulate("https://lms.example", datetime(2026, 11, 20, tzinfo=UTC), seed=11, learners=190)
    voiding = [one for one in told if verb_of(one) == "voided"]
    others = [one for one in told if verb_of(one) != "voided"]
    chosen = others[: MANY - len(voiding)] + voiding
    assert len({one["id"] for one in chosen}) == MANY
    return chosen


def verb_of(statement: Json) -> str:
    return str(statement["verb"]["id"]).rpartition("/")[2]


def disturbed(ralph: Ralph, own_sync: "SyncOnItsOwn", kills: int, seed: int) -> tuple[list[int], State]:
    """Kill ``kills`` runs, then run once to the end; return the Facts after each kill, and the final state."""
    site = own_sync.set_up(ralph, HASHING)
    counts = own_sync.kill_at_random(site.engine, kills, seed)
    own_sync.run()
    state = state_of(site.engine)
    site.engine.dispose()
    return counts, state


def undisturbed(ralph: Ralph, folder: Path) -> State:
    """Return the state after one run that nobody disturbed."""
    folder.mkdir()
    calm = SyncOnItsOwn(f"sqlite:///{folder / 'calm.db'}", folder)
    site = calm.set_up(ralph, HASHING)
    calm.run()
    state = state_of(site.engine)
    site.engine.dispose()
    return state


@dataclass(frozen=True, slots=True)
class SyncOnItsOwn:
    """A site on ``url`` whose one Source is a running Ralph."""

    url: str
    folder: Path

    def set_up(self, ralph: Ralph, hashing: bytes) -> OpenSite:
        """Make the site; ``hashing`` is its key for identifiers, so that two sites can be compared."""
        engine = database.create_engine(self.url)
        database.upgrade(engine)
        sessions, seal = database.sessions_of(engine), Seal(SECRET_KEY)
        with sessions.begin() as session:
            tenant = site.add_tenant(session, site.FIRST_TENANT, clock.now())
            secrets.add(session, tenant, "identifier-hashing", hashing, seal, clock.now())
        make_keys(sessions, tenant, seal, clock.now)
        add(NewSource("lrs", "ralph", ralph.url, ralph.key, ralph.secret), tenant, sessions, seal, clock.now)
        engine.dispose()
        return open_site(self.url, SECRET_KEY)

    def start(self) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ONWARD_")}
        environment |= {"ONWARD_ENV": "development", "ONWARD_DATABASE_URL": self.url, "ONWARD_SECRET_KEY": SECRET_KEY}
        environment |= {"PYTHONPATH": str(ROOT)}
        with (self.folder / "sync.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "connector", "sync"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def run(self) -> None:
        """Read to the end, undisturbed."""
        process = self.start()
        assert process.wait(240) == 0, (self.folder / "sync.log").read_text()

    def kill_at_random(self, engine: Engine, kills: int, seed: int) -> list[int]:
        """Kill ``kills`` runs at random moments; return the Facts after each.

        Every other kill comes up to 0.3 s after new Facts were seen, so in the middle of the pages; the others up to
        1.5 s after the start, so in the start itself too.
        """
        rng, counts = random.Random(seed), [0]
        for number in range(kills):
            process = self.start()
            if number % 2:
                time.sleep(rng.uniform(0.05, 1.5))
            else:
                self._wait_for_facts(engine, process, counts[-1])
                time.sleep(rng.uniform(0.0, 0.3))
            process.kill()
            process.wait()
            counts.append(_facts(engine))
        return counts[1:]

    def _wait_for_facts(self, engine: Engine, process: "subprocess.Popen[bytes]", before: int) -> None:
        """Return when the process has added Facts, or has ended."""
        while process.poll() is None and _facts(engine) == before:
            time.sleep(0.02)


def _facts(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM fact").scalar() or 0)
