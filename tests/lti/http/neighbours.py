"""Two tenants with two platforms each, alike in everything but their marks: what one shows, no other may."""

import copy
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from msgspec.structs import replace
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from connector.administer import tenants
from connector.administer.site import OpenSite, site_on
from connector.domain import PlatformId, Visit
from connector.lti.visit import open_visit
from connector.store import facts, platforms, tables
from tests.lti.harness import CLAIM, NOON, b64
from tests.lti.http.asking import send
from tests.lti.http.stage import MOODLE, TOOL, Stage, acts, bearer, items_of, slate_of, visit_of

SECOND = "https://second.example"
SEE_ALL = re.compile(r'name="row" value="([^"]+)"')
PEOPLE = ("4", "5", "6")
PLACES = (
    ("site", MOODLE, "client-1", "mark-site-one"),
    ("site", SECOND, "client-1", "mark-site-two"),
    ("other", MOODLE, "client-2", "mark-other-one"),
    ("other", SECOND, "client-2", "mark-other-two"),
)
"""Tenant, issuer, client and mark: what only pages of this platform may hold. Titles hold the mark of their tenant."""


@dataclass(frozen=True)
class Place:
    site: OpenSite
    platform: PlatformId
    issuer: str
    client: str
    mark: str

    @property
    def titles(self) -> str:
        """The mark of all titles and source names of this tenant."""
        return f"titles-of-{self.site.name}"

    def marks(self) -> set[str]:
        return {self.mark, self.titles}


@dataclass
class Person:
    """Somebody with an open page: their newest token, the pages that they were shown, and the rows on the last one."""

    place: Place
    subject: str
    visit: Visit | None = None
    token: str = ""
    pages: dict[str, list[str]] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)

    @property
    def number(self) -> tuple[int, int]:
        return self.place.site.tenant, self.visit.learner


