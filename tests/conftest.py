"""Fixtures that every test may use: a fixed clock, both databases."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import Engine, create_engine, text

from connector.domain import TenantId
from connector.store import database, site
from tests.fresh_schema import copied_schema

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ROOM = 4 * 1024**3
"""Bytes that have to be free in memory for the databases of the tests."""
POSTGRES_BIN = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)

settings.register_profile("onward", deadline=None)  # a busy machine is no fault
settings.load_profile("onward")


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session", autouse=True)
def truly_upgrade():
    """Migrate; everywhere else ``database.upgrade`` copies what that made once onto databases that are empty."""
    with copied_schema() as truly:
        yield truly


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server of Debian's package, on a socket; its URL without a database."""
    given = os.environ.get("ONWARD_TEST_POSTGRES")
    if given:
        yield given
        return
    if not POSTGRES_BIN:
        pytest.skip("PostgreSQL is not installed: `apt-get install postgresql` (make test does it when it may)")
    with _Server(_fastest_folder()) as url:
        yield url


def _fastest_folder() -> str:
    """Return memory where there is plenty of it: each test's database is copied from another."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else "/tmp"


class _Server:
    """A server in a short folder of its own: a socket's path has 107 bytes at most."""

    def __init__(self, folder: str = "/tmp") -> None:
        self.home = Path(tempfile.mkdtemp(prefix="onward-pg-", dir=folder))
        self.data = self.home / "data"
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []

    def __enter__(self) -> str:
        self.data.mkdir()
        self.home.chmod(0o755)
        if self.user:
            shutil.chown(self.data, "postgres")
            shutil.chown(self.home, "postgres")
        self._run("initdb", "-D", self.data, "-U", "onward", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-k {self.home} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=60"
        self._run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-l", self.data / "log", "-o", options, "start")
        return f"postgresql://onward@/postgres?host={self.home}"

    def _run(self, program: str, *arguments: object) -> None:
        command = [*self.user, str(POSTGRES_BIN[0] / program), *map(str, arguments)]
        done = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")

    def __exit__(self, *_: object) -> None:
        self._run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'onward.db'}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """A file with the newest schema and nothing in it: the migrations run once, each test gets a copy."""
    file = tmp_path_factory.mktemp("schema") / "template.db"
    made = database.create_engine(f"sqlite:///{file}")
    database.upgrade(made)
    made.dispose()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server) -> str:
    """The name of a database with the newest schema and nothing in it."""
    admin = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE template_onward"))
    admin.dispose()
    made = database.create_engine(postgres_server.replace("/postgres?", "/template_onward?"))
    database.upgrade(made)
    made.dispose()
    return "template_onward"


@pytest.fixture
def postgres_url(request, postgres_server) -> Iterator[str]:
    """A fresh database on the PostgreSQL server: empty, or with the newest schema where the test wants an engine."""
    name = f"t{uuid4().hex}"
    template = request.getfixturevalue("postgres_template") if "engine" in request.fixturenames else "template1"
    admin = create_engine(
        postgres_server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        copied = " STRATEGY FILE_COPY" if connection.dialect.server_version_info >= (15,) else ""
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}{copied}"))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request) -> str:
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def engine(request, database_url) -> Iterator[Engine]:
    """An engine on a fresh database with the newest schema: each test runs on SQLite and on PostgreSQL."""
    file = Path(database_url.removeprefix("sqlite:///"))
    if database_url.startswith("sqlite") and not file.exists():  # a site may be there already
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
    made = database.create_engine(database_url)
    assert database.schema_of(made) == database.newest_schema()
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine):
    return database.sessions_of(engine)


@pytest.fixture
def readers(engine):
    return database.readers_of(engine)


@pytest.fixture
def tenant(sessions) -> TenantId:
    with sessions.begin() as session:
        return site.add_tenant(session, "site", NOW)
