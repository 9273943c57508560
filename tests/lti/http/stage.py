"""The real application on a temporary database, and a platform that signs: what the tests over HTTP run on."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import Table, delete, func, select
from werkzeug.test import TestResponse

from connector.administer import platforms, sources
from connector.administer.platforms import NewPlatform
from connector.administer.site import init_site
from connector.administer.sources import NewSource
from connector.app import create_app
from connector.domain import (
    SITE,
    ActivityDraft,
    FactDraft,
    Flag,
    Identifier,
    IfiKind,
    Iri,
    ItemText,
    Neighbour,
    NeighbourKind,
    NeighbourList,
    Visit,
)
from connector.lti.limits import launch_limits
from connector.lti.own_tokens import SessionKey
from connector.lti.visit import decode_visit
from connector.settings import Settings
from connector.statements.identity import hash_identifier
from connector.store import facts, models, names, tables, texts
from connector.wiring_web import WebParts, web_parts
from tests.lti.harness import NOON, Scene

TOOL = "https://tool.example"
MOODLE = "https://moodle.example"
SECRET_KEY = "a secret key of the tests, forty letters"
COURSES = range(1, 21)
COMPLETED = "http://adlnet.gov/expapi/verbs/completed"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
VISIT = re.compile(r'name="visit" value="([^"]+)"')
SLATE = re.compile(r'data-slate="([^"]+)"')
ITEM = re.compile(r'data-item="([^"]+)"')
HIDDEN = re.compile(r'type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True)
class Begun:
    """A login that was answered: the redirect, and what it told the platform."""

    answer: TestResponse
    state: str
    nonce: str
    sent: Mapping[str, str]


class Stage:
    """One tool on one database, one platform; ``scene`` signs and holds the clock."""

    def __init__(self, database_url: str, *, deployments: tuple[str, ...] = (), match=None, **settings: Any) -> None:
        self.scene = Scene()
        self.settings = settings_for(database_url, **settings)
        init_site(database_url, SECRET_KEY, self.clock)
        self.parts = web_parts(self.settings, self.clock, self.scene.keys)
        self.site = self.parts.site
        self.add_platform(deployments=deployments, match=match or {})
        self.app = create_app(self.settings, self.parts)

    def clock(self):
        return self.scene.now

    def close(self) -> None:
        self.site.engine.dispose()

    def add_platform(self, name: str = "moodle", **changes: Any) -> None:
        fields = {
            "name": name,
            "issuer": MOODLE,
            "client_id": "client-1",
            "auth_url": f"{MOODLE}/auth",
            "token_url": "",
            "jwks_url": f"{MOODLE}/jwks",
            "deployments": (),
            "frame_origins": (),
            "match": {},
        }
        platforms.add(
            NewPlatform(**(fields | changes)), self.site.tenant, self.site.sessions, self.clock, lambda _url: None
        )

    def app_with(self, **changed_parts: Any):
        return create_app(self.settings, replace(self.parts, **changed_parts))

    def broken(self, error: Exception) -> WebParts:
        """Return the parts with a Serve that raises."""

        class Broken:
            def page(self, _visit: Visit):
                raise error

            row = page

        return replace(self.parts, pages=replace(self.parts.pages, serve=Broken()))

    # --- the browser and the platform --------------------------------------------------------------------------

    def browser(self, app=None) -> FlaskClient:
        return (app or self.app).test_client()

    def login(self, browser: FlaskClient, *, method: str = "POST", **changes: Any) -> Begun:
        answer = self.login_answer(browser, method=method, **changes)
        assert answer.status_code == 302, answer.text
        return begun(answer)

    def login_answer(self, browser: FlaskClient, *, method: str = "POST", headers=None, **changes: Any) -> TestResponse:
        fields = self.scene.login_fields(**changes)
        given = {"data": fields} if method == "POST" else {"query_string": fields}
        return browser.open("/lti/login", method=method, base_url=TOOL, headers=headers, **given)

    def form(self, login: Begun, **changes: Any) -> dict[str, str]:
        return {"state": login.state, "id_token": self.scene.token(self.scene.claims(login.nonce, **changes))}

    def post(self, browser: FlaskClient, form: Any, **given: Any) -> TestResponse:
        return browser.post("/lti/launch", data=form, base_url=TOOL, **given)

    def launch(self, browser: FlaskClient | None = None, **changes: Any) -> TestResponse:
        """Log in and launch with these claims changed."""
        browser = browser or self.browser()
        return self.post(browser, self.form(self.login(browser), **changes))

    def visit(self, **changes: Any) -> str:
        """Launch and return the Visit's token from the page."""
        return visit_of(self.launch(**changes))

    def decoded(self, token: str) -> Visit:
        return decode_visit(token, SessionKey(self.site.keys.session), self.clock)

    # --- the database ------------------------------------------------------------------------------------------

    def count(self, table: Table) -> int:
        with self.site.readers.begin() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def rows(self, table: Table) -> list[Any]:
        with self.site.readers.begin() as session:
            return list(session.execute(select(table)))

    def audited(self, kind: str = "launch_refused") -> list[str]:
        return [row.code for row in self.rows(tables.audit) if row.kind == kind]

    def forget_floods(self, refusals: int = 100_000, open_logins: int = 5_000) -> None:
        """Begin with fresh limits: the clock stands still while hundreds of attacks come from one address."""
        limits = launch_limits(self.clock, refusals, open_logins)
        object.__setattr__(self.parts.launches, "limits", limits)

    def forget_audit(self) -> None:
        with self.site.sessions.begin() as session:
            session.execute(delete(tables.audit))

    def stock(self, *, history_of: str = "", home_page: str = MOODLE) -> None:
        """Put twenty courses, a source and a Model into the database; let one person have completed courses 1 to 4."""
        new = NewSource("campus", "xapi", "https://lrs.example/xapi", "k", "s")
        source = sources.add(new, self.site.tenant, self.site.sessions, self.site.seal, self.clock)
        tenant = self.site.tenant
        with self.site.sessions.begin() as session:
            numbers = names.items(session, tenant, {course(n): COURSE_TYPE for n in COURSES}, NOON)
            for n in COURSES:
                texts.add_from_catalog(session, tenant, numbers[course(n)], [ItemText("en", f"Course {n}")], NOON)
            if history_of:
                drafts = [self._completion(history_of, home_page, n) for n in range(1, 5)]
                facts.add(session, tenant, source, drafts, [], known=facts.KnownNames(), now=NOON)
            self._publish(session, numbers)

    def _completion(self, subject: str, home_page: str, number: int) -> FactDraft:
        return FactDraft(
            statement_id=UUID(int=number),
            member=0,
            identity=hash_identifier(self.site.keys.hashing, Identifier(IfiKind.ACCOUNT, subject, home_page)),
            activity=ActivityDraft(Iri(course(number)), COURSE_TYPE, Iri(course(number)), part=False),
            verb=Iri(COMPLETED),
            attempt=None,
            flags=Flag.COMPLETION_GIVEN | Flag.COMPLETION_TRUE,
            score=None,
            progress=None,
            stored=NOON,
            timestamp=NOON - timedelta(days=number),
        )

    def _publish(self, session, numbers) -> None:
        tenant = self.site.tenant
        number = [numbers[course(n)] for n in COURSES]
        lists = [
            _near(NeighbourKind.POPULAR, SITE, number),
            *(_near(NeighbourKind.TOGETHER, number[n], number[4 + 4 * n : 8 + 4 * n]) for n in range(4)),
        ]
        counts = {"learners": 100, "items": 20, "interactions": 900, "data_as_of": NOON, "now": NOON}
        model = models.start(session, tenant, parameters={}, scale={}, **counts)
        models.write(session, tenant, model, lists)
        models.publish(session, tenant, model, neighbours=36, fingerprint="f", now=NOON)


