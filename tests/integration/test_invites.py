"""``onward platform invite`` and ``invites``: what they print, once, and never again."""

import json
import re

SECRET = re.compile(r"^http\S+/lti/register/([\w-]{43})$", re.MULTILINE)


def test_an_invite_is_printed_once_and_asks_for_nothing_about_people(onward):
    made = onward("platform", "invite", "--name", "campus")
    assert made.code == 0, made.err
    secret = SECRET.search(made.out)[1]
    assert "works once" in made.out
    assert "nothing about people" in made.out
    listed = onward("platform", "invites", "--json")
    assert secret not in listed.out
    (row,) = json.loads(listed.out)
    assert (row["name"], row["state"], row["switched_on"], row["platform"]) == ("campus", "open", "nothing", "")


def test_each_switch_has_its_sentence(onward):
    made = onward("platform", "invite", "--username", "--given-name", "--policy", "known")
    assert "User name: The platform sends each person's user name" in made.out
    assert "Given name: The platform sends" in made.out
    assert "ID number:" not in made.out
    assert "nothing about people" not in made.out
    assert "username, given-name" in onward("platform", "invites").out


def test_two_invites_have_two_secrets(onward):
    secrets = {SECRET.search(onward("platform", "invite").out)[1] for _ in range(2)}
    assert len(secrets) == 2


def test_an_invite_is_cancelled_by_its_number_once(onward):
    onward("platform", "invite")
    assert onward("platform", "invite", "--cancel", "1").out == "Invite 1 is worthless now.\n"
    assert onward("platform", "invites").out == "None yet.\n"
    again = onward("platform", "invite", "--cancel", "1")
    assert (again.code, again.err) == (1, "onward: There is no unused invite 1: see `onward platform invites`.\n")


def test_days_and_names_out_of_bounds_are_refused(onward):
    assert onward("platform", "invite", "--days", "31").code == 2
    assert onward("platform", "invite", "--days", "0").code == 2
    assert onward("platform", "invite", "--name", "x" * 81).code == 1
