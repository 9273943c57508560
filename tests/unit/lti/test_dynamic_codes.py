"""Every code that a registration can be refused with is in its table, and the table has no other."""

import ast
from pathlib import Path

from connector.lti.registration_codes import REGISTRATION_REFUSALS

ROOT = Path(__file__).parents[3]
FILES = [
    ROOT / "connector/register.py",
    *(ROOT / "connector/lti").glob("*.py"),
    ROOT / "connector/outside/registration.py",
]


def raised() -> set[str]:
    """The codes handed to the error, or to the reader that raises it."""
    places = {"RegistrationRefused": 0, "read_document": 1}
    calls = [node for file in FILES for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in places]
    codes = [call.args[places[call.func.id]] for call in named]
    return {code.value for code in codes if isinstance(code, ast.Constant)}


def test_every_code_that_is_raised_has_a_meaning_and_no_other_code_has():
    assert raised() == set(REGISTRATION_REFUSALS)


def test_every_refusal_is_a_4xx_with_a_sentence_and_a_remedy():
    for refusal in REGISTRATION_REFUSALS.values():
        assert refusal.status in {400, 403}
        assert refusal.person.endswith(".")
        assert refusal.admin.endswith((".", "`."))