def settings_for(database_url: str, **changes: Any) -> Settings:
    given = {"public_url": TOOL, "database_url": database_url, "secret_key": SecretStr(SECRET_KEY)}
    return Settings(_env_file=None, **(given | changes))


def course(number: int) -> str:
    return f"{MOODLE}/course/view.php?id={number}"


def _near(kind: NeighbourKind, anchor: int, near: list[int]) -> NeighbourList:
    return NeighbourList(
        kind, anchor, 100, tuple(Neighbour(item, 0.9 - i / 100, 40, 30) for i, item in enumerate(near))
    )


@contextmanager
def staged(database_url: str, **given: Any) -> Iterator[Stage]:
    stage = Stage(database_url, **given)
    try:
        yield stage
    finally:
        stage.close()


def begun(answer: TestResponse) -> Begun:
    sent = {name: values[0] for name, values in parse_qs(urlsplit(answer.location).query).items()}
    return Begun(answer, sent["state"], sent["nonce"], sent)


def visit_of(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    found = VISIT.search(answer.text)
    assert found, answer.text
    return found[1]


def slate_of(page: str) -> str:
    return SLATE.search(page)[1]


def items_of(page: str) -> list[str]:
    return ITEM.findall(page)


def hidden_fields(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in HIDDEN.findall(page)}


def frames_of(answer: TestResponse) -> list[str]:
    """Return who may frame the answer."""
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return policy["frame-ancestors"].split()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def acts(slate: str, **lists: Any) -> str:
    return json.dumps({"slate": slate, **lists})
