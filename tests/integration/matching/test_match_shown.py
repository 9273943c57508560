"""What ``onward match`` shows and says, without ever showing who anybody is."""

import json

import pytest

from connector.administer import matching as use
from connector.administer.site import open_site
from connector.clock import fixed
from connector.domain import ClaimKind
from connector.settings import Settings
from tests.integration.matching.launching import ISSUER, SSO, Lms, account, actor, mbox, typed

LAUNCHED, MATCHED = 10, 8


@pytest.fixture
def busy(lms):
    """Ten who launched, of whom the LRS knows eight by user name; three others do not launch."""
    for number in range(LAUNCHED):
        lms.launch(str(1000 + number), username=f"user{number}", email=f"user{number}@post.example")
    for number in range(MATCHED):
        lms.tell(actor(account(f"user{number}")), number)
    for number in range(3):
        lms.tell(actor(account(f"jo.lee{number}")), number)
    return lms


def sight(lms, **which):
    (one,) = use.show(lms.site.tenant, lms.site.readers, **which)
    return one


def rule(one, kind):
    return next(found for found in one.candidates if found.rule is kind)


def test_the_rule_that_would_match_is_proposed_with_its_command(busy):
    one = sight(busy)
    assert (one.launched, one.matched) == (10, 0)
    assert (rule(one, ClaimKind.USERNAME).matched, rule(one, ClaimKind.USERNAME).state) == (8, "")
    always = [found for found in one.candidates if found.state == "always"]
    assert [(found.rule, found.home_page, found.matched) for found in always] == [(ClaimKind.SUB, ISSUER, 0)]
    assert one.fix == f"onward match apply moodle username --home-page {SSO}"
    assert one.advice == (f"8 of 10 would match by username: run `{one.fix}`.",)


def test_a_rule_in_force_that_matches_nobody_is_told_with_its_fix(busy, now):
    use.apply("moodle", ClaimKind.USERNAME, "", busy.site.tenant, busy.site.sessions, fixed(now))
    one = sight(busy)
    assert one.advice[0] == f"The rule username at {ISSUER} is in force and matches nobody: 0 of 10."
    assert one.advice[1].startswith("8 of 10 would match by username: run `onward match apply moodle username")
    use.apply("moodle", ClaimKind.USERNAME, SSO, busy.site.tenant, busy.site.sessions, fixed(now))
    one = sight(busy)
    assert one.advice == ("The best rule, username, is in force: it matches 8 of 10.",)
    assert (one.fix, one.matched) == ("", 8)


def test_what_does_not_match_is_told_as_shapes_of_both_sides(busy):
    one = sight(busy)
    assert ("sub", "digits(4)", 10) in [(form.kind, form.shape, form.people) for form in one.launches]
    assert ("account", SSO, "a9", 8) in [
        (form.kind, form.home_page, form.shape, form.people) for form in one.statements
    ]
    assert ("account", SSO, "a.a9", 3) in [
        (form.kind, form.home_page, form.shape, form.people) for form in one.statements
    ]


def test_a_name_of_two_people_and_one_of_somebody_who_launched_are_counted_apart(busy):
    busy.tell(actor(account("USER1")), 1)
    busy.tell(actor(account("1001", ISSUER)), 1)
    busy.launch("2000", username="1001")
    one = sight(busy)
    assert rule(one, ClaimKind.USERNAME).ambiguous == 1
    at_issuer = [found for found in one.candidates if found.rule is ClaimKind.USERNAME and found.home_page == ISSUER]
    assert [(found.matched, found.two_people) for found in at_issuer] == [(0, 1)]
    assert [(form.kind, form.shape, form.people) for form in one.refused] == [("username", "a9", 1)]


def test_email_is_proposed_only_where_nothing_else_matches_and_with_a_warning(lms):
    lms.tell(actor(mbox("ann@post.example")), 1)
    lms.launch("4", email="ann@post.example")
    one = sight(lms)
    assert one.fix == "onward match apply moodle email --i-know-that-email-can-be-taken-over"
    assert "can be taken over" in one.advice[0]
    lms.tell(actor(account("4", ISSUER)), 1)
    assert sight(lms).fix == ""


def test_each_source_is_looked_at_by_itself(busy):
    busy.tell(actor(account("1003", ISSUER)), 5, source="second")
    first, second = sight(busy, source="lrs"), sight(busy, source="second")
    assert rule(first, ClaimKind.USERNAME).matched == 8
    assert (second.matched, rule(second, ClaimKind.SUB).matched) == (1, 1)


def test_before_anybody_launched_or_was_read_the_next_step_is_told(lms):
    assert use.show(lms.site.tenant, lms.site.readers) == []
    lms.tell(actor(account("ann")), 1)
    assert sight(lms).advice[0].startswith("Nobody has launched from moodle yet")


def test_where_no_rule_matches_the_forms_and_the_custom_parameter_are_pointed_out(lms):
    lms.tell(actor(account("ann.lee")), 1)
    lms.launch("4")
    assert "username=$User.username" in sight(lms).advice[0]
    assert sight(lms).fix == ""


# --- the command -------------------------------------------------------------------------------------------------

PLATFORM = ("--issuer", ISSUER, "--client-id", "moodle", "--auth-url", f"{ISSUER}/a", "--jwks-url", f"{ISSUER}/j")


