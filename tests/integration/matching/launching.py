"""A platform whose people launch, as the use case sees it, and Statements that arrive beside it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from connector import match
from connector.administer import platforms
from connector.administer.platforms import NewPlatform
from connector.administer.site import OpenSite
from connector.clock import fixed
from connector.domain import Audience, Identifier, IfiKind, Interaction, LearnerId, SourceId
from connector.statements.identity import hash_identifier, sha1_of_mbox
from connector.statements.interpret import Interpreter
from connector.store import facts, interactions, items, learners, sources
from connector.store import platforms as stored
from tests.integration.stating import said

ISSUER = "https://moodle.example"
SSO = "https://sso.example"


@dataclass
class Lms:
    """One Platform of a site; ``seen`` numbers the Statements that were told."""

    site: OpenSite
    now: datetime
    name: str = "moodle"
    issuer: str = ISSUER
    seen: int = 0

    def register(self, **rules: str) -> None:
        client = f"{self.name} of {self.site.tenant}"
        new = NewPlatform(self.name, self.issuer, client, f"{self.issuer}/a", "", f"{self.issuer}/j", (), (), rules)
        platforms.add(new, self.site.tenant, self.site.sessions, fixed(self.now), lambda _url: None)

    def launch(self, subject: str, *, audience: Audience = Audience.LEARNER, **names: str) -> LearnerId:
        with self.site.sessions.begin() as session:
            record = stored.by_name(session, self.site.tenant, self.name)
            return match.launched_learner(
                session,
                self.site.tenant,
                issuer=self.issuer,
                subject=subject,
                audience=audience,
                names=names,
                rules=record.match_rules,
                hash_identifier=lambda one: hash_identifier(self.site.keys.hashing, one),
                clock=fixed(self.now),
                platform=record.id,
            )

    def tell(self, actor: dict, *about: int, source: str = "lrs", **fields) -> None:
        """Take in one page: this Actor completed these courses."""
        statements = []
        for number in about:
            self.seen += 1
            statements.append(said(self.seen, about=number, actor=actor, id=str(UUID(int=self.seen)), **fields))
        interpreter = Interpreter(self.site.keys.hashing)
        drafts = [fact for one in statements for fact in interpreter.read(json.dumps(one).encode()).facts]
        with self.site.sessions.begin() as session:
            facts.add(
                session,
                self.site.tenant,
                self._source(session, source),
                drafts,
                [],
                known=facts.KnownNames(),
                now=self.now,
            )

    def _source(self, session, name: str) -> SourceId:
        for one in sources.all_of(session, self.site.tenant):
            if one.name == name:
                return one.id
        values = {"name": name, "kind": "xapi", "url": f"https://{name}.example/xapi"}
        return sources.add(session, self.site.tenant, values, self.now)

    # --- what became of it ----------------------------------------------------------------------------------------

    def who(self, identifier: Identifier) -> LearnerId | None:
        with self.site.readers.begin() as session:
            return learners.by_identity(session, self.site.tenant, hash_identifier(self.site.keys.hashing, identifier))

    def done(self, who: Identifier | LearnerId) -> list[int]:
        """The numbers of the courses in the history of a Learner."""
        return self.done_by([who])[0]

    def done_by(self, people: Sequence[Identifier | LearnerId]) -> list[list[int]]:
        """The same for several Learners, at one moment."""
        with self.site.readers.begin() as session:
            known = {
                number: int(item.iri.rpartition("=")[2])
                for number, item in items.all_of(session, self.site.tenant).items()
            }
            return [sorted(known[one.item] for one in self._history(session, who)) for who in people]

    def _history(self, session, who: Identifier | LearnerId) -> tuple[Interaction, ...]:
        if isinstance(who, Identifier):
            found = learners.by_identity(session, self.site.tenant, hash_identifier(self.site.keys.hashing, who))
            assert found is not None
            who = found
        return interactions.of_learner(session, self.site.tenant, who)


def account(name: str, home: str = SSO) -> Identifier:
    return Identifier(IfiKind.ACCOUNT, name, home)


def mbox(address: str) -> Identifier:
    return Identifier(IfiKind.MBOX, f"mailto:{address}")


def actor(who: Identifier) -> dict:
    """The Actor that has this identifier."""
    if who.kind is IfiKind.ACCOUNT:
        return {"account": {"homePage": who.home_page, "name": who.value}}
    return {who.kind.value: who.value}


def sum_of(address: str) -> Identifier:
    return sha1_of_mbox(mbox(address))


def typed(who: Identifier) -> str:
    """As an operator types it."""
    return f"account:{who.home_page}|{who.value}" if who.kind is IfiKind.ACCOUNT else f"{who.kind.value}:{who.value}"
