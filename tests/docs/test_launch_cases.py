"""How many launches are attacked or odd, by group: the numbers of the reference are those of the tests."""

import ast
import re

from connector.lti.codes import REFUSALS
from tests.docs.pages import ROOT, rows
from tests.lti import test_odd_launches as odd
from tests.lti.attack import test_forged_claims as claims
from tests.lti.attack import test_forged_envelopes as envelopes
from tests.lti.attack import test_forged_forms as forms
from tests.lti.attack import test_forged_logins as logins
from tests.lti.http import test_attacks_over_http as over_http
from tests.lti.http import test_key_sets as key_sets
from tests.lti.http import test_other_origins as other_origins
from tests.lti.http import test_page_over_http as page_api
from tests.lti.test_good_launches import GOOD_CASES

GROUPS = {
    "login": (len(logins.LOGIN_CASES), len(odd.LOGIN_FORMS)),
    "state and form": (len(forms.FORM_CASES) + len(over_http.FORM_CASES), 0),
    "token and header": (len(envelopes.TOKEN_CASES) + len(envelopes.HEADER_CASES), 0),
    "keys and key sets": (len(envelopes.KEY_CASES) + len(key_sets.KEY_SETS), 0),
    "claims and deployments": (len(claims.CLAIM_CASES) + len(claims.PAYLOAD_CASES), len(GOOD_CASES)),
    "roles": (0, len(odd.ROLE_CASES)),
    "languages, courses, places, names": (
        0,
        len(odd.LOCALE_CASES)
        + len(odd.CONTEXT_CASES)
        + len(odd.PRESENTATION_CASES)
        + len(odd.VARIABLE_CASES)
        + len(odd.NAME_CASES),
    ),
    "page and acts": (
        2 * len(page_api.TOKENS) + len(other_origins.PATHS) * len(other_origins.ORIGINS),
        0,
    ),
}


def cells() -> dict[str, tuple[int, int]]:
    return {row[0]: (int(row[1]), int(row[2])) for row in rows("launch-codes.md") if row[0] in GROUPS}


def test_the_reference_counts_the_cases_that_there_are():
    assert cells() == GROUPS


def test_there_are_more_than_seventy_launches_that_are_refused_with_their_code():
    assert sum(refused for refused, _ in GROUPS.values()) > 70


def test_every_launch_code_is_in_the_reference_and_expected_by_a_test_of_launches():
    documented = {row[0].strip("`") for row in rows("launch-codes.md")}
    files = [*(ROOT / "tests/lti").rglob("test_*.py"), *(ROOT / "tests/unit").rglob("test_*.py")]
    files += (ROOT / "tests/integration").rglob("test_*.py")
    expected = {word for file in files for word in _words(file.read_text())}
    assert set(REFUSALS) - documented == set()
    assert set(REFUSALS) - expected == set()


def _words(source: str) -> set[str]:
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {word for text in texts if isinstance(text, str) for word in re.findall(r"[a-z_]+", text)}
