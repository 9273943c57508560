"""Statements of other makers, where the folder is at hand (``ONWARD_TEST_DATA``); nothing of it is kept here."""

import gzip
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from connector.domain import Rejected
from connector.statements.interpret import Interpreter
from connector.statements.items import Grain
from tests.unit.statements.saying import KEY, fact, meaning, said

FOLDER = os.environ.get("ONWARD_TEST_DATA", "")
pytestmark = pytest.mark.skipif(
    not (Path(FOLDER) / "xapi").is_dir(), reason="ONWARD_TEST_DATA does not name a folder with xapi statements"
)
XAPI = Path(FOLDER) / "xapi"
TEMPLATES = XAPI / "lrs-conformance" / "test"
VALID = [
    *("agents/mbox", "agents/mbox_sha1sum", "agents/openid", "agents/account", "agents/default"),
    *("groups/anonymous", "groups/anonymous_two_member", "groups/identified_account", "groups/identified_mbox"),
    *("groups/identified_mbox_sha1sum", "groups/identified_openid", "groups/identified_openid_no_member"),
]
VALID_ACTIVITIES = [
    "default",
    "choice",
    "likert",
    "matching",
    "performance",
    "sequencing",
    "true_false",
    "fill_in",
    "long_fill_in",
    "numeric",
    "other",
    "no_definition",
    "no_extensions",
    "no_languages",
    "no_objectType",
    "language_maps_valid_name",
    "language_maps_valid_description",
]
VALID_CONTEXTS = [
    "default",
    "category",
    "grouping",
    "parent",
    "other",
    "all_activities",
    "no_extensions",
    "no_platform",
    "no_revision",
]


def template(version: str, name: str) -> dict:
    return json.loads((TEMPLATES / version / "templates" / f"{name}.json").read_text())


def reasons(raws) -> Counter:
    interpreters = [Interpreter(KEY, grain) for grain in Grain]
    found = (interpreter.read(raw) for raw in raws for interpreter in interpreters)
    return Counter(each.reason if isinstance(each, Rejected) else "read" for each in found)


VERSIONS = pytest.mark.parametrize("version", ["v1_0_3", "v2_0"])


@VERSIONS
@pytest.mark.parametrize("name", VALID)
def test_valid_actors_of_the_conformance_suite_are_read(version, name):
    one = fact(actor=template(version, name))
    assert one.identity is not None or "anonymous" in name


@VERSIONS
@pytest.mark.parametrize("name", VALID_ACTIVITIES)
def test_valid_activities_of_the_conformance_suite_are_read(version, name):
    assert fact(object=template(version, f"activities/{name}")).activity is not None


@VERSIONS
@pytest.mark.parametrize("name", VALID_CONTEXTS)
def test_valid_contexts_of_the_conformance_suite_are_read(version, name):
    assert fact(context=template(version, f"contexts/{name}")).attempt is not None


@VERSIONS
def test_a_valid_result_a_voiding_and_a_substatement_are_read(version):
    assert fact(result=template(version, "results/default")).score == 0.95
    assert said(**template(version, "statements/voiding")).voiding is not None
    assert fact(object=template(version, "substatements/default")).activity is None


@VERSIONS
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("statements/no_actor", "no_actor"),
        ("statements/no_verb", "no_verb"),
        ("statements/verb", "no_verb"),
        ("statements/no_object", "no_object"),
        ("statements/object_activity", "bad_activity_id"),
        ("statements/object_statementref_no_id", "bad_statement_ref"),
    ],
)
def test_statements_that_lack_something_are_rejected(version, name, code):
    raw = json.dumps(template(version, name) | {"timestamp": "2026-01-01T00:00:00Z"}).encode()
    assert reasons([raw]) == {code: 2}


@VERSIONS
@pytest.mark.parametrize("name", ["account_no_name", "account_no_homepage"])
def test_half_an_account_is_rejected(version, name):
    assert said(actor=template(version, f"agents/{name}")).reason == "bad_account"


def test_all_statements_of_a_real_moodle_are_read():
    raws = (Path(FOLDER) / "moodle-statements" / "all.jsonl").read_bytes().splitlines()
    assert reasons(raws) == {"read": 2 * len(raws)}


def test_all_statements_of_a_real_course_platform_are_read():
    with gzip.open(XAPI / "ralph" / "statements.json.gz") as lines:
        raws = [line for line, _ in zip(lines, range(3000), strict=False)]
    assert reasons(raws) == {"read": 2 * len(raws)}


@pytest.mark.parametrize("name", ["kokea/kokea", "kokea/rate_of_completions_16", "dave/ds"])
def test_statements_with_agents_as_objects_and_their_own_verbs_are_read_and_mean_something_or_say_why(name):
    made = json.loads((XAPI / "dave" / "resources" / "public" / "data" / f"{name}.json").read_text())
    assert reasons(json.dumps(one).encode() for one in made) == {"read": 2 * len(made)}
    assert all(meaning(fact(**one)) for one in made)