class Neighbourhood:
    """The tool, four places on it with equal people, and what is expected of every row that those people leave."""

    def __init__(self, stage: Stage, seed: int) -> None:
        self.stage, self.random, self.browser = stage, random.Random(seed), stage.browser()
        tenants.add("other", stage.site.engine, stage.site.seal, stage.clock)
        sites = {"site": stage.site, "other": site_on(stage.site.engine, stage.site.seal, "other")}
        self.places = [self._place(sites[tenant], *rest) for tenant, *rest in PLACES]
        for site in sites.values():
            self._stock(site)
        self.people = [Person(place, subject) for place in self.places for subject in PEOPLE]
        self.all_marks = set().union(*(place.marks() for place in self.places))
        self.clicks: Counter[tuple[tuple[int, int], UUID, int]] = Counter()
        self.seen: set[UUID] = set()
        self.shown: dict[UUID, tuple[int, int]] = {}
        self.switches: dict[tuple[int, int], bool] = {}
        self.asked: Counter[str] = Counter()

    # --- the four places ---------------------------------------------------------------------------------------------

    def _acting(self, site: OpenSite) -> Stage:
        """The stage as if its site were this tenant's."""
        acting = copy.copy(self.stage)
        acting.site = site
        return acting

    def _place(self, site: OpenSite, issuer: str, client: str, mark: str) -> Place:
        name = "moodle" if (issuer, client) == (MOODLE, "client-1") else mark
        if name != "moodle":
            self._acting(site).add_platform(name, issuer=issuer, client_id=client)
        with site.sessions.begin() as session:
            number = platforms.by_name(session, site.tenant, name).id
            origins = [issuer, f"https://{mark}.example"]
            given = {"frame_origins": origins, "switches": {"given_name": True}}
            session.execute(update(tables.platform).where(tables.platform.c.id == number).values(**given))
        return Place(site, number, issuer, client, mark)

    def _stock(self, site: OpenSite) -> None:
        """Give each tenant the same items, the same model, and the same people with other histories."""
        acting, mark = self._acting(site), f"titles-of-{site.name}"
        acting.stock()
        histories = [(issuer, subject) for issuer in (MOODLE, SECOND) for subject in PEOPLE]
        with site.sessions.begin() as session:
            source, title = tables.source, tables.item_text
            session.execute(update(source).where(source.c.tenant_id == site.tenant).values(name=f"LRS {mark}"))
            mine = title.c.tenant_id == site.tenant
            session.execute(update(title).where(mine).values(title=title.c.title + f" {mark}"))
            number = session.scalar(select(source.c.id).where(source.c.tenant_id == site.tenant))
            drafts = [
                replace(
                    acting._completion(subject, issuer, 1 + (place + site.tenant) % 4), statement_id=UUID(int=place)
                )
                for place, (issuer, subject) in enumerate(histories, start=1)
            ]
            facts.add(session, site.tenant, number, drafts, [], known=facts.KnownNames(), now=NOON)

    # --- what people do ----------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Let somebody do one thing, by chance; all who are not there yet launch first."""
        one = self.random.choice(self.people)
        doings = [self.launch, self.page, self.row, self.switch, *3 * [self.tell], *2 * [self.intrude]]
        doing = self.random.choice(doings) if one.visit else self.launch
        self.asked[doing.__name__] += 1
        doing(one)

    def launch(self, one: Person) -> None:
        place = one.place
        login = self.stage.login(self.browser, iss=place.issuer, client_id=place.client)
        claims = {"iss": place.issuer, "aud": place.client, "sub": one.subject, "given_name": f"Ann {place.mark}"}
        claims[CLAIM + "launch_presentation"] = {"locale": "en", "return_url": f"{place.issuer}/{place.mark}"}
        claims[CLAIM + "context"] = {"id": "c-1", "title": f"Statistics {place.mark}"}
        self._took(one, self.stage.post(self.browser, self.stage.form(login, **claims)))

    def page(self, one: Person) -> None:
        self._took(one, self._post("/page", one.token))

    def row(self, one: Person) -> None:
        """Ask for a row by its public name: an own one, or one that somebody else has."""
        other = self.random.choice(self.people)
        names = [*one.rows, *other.rows, "popular", "top_picks"]
        self._took(one, self._post("/page", one.token, row=self.random.choice(names)))

    def tell(self, one: Person) -> None:
        """Send acts on an own page, or on the page of somebody else, where they must have no effect."""
        whose = one if self.random.random() < 0.6 else self.random.choice(self.people)
        slates = [slate for slate in whose.pages if whose.pages[slate]]
        if not slates:
            return
        slate = self.random.choice(slates)
        place = self.random.randrange(len(whose.pages[slate]))
        item = whose.pages[slate][place]
        body = {"impressions": [{"item": item, "position": place}], "clicks": [{"item": item, "position": place}]}
        answer = send(self.stage, one.token, acts(slate, **body))
        assert (answer.status_code, answer.data) == (204, b"")
        if slate in one.pages:
            self.seen.add(UUID(slate))
            self.clicks[one.number, UUID(slate), int(item)] += 1

    def switch(self, one: Person) -> None:
        on = self.random.random() < 0.7
        self._took(one, self._post("/act", one.token, personal_rows="on" if on else "off"))
        self.switches[one.number] = on

    def intrude(self, one: Person) -> None:
        """Take a good token for that of somebody else, as who has no key can: all are refused."""
        other = self.random.choice([person for person in self.people if person.visit and person is not one] or [one])
        head, body, signature = one.token.split(".")
        forged = self.random.choice(
            [
                f"{other.token.split('.')[0]}.{body}.{signature}",
                f"{head}.{other.token.split('.')[1]}.{signature}",
                f"{head}.{body}.{b64(b'x' * 32)}",
            ]
        )
        answer = self._post("/page", forged)
        if answer.status_code == 200:  # of two people of one tenant the heads are the same
            assert forged == one.token
            self._took(one, answer)
            return
        assert (answer.status_code, "visit_foreign" in answer.text) == (401, True)
        self._shows_only(answer, set())

    def _post(self, path: str, token: str, **form: str) -> TestResponse:
        return self.browser.post(path, base_url=TOOL, data=form, headers=bearer(token))

    # --- what they must not see --------------------------------------------------------------------------------------

    def _took(self, one: Person, answer: TestResponse) -> None:
        """Look at the page and keep what it opens."""
        self._shows_only(answer, one.place.marks())
        one.token = visit_of(answer)
        one.visit = open_visit(one.token, self.stage.parts.keyring.find_session_key, self.stage.clock)
        assert (one.visit.tenant, one.visit.platform) == (one.place.site.tenant, one.place.platform)
        slate = slate_of(answer.text)
        one.pages[slate] = items_of(answer.text)
        one.rows = SEE_ALL.findall(answer.text)
        self.shown[UUID(slate)] = one.number

    def _shows_only(self, answer: TestResponse, marks: set[str]) -> None:
        told = answer.text + str(answer.headers)
        found = {mark for mark in self.all_marks if mark in told}
        assert found <= marks, f"a page of {marks} holds {found - marks}"

    # --- what they left ----------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare every page, act and switch on record with who did it."""
        kept = {row.id: (row.tenant_id, row.learner_id) for row in self.stage.rows(tables.slate)}
        assert kept == self.shown
        assert {row.id for row in self.stage.rows(tables.slate) if any(row.seen)} == self.seen
        clicked = Counter(
            ((row.tenant_id, row.learner_id), row.slate_id, row.item_id)
            for row in self.stage.rows(tables.event)
            if row.kind == "click"
        )
        assert clicked == self.clicks
        rows = {(row.tenant_id, row.id): row.personal_rows for row in self.stage.rows(tables.learner)}
        assert {number: rows[number] for number in self.switches} == self.switches
        assert all(on for number, on in rows.items() if number not in self.switches)
        assert len(rows) == len(self.people)
