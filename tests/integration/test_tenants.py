"""Two Tenants share nothing: with the same people, Sources and Items, each is as it would be alone (invariant 7)."""

from datetime import timedelta
from itertools import chain, count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from connector.administer.recommend import as_json, visit_of
from connector.clock import fixed
from connector.domain import Identifier, IfiKind, PlatformId
from connector.errors import UnknownName
from connector.feedback import Feedback
from connector.privacy import erase
from connector.serve import Serve, Shelves
from connector.store import learners, platforms, retention, tables
from tests.integration.canonical import state_of
from tests.integration.person_under_test import desk_of, hashed, platform_values
from tests.integration.site_under_test import HOST, open_site, synced, trained
from tests.integration.stating import LMS, course, said, voids

QUICK = settings(
    max_examples=4, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
"""Without shrinking: an example takes a second."""
WHO = ("ann", "ben", "cem", "dia", "eva", "fio", "gus", "hal")
NAMES = count()

statement = st.tuples(
    st.sampled_from(WHO),
    st.integers(1, 5),
    st.sampled_from(["completed", "passed", "experienced", "initialized", "failed", "unheard"]),
)
act = st.tuples(st.sampled_from(["launch", "page", "click", "switch"]), st.sampled_from(WHO))
history = st.tuples(st.lists(statement, min_size=10, max_size=40), st.lists(act, max_size=10), st.booleans())


def told_by(statements, mark, *, voiding):
    """The Statements of one Tenant, its mark in every title; the last one may void the first."""
    told = [
        said(number, who, verb, object=course(about, f"{mark} {about}"))
        for number, (who, about, verb) in enumerate(statements, start=1)
    ]
    return [*told, voids(900, 1), said(901) | {"id": f"{mark} no uuid"}] if voiding else told


def lived(site, statements, acts, mark, now, *, voiding):
    """Read, train and act; return every page that was shown, as JSON."""
    synced(site, told_by(statements, mark, voiding=voiding), now, page_size=9)
    if any(verb in {"completed", "passed"} for _, _, verb in statements[voiding:]):
        trained(site, now)
    with site.sessions.begin() as session:
        known = [one.id for one in platforms.all_of(session, site.tenant)]
        values = platform_values() | {"client_id": f"client {site.tenant}"}  # unique over all Tenants, as issuers share
        platform = known[0] if known else platforms.add(session, site.tenant, values, now)
    return [page for what, who in acts if (page := _acted(site, platform, what, who, now)) is not None]


def _acted(site, platform: PlatformId, what, who, now):
    identity = hashed(Identifier(IfiKind.ACCOUNT, who, LMS))
    with site.sessions.begin() as session:
        learner = learners.launched(session, site.tenant, identity, now, trains=True)
    visit, feedback = visit_of(site, learner, platform, now), Feedback(site.sessions, fixed(now))
    if what == "switch":
        feedback.switch_personal_rows(visit, on=False)
    if what not in {"page", "click"}:
        return None
    serve = Serve(site.readers, fixed(now), HOST, timedelta(hours=1), Shelves())
    page = serve.page(visit)
    feedback.shown(visit, page.id, page.slate, page.shown())
    if what == "click" and page.shown():
        assert feedback.clicked(visit, page.id, page.shown()[0], 0)
    return as_json(page)


def people_of(site):
    """What is kept of people besides Facts, with names instead of numbers."""
    identity, learner, slate, event = tables.identity, tables.learner, tables.slate, tables.event
    own = identity.c.learner_id == learner.c.id
    shown = select(slate.c.state, slate.c.seen, func.length(slate.c.shown), identity.c.exact)
    acts = select(event.c.kind, tables.item.c.iri, identity.c.exact)
    queries = (
        select(identity.c.exact, learner.c.personal_rows, learner.c.launched_at).join(learner, own),
        shown.join(identity, identity.c.learner_id == slate.c.learner_id),
        acts.join(identity, identity.c.learner_id == event.c.learner_id).outerjoin(tables.item),
    )
    with site.readers.begin() as session:
        return [
            sorted(map(repr, session.execute(query.where(query.selected_columns[0].table.c.tenant_id == site.tenant))))
            for query in queries
        ]


def whole(site):
    return state_of(site.engine, site.tenant), people_of(site)


def bytes_of(site) -> bytes:
    """Every value of every row of a Tenant; rows sorted, as PostgreSQL returns them in any order."""
    with site.readers.begin() as session:
        rows = [
            sorted(map(repr, session.execute(select(table).where(table.c.tenant_id == site.tenant))))
            for table in tables.metadata.sorted_tables
            if "tenant_id" in table.c
        ]
    return "".join(chain.from_iterable(rows)).encode()


def strangers(site):
    """References from a row of one Tenant to a row of another, by every foreign key of the schema."""
    found = []
    with site.readers.begin() as session:
        for table in tables.metadata.sorted_tables:
            for key in (key for column in table.columns for key in column.foreign_keys):
                other = key.column.table.alias("other")
                if "tenant_id" not in table.c or "tenant_id" not in other.c:
                    continue
                crossed = (other.c[key.column.name] == key.parent) & (other.c.tenant_id != table.c.tenant_id)
                rows = session.scalar(select(func.count()).select_from(table.join(other, crossed)))
                found += [f"{table.name}.{key.parent.name}"] * bool(rows)
    return found


@QUICK
@given(here=history, there=history)
def test_7_neither_has_a_byte_of_the_other_and_each_is_as_it_would_be_alone(engine, now, here, there):
    number, marks = next(NAMES), ("HEREHERE", "THERETHERE")
    pages, alone = {}, {}
    for name, (statements, acts, voiding) in zip(marks, (here, there), strict=True):
        site = open_site(engine, now, f"{name} alone {number}")
        pages[name] = lived(site, statements, acts, name, now, voiding=voiding)
        alone[name] = whole(site)
    both = {name: open_site(engine, now, f"{name} {number}") for name in marks}
    halves = {name: (told, acts, voiding) for name, (told, acts, voiding) in zip(marks, (here, there), strict=True)}
    for name, site in both.items():
        assert lived(site, *halves[name][:2], name, now, voiding=halves[name][2]) == pages[name]
    for name, other in zip(marks, reversed(marks), strict=True):
        assert whole(both[name]) == alone[name]
        assert other.encode() not in bytes_of(both[name])
    assert strangers(both["HEREHERE"]) == []


@QUICK
@given(here=history, there=history, who=st.sampled_from(WHO))
def test_7_an_erasure_and_a_retention_in_one_change_nothing_in_the_other(engine, now, here, there, who):
    number = next(NAMES)
    one, other = open_site(engine, now, f"one {number}"), open_site(engine, now, f"other {number}")
    for site, (statements, acts, voiding) in ((one, here), (other, there)):
        lived(site, statements, acts, f"mark{site.tenant}", now, voiding=voiding)
    before = bytes_of(other)
    try:
        erase(desk_of(one, now), Identifier(IfiKind.ACCOUNT, who, LMS))
    except UnknownName:
        assert all(who != person for person, _, _ in here[0])
    with one.sessions.begin() as session:
        retention.forget_old(session, one.tenant, now + timedelta(days=400))
    assert bytes_of(other) == before


def test_7_the_scan_for_strangers_would_find_one(engine, now):
    """A reference made across Tenants by hand is seen: the property above can fail."""
    one, other = open_site(engine, now, "one"), open_site(engine, now, "other")
    for site in (one, other):
        synced(site, [said(1)], now)
    with one.sessions.begin() as session:
        theirs = session.scalar(select(tables.learner.c.id).where(tables.learner.c.tenant_id == other.tenant))
        mine = tables.identity.c.tenant_id == one.tenant
        session.execute(tables.identity.update().where(mine).values(learner_id=theirs))
    assert strangers(one) == ["identity.learner_id"]


@pytest.mark.parametrize("made", ["first", "second"])
def test_7_one_tenants_tombstone_does_not_keep_the_other_tenants_person_out(engine, now, made):
    one, other = open_site(engine, now, "one"), open_site(engine, now, "other")
    synced(one, [said(1)], now)
    if made == "first":
        synced(other, [said(1)], now)
    erase(desk_of(one, now), Identifier(IfiKind.ACCOUNT, "ann", LMS))
    synced(other, [said(1), said(2, about=2)], now)
    assert len(state_of(engine, other.tenant)["facts"]) == 2
    assert state_of(engine, one.tenant)["facts"] == []