@pytest.fixture
def database_url(sqlite_url):
    """The commands of these tests run on SQLite: what is below them is tested on both above."""
    return sqlite_url


@pytest.fixture
def known(onward, environment, now):
    """The command's own site, its platform and one learner: launched as 4, known to the LRS as ann.lee."""
    assert onward("platform", "add", "moodle", *PLATFORM).code == 0
    settings = Settings()
    site = open_site(settings.database(), settings.key())
    made = Lms(site, now)
    made.tell(actor(account("ann.lee")), 1, 2)
    made.launch("4", username="ann.lee")
    yield made
    site.engine.dispose()


def test_show_prints_a_table_the_next_command_and_shapes_only(onward, known):
    shown = onward("match", "show")
    assert shown.code == 0, shown.err
    assert "Platform moodle, source lrs: 0 of 1 launched learners match." in shown.out
    assert f"1 of 1 would match by username: run `onward match apply moodle username --home-page {SSO}`." in shown.out
    assert "sub digits(1)" in shown.out
    assert "ann" not in shown.out.replace("lrs", "")
    told = json.loads(onward("match", "show", "--platform", "moodle", "--source", "lrs", "--json").out)
    assert told["matching"][0]["fix"] == f"onward match apply moodle username --home-page {SSO}"
    assert onward("match", "show", "--platform", "none").code == 1


def test_apply_and_remove_say_what_they_did_and_the_platform_agrees(onward, known):
    applied = onward("match", "apply", "moodle", "username", "--home-page", SSO)
    assert applied.out == "Linked 1, un-linked 0.\n"
    assert json.loads(onward("platform", "list", "--json").out)[0]["match"] == {"username": SSO}
    assert known.done(account("4", ISSUER)) == [1, 2]
    assert json.loads(onward("match", "remove", "moodle", "username", "--json").out)["undone"] == 1
    assert known.done(account("4", ISSUER)) == []
    assert onward("match", "remove", "moodle", "username").code == 1


def test_platform_change_links_and_un_links_as_match_does(onward, known):
    assert onward("platform", "change", "moodle", "--match", f"username={SSO}").code == 0
    assert known.done(account("4", ISSUER)) == [1, 2]
    assert onward("platform", "change", "moodle", "--no-match").code == 0
    assert known.done(account("4", ISSUER)) == []


def test_email_wants_a_word_that_says_what_can_happen(onward, known):
    refused = onward("match", "apply", "moodle", "email")
    assert refused.code == 1
    assert "can be taken over" in refused.err
    assert onward("match", "apply", "moodle", "email", use.EMAIL_WORD).code == 0
    assert "There is no match rule 'email'" in onward("platform", "change", "moodle", "--match", "email").err


def test_refused_people_are_told_as_shapes(onward, known):
    known.launch("5", username="ann.lee")
    applied = onward("match", "apply", "moodle", "username", "--home-page", SSO)
    assert (
        "0 whose name is that of several people, 2 whose name is that of somebody else who has launched" in applied.out
    )
    assert "username a.a (2, such as learner" in applied.out


def test_try_says_which_side_knows_an_identifier_and_keeps_nothing_of_it(onward, known, tmp_path):
    tried = onward("match", "try", "moodle", told=f"{typed(account('ann.lee'))}\n")
    assert tried.code == 0, tried.err
    assert "Statements know it: learner 1." in tried.out
    assert "Launches of moodle brought it as username: learner 2." in tried.out
    assert "They are not the same learner" in tried.out
    onward("match", "apply", "moodle", "username", "--home-page", SSO)
    assert "Both are the same learner." in onward("match", "try", "moodle", told=f"{typed(account('ann.lee'))}\n").out
    nobody = onward("match", "try", "moodle", "--json", told="mbox:zoe.quill@post.example\n")
    assert json.loads(nobody.out) == {"statements": None, "launches": {}, "same": False}
    assert "zoe.quill" not in tried.out + nobody.out + nobody.err
    assert b"zoe.quill" not in b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    wrong = onward("match", "try", "moodle", told="zoe.quill\n")
    assert wrong.code == 1
    assert "zoe.quill" not in wrong.err


def test_link_merge_and_unmerge_by_number_and_by_identifier(onward, known):
    known.tell(actor(account("ben")), 3)
    merged = onward("match", "merge", told=f"{typed(account('ben'))}\n{typed(account('ann.lee'))}\n")
    assert merged.code == 0, merged.err
    assert known.done(account("ben")) == [1, 2, 3]
    assert "By hand: learner 3 is learner 1, since" in onward("match", "show").out
    assert onward("match", "unmerge", "3").out == "Taken back: learners 3 and 1 are two again.\n"
    assert known.done(account("ben")) == [3]
    assert onward("match", "merge", "3", "1").code == 0
    assert onward("match", "unmerge", told=f"{typed(account('ben'))}\n\n").code == 0
    assert onward("match", "link", "--learner", "2", told=f"{typed(account('ben'))}\n").out.startswith("Linked")
    assert known.done(account("4", ISSUER)) == [3]
    assert onward("match", "unmerge", "2", "3").code == 0
    assert "There is no learner 99" in onward("match", "merge", "99", "1").err
