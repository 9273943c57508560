"""Coming into the console by a launch: who administers the LMS, where the site lets them, once, within minutes."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from connector.administer.accounts import accounts_of
from connector.administer.tickets import Tickets
from connector.lti.administering import administers
from connector.store import tables
from tests.lti.http.stage import TOOL, staged, visit_of
from tests.lti.http.visitor import PASSWORD, TICKET, Visitor, cleared

ROLES = "https://purl.imsglobal.org/spec/lti/claim/roles"
LIS = "http://purl.imsglobal.org/vocab/lis/v2"
ADMIN = [f"{LIS}/institution/person#Administrator", f"{LIS}/membership#Instructor"]
RECORDED = Path(__file__).parents[1] / "recorded"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with staged(f"sqlite:///{tmp_path_factory.mktemp('tickets') / 'onward.db'}") as stage:
        yield stage


@pytest.fixture
def stage(house):
    return cleared(house)


@pytest.fixture
def tickets(stage):
    accounts_of(stage.site, stage.settings.public_url, stage.clock).add("Ada", PASSWORD)
    return Tickets(stage.site.tenant, stage.site.sessions, stage.site.readers, stage.clock)


@pytest.fixture
def open_door(tickets):
    tickets.let_enter("moodle", on=True)
    return tickets


def ticket_of(answer) -> str:
    assert answer.status_code == 200, answer.text
    found = TICKET.search(answer.text)
    return found[1] if found else ""


def test_who_administers_the_lms_enters_by_the_button_of_the_launched_page(stage, open_door):
    answer = stage.launch(**{ROLES: ADMIN})
    assert 'action="/admin/enter" target="_blank"' in answer.text
    visitor = Visitor(stage)
    entered = visitor.post("/admin/enter", ticket=ticket_of(answer), headers={"Sec-Fetch-Site": "same-origin"})
    assert (entered.status_code, entered.location) == (303, "/admin")
    assert "moodle" in visitor.get("/admin").text
    assert stage.audited("signed_in") == ["launch"]


def test_the_ticket_is_in_no_address_and_only_its_hash_is_kept(stage, open_door):
    ticket = ticket_of(stage.launch(**{ROLES: ADMIN}))
    assert len(ticket) == 43
    assert ticket not in str(stage.rows(tables.console_session))
    assert Visitor(stage).browser.get(f"/admin/enter?ticket={ticket}", base_url=TOOL).status_code == 405


def test_a_ticket_works_once_and_for_five_minutes(stage, open_door):
    ticket = ticket_of(stage.launch(**{ROLES: ADMIN}))
    assert Visitor(stage).post("/admin/enter", ticket=ticket).status_code == 303
    again = Visitor(stage).post("/admin/enter", ticket=ticket)
    assert again.status_code == 403
    assert "open the tool from your platform again" in again.text
    late = ticket_of(stage.launch(**{ROLES: ADMIN}))
    stage.scene.now += timedelta(minutes=5)
    assert Visitor(stage).post("/admin/enter", ticket=late).status_code == 403


def test_a_ticket_is_no_session_and_a_session_is_no_ticket(stage, open_door):
    ticket = ticket_of(stage.launch(**{ROLES: ADMIN}))
    thief = Visitor(stage)
    thief.hold(ticket)
    assert not thief.is_in()
    visitor = Visitor(stage)
    visitor.post("/admin/enter", ticket=ticket)
    assert Visitor(stage).post("/admin/enter", ticket=visitor.cookie().value).status_code == 403


def test_another_site_cannot_send_a_ticket(stage, open_door):
    ticket = ticket_of(stage.launch(**{ROLES: ADMIN}))
    headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert Visitor(stage).post("/admin/enter", ticket=ticket, headers=headers).status_code == 403
    assert Visitor(stage).post("/admin/enter", ticket=ticket).status_code == 303


def test_without_the_switch_nobody_gets_a_ticket(stage, tickets):
    assert ticket_of(stage.launch(**{ROLES: ADMIN})) == ""


@pytest.mark.parametrize(
    "roles",
    [
        [f"{LIS}/membership#Administrator"],
        [f"{LIS}/membership#Instructor"],
        ["Administrator"],
        [f"{LIS}/institution/person#Instructor"],
        [f"{LIS}/institution/person#Administrator", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"],
        [f"{LIS}/institution/person#Administrators"],
        [f"http://evil.example/{LIS}/institution/person#Administrator"],
        [],
    ],
)
def test_other_roles_get_no_ticket(stage, open_door, roles):
    assert ticket_of(stage.launch(**{ROLES: roles})) == ""


def test_an_anonymous_administrator_gets_no_ticket(stage, open_door):
    assert ticket_of(stage.launch(**{ROLES: ADMIN, "sub": None})) == ""


def test_the_page_that_is_drawn_again_has_no_ticket(stage, open_door):
    token = visit_of(stage.launch(**{ROLES: ADMIN}))
    again = stage.browser().post("/page", base_url=TOOL, data={"visit": token})
    assert ticket_of(again) == ""


def test_shutting_the_door_signs_out_who_came_by_it_and_nobody_else(stage, open_door):
    by_launch, by_password = Visitor(stage), Visitor(stage)
    by_launch.post("/admin/enter", ticket=ticket_of(stage.launch(**{ROLES: ADMIN})))
    by_password.sign_in()
    ticket = ticket_of(stage.launch(**{ROLES: ADMIN}))
    open_door.let_enter("moodle", on=False)
    assert not by_launch.is_in()
    assert by_password.is_in()
    assert Visitor(stage).post("/admin/enter", ticket=ticket).status_code == 403
    assert stage.audited("admins_enter") == ["on", "off"]


def test_many_launches_of_administrators_leave_few_rows_and_end_no_session(stage, open_door):
    visitor = Visitor(stage)
    visitor.post("/admin/enter", ticket=ticket_of(stage.launch(**{ROLES: ADMIN})))
    for _ in range(25):
        stage.launch(**{ROLES: ADMIN})
    assert stage.count(tables.console_session) == 20
    assert visitor.is_in()


@pytest.mark.parametrize(("name", "expected"), [("moodle-admin", True), ("moodle-student", False)])
def test_recorded_launches_say_who_administers(name, expected):
    recorded = json.loads((RECORDED / f"{name}.json").read_text())
    assert administers(recorded[ROLES]) is expected


def test_old_forms_of_the_role_count_too():
    assert administers(["urn:lti:sysrole:ims/lis/SysAdmin"])
    assert administers(["urn:lti:instrole:ims/lis/Administrator"])
    assert not administers(["urn:lti:role:ims/lis/Administrator"])
