"""``onward sync`` as a process of its own against a simulated LRS, killed without warning in whatever it is doing."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from connector import clock
from connector.administer.keys import make_keys
from connector.administer.site import OpenSite, open_site
from connector.administer.sources import NewSource, add
from connector.store import canonical, database, secrets, site
from connector.store.seal import Seal
from tests.contract.racing import RacingLrs

HASHING = bytes(range(1, 33))
SECRET_KEY = "a secret key of more than thirty-two characters"
ROOT = Path(__file__).parents[2]
DAYS = 3


@dataclass(frozen=True, slots=True)
class Killed:
    """A site on ``url`` that reads an LRS by commands that are killed."""

    url: str
    folder: Path
    site: OpenSite

    def run(self, *options: str) -> None:
        """Run ``onward sync`` to its end."""
        process = self.start(*options)
        assert process.wait(300) == 0, (self.folder / "sync.log").read_text()[-3000:]

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ONWARD_")}
        environment |= {"ONWARD_ENV": "development", "ONWARD_DATABASE_URL": self.url, "ONWARD_SECRET_KEY": SECRET_KEY}
        environment |= {"PYTHONPATH": str(ROOT)}
        with (self.folder / "sync.log").open("ab") as log:
            command = [sys.executable, "-m", "connector", "sync", *options]
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, rng: random.Random, *options: str) -> bool:
        """Start ``onward sync``, kill it at a random moment of its work; say whether it was at work."""
        before, began = self._begun(), time.monotonic()
        process = self.start(*options)
        while process.poll() is None and self._begun() == before and time.monotonic() < began + 30:
            time.sleep(0.02)
        time.sleep(rng.uniform(0.0, 0.6))
        at_work = process.poll() is None
        process.kill()
        process.wait()
        return at_work

    def _begun(self) -> int:
        """How often a process took the lease of the one Source."""
        with self.site.engine.connect() as connection:
            return int(connection.execute(text("SELECT sum(attempts) FROM job WHERE kind = 'sync'")).scalar() or 0)

    def dump(self) -> bytes:
        """The canonical dump of the site."""
        with self.site.readers.begin() as session:
            return "\n".join(canonical.lines(session, self.site.tenant)).encode()

    def facts(self) -> int:
        with self.site.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM fact")).scalar() or 0)


def set_up(url: str, folder: Path, lrs_url: str) -> Killed:
    """A site with known keys whose one Source is at ``lrs_url``."""
    folder.mkdir(exist_ok=True)
    engine = database.create_engine(url)
    database.upgrade(engine)
    sessions, seal = database.sessions_of(engine), Seal(SECRET_KEY)
    with sessions.begin() as session:
        tenant = site.add_tenant(session, site.FIRST_TENANT, clock.now())
        secrets.add(session, tenant, "identifier-hashing", HASHING, seal, clock.now())
    make_keys(sessions, tenant, seal, clock.now)
    add(NewSource("lrs", "xapi", lrs_url, "key", "secret"), tenant, sessions, seal, clock.now)
    engine.dispose()
    return Killed(url, folder, open_site(url, SECRET_KEY))


def stamps(first: int, count: int, ends: float) -> list[tuple[float, int]]:
    """``count`` stamps over the three days before ``ends`` (seconds since 1970), numbered from ``first``."""
    step = DAYS * 86_400 / count
    return [(ends - DAYS * 86_400 + place * step, first + place) for place in range(count)]


def forget_some(engine: Engine, rng: random.Random, share: float) -> int:
    """Take Facts away, as if they had never been read: what a reconcile and a read from the start have to repair."""
    with engine.begin() as connection:
        numbers = [row[0] for row in connection.execute(text("SELECT id FROM fact ORDER BY id"))]
        chosen = rng.sample(numbers, int(len(numbers) * share))
        for number in chosen:
            connection.execute(text("DELETE FROM fact WHERE id = :number"), {"number": number})
    return len(chosen)


@dataclass(frozen=True, slots=True)
class Kills:
    """How many kills fall into each kind of work."""

    first: int
    tail: int
    replay: int
    reconcile: int


def story(killed: Killed, lrs: RacingLrs, kills: Kills, statements: int, seed: int) -> tuple[int, Sequence[int]]:
    """First sync, tail, replay and reconcile, each killed again and again and then run to its end.

    Returns how many kills fell into work, and the Facts after each of the four.
    """
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rng, now = random.Random(seed), midnight.timestamp()  # whole days only are compared: yesterday and before
    reached, at_work = [], 0
    lrs.commit_all(stamps(0, statements, now - 7_200))
    at_work += sum(killed.kill(rng) for _ in range(kills.first))
    killed.run()
    reached.append(killed.facts())
    lrs.commit_all([(now - 7_000 + place, statements + place) for place in range(statements // 4)])
    at_work += sum(killed.kill(rng) for _ in range(kills.tail))
    killed.run()
    reached.append(killed.facts())
    forget_some(killed.site.engine, rng, 0.1)
    at_work += sum(killed.kill(rng, "--from-start") for _ in range(kills.replay))
    killed.run("--from-start")
    reached.append(killed.facts())
    forget_some(killed.site.engine, rng, 0.1)
    days = str(DAYS + 2)
    at_work += sum(killed.kill(rng, "--reconcile", days) for _ in range(kills.reconcile))
    killed.run("--reconcile", days)
    reached.append(killed.facts())
    return at_work, reached
