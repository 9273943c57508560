"""One person with rows in every table that can have them, among others, and where their bytes could lie."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Table, and_, func, insert, or_, select, update

from connector.administer.recommend import visit_of
from connector.administer.site import OpenSite
from connector.clock import fixed
from connector.domain import HashedIdentity, Identifier, IfiKind, ItemId, LearnerId, PlatformId
from connector.feedback import Feedback
from connector.privacy import PrivacyDesk
from connector.statements.identity import hash_identifier
from connector.store import events, learners, logins, platforms, tables
from tests.integration.site_under_test import synced
from tests.integration.stating import KEY, LMS, group, said, voids

ANN = Identifier(IfiKind.ACCOUNT, "ann-4711", LMS)
MAIL = Identifier(IfiKind.MBOX, "mailto:Ann.Other@example.edu")
PROFILE = f"{LMS}/user/profile.php?id=ann-4711"
OTHERS = ("ben", "cem", "dia", "eva", "fio", "gus", "hal")
CLEAR = ("ann-4711", "ann.other@example.edu")
"""What must be nowhere in clear, in lower case."""


def desk_of(site: OpenSite, now: datetime) -> PrivacyDesk:
    return PrivacyDesk(site.tenant, site.sessions, site.readers, site.seal, site.keys.hashing, fixed(now))


def of_others() -> list[dict[str, Any]]:
    """Seven people who completed courses 1 to 4, and one of whose Statements was voided."""
    told = [
        said(100 + 10 * place + about, who, about=about) for place, who in enumerate(OTHERS) for about in range(1, 5)
    ]
    return [*told, voids(200, 101)]


def id_of(number: int) -> UUID:
    """The ids of ann's Statements look like nobody else's."""
    return uuid5(UUID(int=7), str(number))


def of_ann(first: int = 1) -> list[dict[str, Any]]:
    """What ann did: by account, by mailbox, as a member of a Group, about her own profile, and one thing voided."""
    mailbox = {"mbox": MAIL.value}
    mine = [
        said(first, "ann-4711", about=1),
        said(first + 1, "ann-4711", "failed", about=2, result={"success": False, "score": {"scaled": 0.25}}),
        said(first + 2, about=3, actor=mailbox),
        said(first + 3, about=4, actor=mailbox | {"mbox": MAIL.value.casefold()}),
        said(
            first + 4, "ann-4711", "experienced", object={"id": PROFILE, "definition": {"type": "http://x.example/p"}}
        ),
    ]
    for one in mine:
        one["id"] = str(id_of(int(one["timestamp"][14:16])))
    together = said(first + 5, about=1, actor=group("ann-4711", "ben"))
    return [*mine, together, voids(first + 6, 0) | {"object": {"objectType": "StatementRef", "id": mine[2]["id"]}}]


def unreadable() -> list[dict[str, Any]]:
    """What goes to quarantine: four that name ann in broken ways, and one that names somebody else."""
    broken = {"id": "no uuid", "verb": {"id": "http://x.example/v"}, "object": {"id": LMS}}
    return [
        broken | {"actor": {"mbox": MAIL.value.upper().replace("MAILTO", "mailto")}},
        broken | {"actor": {"account": {"homePage": LMS, "name": "ann-4711"}, "mbox": "x"}},
        broken | {"actor": {"account": {"homePage": 7, "name": "ann-4711"}}},
        broken | {"actor": {"mbox": "mailto:ben@example.edu"}, "authority": {"note": "for ann-4711 only"}},
        broken | {"actor": {"account": {"homePage": LMS, "name": "ben"}}},
    ]


def inhabited(site: OpenSite, now: datetime, told: list[dict[str, Any]]) -> LearnerId:
    """A site that read ``told``, where ann launched, was shown a page, clicked, switched and was merged."""
    synced(site, told, now, page_size=500)
    with site.sessions.begin() as session:
        platform = platforms.add(session, site.tenant, platform_values(), now)
        ann = learners.launched(session, site.tenant, hashed(ANN), now, trains=True)
        _merge(session, site, ann, now)
        _claim(session, site, platform, ann, now)
        _login(session, site, platform, now)
        item = ItemId(session.scalar(select(tables.item.c.id).where(tables.item.c.tenant_id == site.tenant).limit(1)))
    feedback, visit = Feedback(site.sessions, fixed(now)), visit_of(site, ann, platform, now)
    with site.sessions.begin() as session:
        for number, who in ((1, ann), (2, None)):
            events.keep_slate(
                session,
                site.tenant,
                slate=UUID(int=(site.tenant << 16) + number),
                learner=who,
                model_version=None,
                platform=platform,
                placement="here",
                state="personal",
                items=[item],
                now=now,
            )
    shown = UUID(int=(site.tenant << 16) + 1)
    assert feedback.seen(visit, shown, [0])
    assert feedback.clicked(visit, shown, item, 0)
    assert feedback.switch_personal_rows(visit, on=False)
    return ann


def read_again(site: OpenSite, told: list[dict[str, Any]], now: datetime) -> None:
    """Everything once more, by a process that knows nothing, as from the beginning."""
    with site.sessions.begin() as session:
        session.execute(tables.source_cursor.delete())
    synced(site, told, now, page_size=7)


def platform_values() -> dict[str, Any]:
    names = ("name", "issuer", "client_id", "auth_url", "token_url", "jwks_url")
    values = dict(zip(names, ("moodle", LMS, "client", LMS, LMS, LMS), strict=True))
    return values | {"frame_origins": [], "match_rules": {}, "switches": {}}


def hashed(identifier: Identifier) -> HashedIdentity:
    return hash_identifier(KEY, identifier)


def _merge(session: Any, site: OpenSite, ann: LearnerId, now: datetime) -> None:
    table = tables.identity
    mail = select(table).where(table.c.tenant_id == site.tenant, table.c.sha1 == hashed(MAIL).sha1)
    for row in session.execute(mail).all():
        session.execute(update(table).where(table.c.id == row.id).values(learner_id=ann))
        link = {"tenant_id": site.tenant, "identity_id": row.id, "from_learner_id": row.learner_id}
        session.execute(
            insert(tables.identity_link),
            link | {"to_learner_id": ann, "why": "by hand", "batch": UUID(int=5), "linked_at": now},
        )
    rule = {"tenant_id": site.tenant, "finding": "burst", "made_at": now}
    number = session.scalar(
        select(table.c.id).where(table.c.tenant_id == site.tenant, table.c.learner_id == ann).limit(1)
    )
    session.execute(insert(tables.ignore_rule), rule | {"identity_id": number, "since": now})


def _claim(session: Any, site: OpenSite, platform: PlatformId, ann: LearnerId, now: datetime) -> None:
    said_of = {"tenant_id": site.tenant, "platform_id": platform, "learner_id": ann, "kind": "username"}
    digests = {"bare": hashed(Identifier(IfiKind.ACCOUNT, "annaotto", LMS)).bare, "shape": "letters(8)"}
    session.execute(insert(tables.launch_claim), said_of | digests | {"seen_at": now})


def _login(session: Any, site: OpenSite, platform: PlatformId, now: datetime) -> None:
    record = {"sealed": site.seal.close(b'{"login": {"login_hint": "ann-4711"}}').decode()}
    state = bytes([site.tenant]) * 32
    logins.keep(session, site.tenant, platform, state, record, now + timedelta(minutes=5))


# --- a scan of the whole schema -----------------------------------------------------------------------------------


def referring(table: Table, learner_ids: set[int], identity_ids: set[int]) -> Any:
    """Tell by foreign keys, and by columns named as such keys are, which rows refer to a person or are them."""
    mine = {"learner": learner_ids, "identity": identity_ids}
    conditions = [
        column.in_(numbers)
        for column in table.columns
        for name, numbers in mine.items()
        if (table.name == name and column.name == "id")
        or column.name == f"{name}_id"
        or column.name.endswith(f"_{name}_id")
        or any(key.column.table.name == name for key in column.foreign_keys)
    ]
    return or_(*conditions) if conditions else None


def rows_of(site: OpenSite, learner_ids: set[int], identity_ids: set[int]) -> dict[str, int]:
    """Count the rows that refer to a person, by table, as the schema itself says."""
    found = {}
    with site.readers.begin() as session:
        for table in tables.metadata.sorted_tables:
            condition = referring(table, learner_ids, identity_ids)
            if condition is not None:
                mine = and_(table.c.tenant_id == site.tenant, condition)
                found[table.name] = session.scalar(select(func.count()).select_from(table).where(mine))
    return {name: count for name, count in found.items() if count}


def person_of(site: OpenSite) -> tuple[set[int], set[int]]:
    """Ann's Learners, by every way that leads to one, and her Identities."""
    table = tables.identity
    mine = or_(table.c.exact == hashed(ANN).exact, table.c.sha1 == hashed(MAIL).sha1)
    with site.readers.begin() as session:
        rows = session.execute(select(table).where(table.c.tenant_id == site.tenant, mine)).all()
    return {row.learner_id for row in rows} | {row.first_learner_id for row in rows}, {row.id for row in rows}


