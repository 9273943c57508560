"""Accounts at the command line and in the database, on both databases."""

import re
from datetime import timedelta
from threading import Thread

import pytest

from connector.administer.accounts import Accounts, CodeRefused, NameRefused
from connector.administer.passwords import is_password
from connector.clock import fixed
from connector.errors import BadInput, UnknownName
from connector.store import accounts as stored

PASSWORD = "four quiet words here"
CODE = re.compile(r"\b([2-9A-Z]{5}(?:-[2-9A-Z]{5}){3})\b")


@pytest.fixture
def accounts(tenant, sessions, readers, now):
    return Accounts(tenant, sessions, readers, fixed(now), ("onward.example",))


def test_of_two_who_claim_at_once_one_does(accounts):
    code, outcomes = accounts.new_code().code, []

    def claim(name: str) -> None:
        try:
            outcomes.append(accounts.claim(code, name, PASSWORD))
        except CodeRefused:
            outcomes.append(None)

    threads = [Thread(target=claim, args=(name,)) for name in ("Ada", "Bob", "Eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one is None for one in outcomes].count(True) == 2
    assert len(accounts.listed()) == 1


def test_a_new_code_makes_the_one_before_worthless(accounts):
    first, second = accounts.new_code().code, accounts.new_code().code
    with pytest.raises(CodeRefused):
        accounts.claim(first, "Ada", PASSWORD)
    accounts.claim(second, "Ada", PASSWORD)


def test_a_code_is_good_for_seven_days(tenant, sessions, readers, now):
    code = Accounts(tenant, sessions, readers, fixed(now)).new_code()
    assert code.until == now + timedelta(days=7)
    with pytest.raises(CodeRefused):
        Accounts(tenant, sessions, readers, fixed(code.until)).claim(code.code, "Ada", PASSWORD)
    later = fixed(code.until - timedelta(seconds=1))
    Accounts(tenant, sessions, readers, later).claim(code.code, "Ada", PASSWORD)


def test_a_site_with_an_account_has_no_code_any_more(accounts, readers, tenant):
    accounts.new_code()
    accounts.add("Ada", PASSWORD)
    with readers.begin() as session:
        assert stored.code(session, tenant) is None
    assert accounts.first_code() is None
    with pytest.raises(BadInput, match="has an account already"):
        accounts.new_code()


def test_names_differ_by_more_than_their_letters_case(accounts):
    accounts.add("Ada", PASSWORD)
    with pytest.raises(BadInput, match="choose another name"):
        accounts.add("ADA", PASSWORD)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "Ada\nEve"])
def test_names_that_cannot_be_read_are_refused(accounts, name):
    with pytest.raises(NameRefused):
        accounts.add(name, PASSWORD)


def test_another_password_takes_the_place_of_the_one_before(accounts, readers, tenant):
    accounts.add("Ada", PASSWORD)
    accounts.set_password("ada", "five other quiet words")
    with readers.begin() as session:
        kept = stored.named(session, tenant, "Ada").password
    assert is_password("five other quiet words", kept)
    assert not is_password(PASSWORD, kept)
    with pytest.raises(UnknownName):
        accounts.set_password("Eve", PASSWORD)


# --- the command line ----------------------------------------------------------------------------------------------


def test_init_tells_the_code_once_and_setup_code_makes_a_new_one_until_somebody_has_an_account(bare):
    first = bare("init")
    assert "Setup: open https://onward.example/setup in a browser." in first.out
    assert len(CODE.findall(first.out)) == 1
    assert CODE.findall(bare("init").out) == []
    assert len(CODE.findall(bare("setup", "code").out)) == 1
    assert bare("account", "add", "Ada", "--password-stdin", told=f"{PASSWORD}\n").code == 0
    refused = bare("setup", "code")
    assert refused.code == 1
    assert "This site has an account already" in refused.err


def test_accounts_are_added_listed_and_switched_off_at_the_command_line(onward):
    made = onward("account", "add", "Ada", "--password-stdin", told=f"{PASSWORD}\n")
    assert made.out == "Made the account Ada: sign in at https://onward.example/admin.\n"
    assert onward("account", "disable", "Ada").out == "The account Ada is switched off.\n"
    assert '"state": "disabled"' in onward("account", "list", "--json").out
    assert onward("account", "enable", "Ada").code == 0
    assert "active" in onward("account", "list").out
    assert onward("account", "password", "Ada", "--password-stdin", told="five other quiet words\n").code == 0
    refused = onward("account", "add", "Bob", "--password-stdin", told="password1234\n")
    assert refused.code == 1
    assert "password1234" not in refused.err + refused.out
    lms = "https://lms.example"
    fields = ("--issuer", lms, "--client-id", "c", "--auth-url", f"{lms}/auth", "--jwks-url", f"{lms}/jwks")
    assert onward("platform", "add", "campus", *fields).code == 0
    assert onward("platform", "change", "campus", "--admins-enter", "on").code == 0
    assert onward("platform", "change", "campus", "--admins-enter", "perhaps").code == 2
