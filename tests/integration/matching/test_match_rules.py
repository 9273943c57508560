"""Match rules on both databases: past and future, certain or not at all, and taken back without a trace."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from connector import match
from connector.administer import matching as use
from connector.clock import fixed
from connector.domain import Audience, ClaimKind
from connector.errors import BadInput
from connector.statements.identity import hash_identifier
from connector.store import claims, database, interactions, learners, platforms, tables
from tests.integration import site_under_test
from tests.integration.matching.launching import ISSUER, SSO, Lms, account, actor, mbox, sum_of

USERNAME, IDNUMBER, EMAIL, SUB = ClaimKind.USERNAME, ClaimKind.IDNUMBER, ClaimKind.EMAIL, ClaimKind.SUB


def apply(lms, rule, home=SSO):
    return use.apply(lms.name, rule, home, lms.site.tenant, lms.site.sessions, fixed(lms.now))


def remove(lms, rule):
    return use.remove(lms.name, rule, lms.site.tenant, lms.site.sessions, fixed(lms.now))


def rows(lms, table, *where):
    with lms.site.readers.begin() as session:
        return session.scalar(
            select(func.count()).select_from(table).where(table.c.tenant_id == lms.site.tenant, *where)
        )


def links_in_force(lms):
    return rows(lms, tables.identity_link, tables.identity_link.c.undone_at.is_(None))


# --- claims ------------------------------------------------------------------------------------------------------


def test_a_launch_leaves_a_claim_for_each_name_that_was_sent_and_for_no_other(lms):
    lms.launch("4", username="ann.lee", email="Ann@Post.example", idnumber="")
    with lms.site.readers.begin() as session:
        table = tables.launch_claim
        mine = table.c.tenant_id == lms.site.tenant
        kept = session.execute(select(table.c.kind, table.c.shape).where(mine)).all()
    assert sorted(map(tuple, kept)) == [("email", "a@host"), ("sub", "digits(1)"), ("username", "a.a")]


def test_a_name_that_changed_takes_the_place_of_the_old_one_and_one_that_was_not_sent_stays(lms):
    lms.tell(actor(account("new")), 1)
    lms.launch("4", username="old", idnumber="7")
    lms.launch("4", username="new")
    assert rows(lms, tables.launch_claim) == 3
    assert apply(lms, USERNAME).linked == 1


# --- past and future ---------------------------------------------------------------------------------------------


def test_a_rule_links_who_launched_before_it_was_switched_on(lms):
    lms.tell(actor(account("ann.lee")), 1, 2)
    ann = lms.launch("4", username="ann.lee")
    assert lms.done(ann) == []
    assert apply(lms, USERNAME).linked == 1
    assert lms.done(ann) == [1, 2]
    assert lms.who(account("ann.lee")) == ann


def test_a_rule_links_at_a_launch_that_comes_after_the_statements(lms):
    apply(lms, USERNAME)
    lms.tell(actor(account("ann.lee")), 1)
    assert lms.done(lms.launch("4", username="ann.lee")) == [1]


def test_a_rule_links_statements_that_come_after_the_only_launch(lms):
    apply(lms, USERNAME)
    ann = lms.launch("4", username="ann.lee")
    lms.tell(actor(account("ann.lee")), 1)
    lms.tell(actor(account("ann.lee")), 2)
    assert lms.done(ann) == [1, 2]


def test_without_a_rule_nothing_links(lms):
    lms.tell(actor(account("ann.lee")), 1)
    ann = lms.launch("4", username="ann.lee", idnumber="ann.lee", email="ann@post.example")
    lms.tell(actor(mbox("ann@post.example")), 2)
    assert lms.done(ann) == []
    assert links_in_force(lms) == 0


def test_a_rule_that_is_removed_gives_both_their_own_history_back(lms):
    lms.tell(actor(account("ann.lee")), 1)
    before = lms.who(account("ann.lee"))
    ann = lms.launch("4", username="ann.lee")
    lms.tell(actor(account("4", ISSUER)), 2)
    apply(lms, USERNAME)
    lms.tell(actor(account("ann.lee")), 3)
    assert lms.done(ann) == [1, 2, 3]
    assert remove(lms, USERNAME).undone == 1
    assert lms.done(ann) == [2]
    assert (lms.who(account("ann.lee")), lms.done(account("ann.lee"))) == (before, [1, 3])
    assert links_in_force(lms) == 0


def test_another_home_page_takes_the_links_of_the_first_one_back(lms):
    lms.tell(actor(account("ann.lee")), 1)
    lms.tell(actor(account("ann.lee", "https://other.example")), 2)
    ann = lms.launch("4", username="ann.lee")
    apply(lms, USERNAME)
    assert lms.done(ann) == [1]
    done = apply(lms, USERNAME, "https://other.example")
    assert (done.linked, done.undone) == (1, 1)
    assert lms.done(ann) == [2]


def test_what_two_rules_ask_for_stays_linked_when_one_of_them_goes(lms):
    lms.tell(actor(account("ann.lee")), 1)
    ann = lms.launch("4", username="ann.lee", idnumber="ann.lee")
    apply(lms, USERNAME)
    apply(lms, IDNUMBER)
    remove(lms, USERNAME)
    assert lms.done(ann) == [1]
    remove(lms, IDNUMBER)
    assert lms.done(ann) == []


def test_applying_again_changes_nothing(lms):
    lms.tell(actor(account("ann.lee")), 1)
    lms.launch("4", username="ann.lee")
    apply(lms, USERNAME)
    assert (apply(lms, USERNAME).linked, links_in_force(lms)) == (0, 1)
    assert match.apply_rules(lms.site.tenant, lms.site.sessions, lms.site.readers, fixed(lms.now)).joins == ()


def test_applying_all_rules_finds_what_a_page_and_a_launch_could_not_see_of_each_other(lms):
    apply(lms, USERNAME)
    lms.tell(actor(account("ann.lee")), 1)
    ann = lms.launch("4")
    name = hash_identifier(lms.site.keys.hashing, account("ann.lee"))
    with lms.site.sessions.begin() as session:  # as a launch leaves it that began before the page was there
        platform = platforms.by_name(session, lms.site.tenant, lms.name).id
        claims.keep(session, lms.site.tenant, platform, ann, {USERNAME: name}, lms.now)
    assert lms.done(ann) == []
    assert len(match.apply_rules(lms.site.tenant, lms.site.sessions, lms.site.readers, fixed(lms.now)).joins) == 1
    assert lms.done(ann) == [1]


def test_a_rule_belongs_to_its_platform(lms, site, now):
    other = Lms(site, now, name="canvas", issuer="https://canvas.example")
    other.register()
    lms.tell(actor(account("ann.lee")), 1)
    apply(lms, USERNAME)
    assert lms.done(other.launch("4", username="ann.lee")) == []


def test_a_rule_that_is_not_in_force_cannot_be_removed(lms):
    with pytest.raises(BadInput, match=r"not in force for moodle\. In force: none"):
        remove(lms, USERNAME)


def test_the_platforms_own_number_at_its_own_address_needs_no_switch(lms):
    with pytest.raises(BadInput, match="always holds"):
        apply(lms, SUB, "")


def test_the_platforms_number_may_link_accounts_of_another_home_page(lms):
    lms.tell(actor(account("4", "https://old.example")), 1)
    ann = lms.launch("4")
    apply(lms, SUB, "https://old.example")
    assert lms.done(ann) == [1]
    lms.tell(actor(account("4", f"{ISSUER}/")), 2)
    remove(lms, SUB)
    assert lms.done(ann) == [2]


# --- certain or not at all ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("home", ["http://moodle.example", "https://moodle.example/", "https://Moodle.Example"])
@pytest.mark.parametrize("first", ["launch", "statement"])
def test_a_home_page_spelled_otherwise_is_the_same_place_whoever_comes_first(lms, home, first):
    if first == "statement":
        lms.tell(actor(account("4", home)), 1)
    ann = lms.launch("4")
    if first == "launch":
        lms.tell(actor(account("4", home)), 1)
    assert lms.done(ann) == [1]


def test_a_name_in_other_letter_case_is_that_person_only_while_nobody_else_has_it(lms):
    lms.tell(actor(account("ANN", ISSUER)), 1)
    assert lms.done(lms.launch("ann")) == [1]
    lms.tell(actor(account("BEN", ISSUER)), 2)
    lms.tell(actor(account("ben", ISSUER)), 3)
    assert lms.done(lms.launch("ben")) == [3]
    lms.tell(actor(account("CID", ISSUER)), 4)
    lms.tell(actor(account("cid", ISSUER)), 5)
    assert lms.done(lms.launch("Cid")) == []


def test_a_username_that_two_people_of_one_home_page_have_links_nobody(lms):
    lms.tell(actor(account("Ann.Lee")), 1)
    lms.tell(actor(account("ann.lee")), 2)
    ann = lms.launch("4", username="ann.lee")
    done = apply(lms, USERNAME)
    assert (done.linked, done.ambiguous, done.two_people) == (0, {ann}, set())
    assert lms.done(ann) == []


def test_nobody_who_launched_is_given_to_somebody_else_who_launched(lms):
    lms.tell(actor(account("5", ISSUER)), 1)
    ann, ben = lms.launch("4", username="5"), lms.launch("5")
    done = apply(lms, USERNAME, ISSUER)
    assert (done.linked, done.two_people) == (0, {ann})
    assert (lms.done(ann), lms.done(ben)) == ([], [1])


def test_a_name_that_two_launched_people_have_links_neither(lms):
    lms.tell(actor(account("ann.lee")), 1)
    ann, ben = lms.launch("4", username="ann.lee"), lms.launch("5", username="Ann.Lee")
    assert apply(lms, USERNAME).two_people == {ann, ben}
    assert links_in_force(lms) == 0


def test_who_was_linked_by_a_rule_and_then_launches_is_a_person_of_their_own(lms):
    apply(lms, USERNAME, ISSUER)
    lms.tell(actor(account("5", ISSUER)), 1)
    ann = lms.launch("4", username="5")
    assert lms.done(ann) == [1]
    ben = lms.launch("5")
    assert ben != ann
    assert (lms.done(ann), lms.done(ben)) == ([], [1])
    assert links_in_force(lms) == 0


def test_a_refusal_at_a_launch_is_written_down_once_a_name(lms):
    apply(lms, USERNAME)
    lms.tell(actor(account("ann.lee")), 1)
    lms.launch("4", username="ann.lee")
    for _ in range(3):
        lms.launch("5", username="ann.lee")
    with lms.site.readers.begin() as session:
        table = tables.audit
        mine = (table.c.tenant_id == lms.site.tenant) & (table.c.kind == "match_refused")
        kept = session.scalars(select(table.c.code).where(mine))
        assert list(kept) == ["username"]


@pytest.mark.postgres
def test_two_launches_with_one_username_at_once_link_one_of_them_or_none(postgres_of_all, now):
    engine = database.create_engine(postgres_of_all)
    database.upgrade(engine)
    lms = Lms(site_under_test.open_site(engine, now, f"tenant {uuid4()}"), now)
    lms.register(username=SSO)
    for number in range(6):
        lms.tell(actor(account(f"user{number}")), number)
    together = Barrier(2)

    def launch(subject):
        together.wait()
        return [lms.launch(f"{subject}{number}", username=f"user{number}") for number in range(6)]

    with ThreadPoolExecutor(2) as pool:
        both = list(zip(*pool.map(launch, ("a", "b")), strict=True))
    match.apply_rules(lms.site.tenant, lms.site.sessions, lms.site.readers, fixed(now))
    for number, (one, other) in enumerate(both):
        assert one != other
        assert sorted([lms.done(one), lms.done(other)]) in ([[], [number]], [[], []])
    engine.dispose()


# --- e-mail ------------------------------------------------------------------------------------------------------


def test_email_links_a_mailbox_in_any_letter_case_and_its_sum(lms):
    lms.tell(actor(mbox("Ann@Post.example")), 1)
    ann, ben = lms.launch("4", email="ann@POST.example"), lms.launch("5", email="ben@post.example")
    lms.tell(actor(sum_of("ben@post.example")), 2)
    assert (lms.done(ann), lms.done(ben)) == ([], [])
    assert apply(lms, EMAIL, "").linked == 2
    assert (lms.done(ann), lms.done(ben)) == ([1], [2])
    lms.tell(actor(sum_of("ann@post.example")), 3)
    assert lms.done(ann) == [1, 3]
    remove(lms, EMAIL)
    assert (lms.done(ann), lms.done(mbox("ann@post.example"))) == ([], [1, 3])


# --- whose choice, and who counts --------------------------------------------------------------------------------


def test_an_opt_out_holds_for_everybody_whose_it_may_have_been(lms):
    lms.tell(actor(account("ann.lee")), 1)
    statements = lms.who(account("ann.lee"))
    ann = lms.launch("4", username="ann.lee")
    apply(lms, USERNAME)
    with lms.site.sessions.begin() as session:
        learners.set_personal_rows(session, lms.site.tenant, ann, on=False)
    remove(lms, USERNAME)
    with lms.site.readers.begin() as session:
        kept = [learners.record(session, lms.site.tenant, one).personal_rows for one in (ann, statements)]
    assert kept == [False, False]


def test_who_was_merged_away_is_nobody_and_is_not_counted(lms):
    lms.tell(actor(account("ann.lee")), 1)
    lms.tell(actor(account("ben")), 2)
    lms.launch("4", username="ann.lee")
    with lms.site.readers.begin() as session:
        assert learners.count(session, lms.site.tenant) == 3
        assert learners.matching(session, lms.site.tenant) == learners.Matching(launched=1, matched=0)
    apply(lms, USERNAME)
    with lms.site.readers.begin() as session:
        assert learners.count(session, lms.site.tenant) == 2
        assert learners.matching(session, lms.site.tenant) == learners.Matching(launched=1, matched=1)


def test_an_instructor_trains_with_nothing_that_a_rule_linked_to_them(lms):
    lms.tell(actor(account("ann.lee")), 1)
    apply(lms, USERNAME)
    lms.launch("4", username="ann.lee", audience=Audience.INSTRUCTOR)
    with lms.site.readers.begin() as session:
        assert interactions.for_training(session, lms.site.tenant).completions == []


@pytest.mark.parametrize("counts", [False, True])
def test_a_groups_members_count_at_serving_exactly_where_they_count_in_training(lms, counts):
    members = [actor(account("4", ISSUER)), actor(account("5", ISSUER))]
    lms.tell({"objectType": "Group", "member": members}, 1)
    with lms.site.sessions.begin() as session:
        session.execute(
            tables.source.update().where(tables.source.c.tenant_id == lms.site.tenant).values(groups_count=counts)
        )
    served = [lms.done(lms.launch(subject)) for subject in ("4", "5")]
    with lms.site.readers.begin() as session:
        trained = interactions.for_training(session, lms.site.tenant).completions
    assert served == ([[1], [1]] if counts else [[], []])
    assert len({one.learner for one in trained}) == (2 if counts else 0)


def test_two_tenants_with_the_same_names_share_nothing(engine_of_all, now):
    names = (f"here {uuid4()}", f"there {uuid4()}")
    here, there = (Lms(site_under_test.open_site(engine_of_all, now, name), now) for name in names)
    here.register(username=SSO)
    there.register()
    here.tell(actor(account("ann.lee")), 1)
    there.tell(actor(account("ann.lee")), 2)
    assert here.done(here.launch("4", username="ann.lee")) == [1]
    assert there.done(there.launch("4", username="ann.lee")) == []