# --- bytes ---------------------------------------------------------------------------------------------------------


def traces() -> Iterator[tuple[str, bytes]]:
    """Byte strings that only ann leaves: her statements' ids, digests that are no tombstone, her own page."""
    for minute in range(1, 6):
        yield f"statement {minute}", id_of(minute).bytes
        yield f"statement {minute} in words", str(id_of(minute)).encode()
    for name, digest in (
        ("bare account", hashed(ANN).bare),
        ("bare mailbox", hashed(MAIL).bare),
        ("claim", hashed(Identifier(IfiKind.ACCOUNT, "annaotto", LMS)).bare),
    ):
        yield name, digest
        yield f"{name} in hex", digest.hex().encode()
    yield "profile", PROFILE.encode()
    yield from ((f"{clear} in clear", clear.encode()) for clear in CLEAR)


def found_in(*held: bytes) -> list[str]:
    whole = b"\n".join(held)
    return [name for name, trace in traces() if trace in whole or trace in whole.lower()]


def files_of_sqlite(site: OpenSite) -> list[bytes]:
    file = Path(str(site.engine.url.database))
    return [one.read_bytes() for one in sorted(file.parent.glob(file.name + "*")) if ".before" not in one.name]


def in_json(told: Any) -> str:
    return json.dumps(told, default=str)
