"""The codes of refused registrations and the switches of invites stand in the documentation as they are."""

from connector.lti.registration_codes import REGISTRATION_REFUSALS
from connector.lti.switches import MEANINGS
from tests.docs.pages import ROOT, named


def test_every_registration_code_is_in_the_reference_with_its_status_and_remedy():
    documented = {row[0]: (row[1], row[2]) for row in named("registration-codes.md")}
    assert documented == {code: (str(one.status), one.admin) for code, one in REGISTRATION_REFUSALS.items()}


def test_the_sentence_of_every_switch_is_in_the_how_to():
    page = " ".join((ROOT / "docs/how-to/register-a-platform.md").read_text().split())
    assert all(meaning.sentence in page for meaning in MEANINGS.values())
