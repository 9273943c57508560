"""Codes, the table and the tests say the same: read from the source, so that none can be forgotten."""

import ast
import re
from pathlib import Path

import pytest

from connector.lti.codes import REFUSALS

ROOT = Path(__file__).parents[3]
RAISERS = {"LaunchRefused", "VisitRefused", "hostile_input", "_needed", "_id", "__init__"}
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def texts(nodes) -> set[str]:
    found = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in found if CODE.fullmatch(text)}


def name_of(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def raised_in(tree: ast.Module) -> set[str]:
    """Codes handed to an error or to a check that raises it, and those in the modules' small tables of codes."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in RAISERS:
            found |= texts(node.args)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            found |= texts(node.value.values) if "M" in getattr(node.targets[0], "id", "") else set()
        if isinstance(node, ast.FunctionDef):
            found |= texts(node.args.defaults)
    return found


def raised() -> set[str]:
    folders = ("connector/lti", "connector/launch", "connector/outside", "connector/serve")
    files = [file for name in folders for file in (ROOT / name).glob("*.py")]
    trees = [ast.parse(file.read_text()) for file in files if file.name != "codes.py"]
    return set().union(*map(raised_in, trees))


def expected_by_tests() -> set[str]:
    folders = [ROOT / "tests/lti", ROOT / "tests/unit/lti", ROOT / "tests/unit/outside"]
    trees = [ast.parse(file.read_text()) for folder in folders for file in folder.rglob("test_*.py")]
    return set().union(*(texts(ast.walk(tree)) for tree in trees))


def test_every_code_that_is_raised_is_in_the_table_and_the_other_way_round():
    assert raised() == set(REFUSALS)


def test_every_code_in_the_table_is_expected_by_a_test():
    assert set(REFUSALS) - expected_by_tests() == set()


@pytest.mark.parametrize("code", REFUSALS)
def test_every_refusal_is_a_4xx_with_a_sentence_for_both(code):
    refusal = REFUSALS[code]
    assert refusal.status in {400, 401, 403, 429}
    assert refusal.person.endswith(".")
    assert refusal.admin.endswith(".")
    assert code not in refusal.person
