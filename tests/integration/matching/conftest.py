"""One database of each kind for all of these tests; each test has a Tenant of its own in it."""

from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from connector.store import database
from tests.integration import site_under_test
from tests.integration.matching.launching import Lms


@pytest.fixture(scope="session")
def sqlite_of_all(tmp_path_factory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('matching') / 'onward.db'}"


@pytest.fixture(scope="session")
def postgres_of_all(postgres_server):
    name = f"m{uuid4().hex}"
    server = postgres_server.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine_of_all(request):
    made = database.create_engine(request.getfixturevalue(f"{request.param}_of_all"))
    database.upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def site(engine_of_all, now):
    return site_under_test.open_site(engine_of_all, now, f"tenant {uuid4()}")


@pytest.fixture
def lms(site, now):
    made = Lms(site, now)
    made.register()
    return made
