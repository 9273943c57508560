"""Whatever the bytes, the Interpreter answers, and always the same."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import Rejected
from connector.statements.interpret import Interpreter, ReadStatement
from connector.statements.items import Grain
from tests.unit.statements.saying import ADL, ANN, COURSE, ID, KEY, TYPES, meaning, statement

texts = st.text(max_size=12) | st.sampled_from(
    [
        "Group",
        "StatementRef",
        "Activity",
        ID,
        "mailto:a@b",
        "x:y",
        f"{TYPES}attempt",
        "2026-01-01T00:00Z",
        f"{ADL}voided",
    ]
)
numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
names = st.sampled_from(
    [
        "id",
        "actor",
        "verb",
        "object",
        "result",
        "context",
        "stored",
        "timestamp",
        "objectType",
        "mbox",
        "mbox_sha1sum",
        "openid",
        "account",
        "homePage",
        "name",
        "member",
        "definition",
        "type",
        "completion",
        "success",
        "score",
        "scaled",
        "raw",
        "min",
        "max",
        "extensions",
        "registration",
        "contextActivities",
        "parent",
        "grouping",
    ]
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | texts, inner, max_size=5),
    max_leaves=12,
)
actors = st.fixed_dictionaries({}, optional={"mbox": texts, "member": st.lists(st.just(ANN), max_size=2)})
almost = st.fixed_dictionaries(
    {},
    optional={
        "id": scalars | st.uuids().map(str),
        "actor": documents | actors,
        "verb": documents | st.just({"id": f"{ADL}voided"}),
        "object": documents | st.just(COURSE),
        "result": documents,
        "context": documents | st.fixed_dictionaries({"contextActivities": documents}),
        "timestamp": scalars | st.datetimes().map(str),
        "stored": scalars,
    },
)
INTERPRETERS = [Interpreter(KEY, grain) for grain in Grain]


def check(raw: bytes) -> None:
    for interpreter in INTERPRETERS:
        found = interpreter.read(raw)
        assert found == interpreter.read(raw)
        if isinstance(found, Rejected):
            assert found.raw == raw
            assert found.reason.replace("_", "").isalnum()
        else:
            check_facts(found)


def check_facts(found: ReadStatement) -> None:
    assert [one.member for one in found.facts] == list(range(len(found.facts)))
    assert len({one.statement_id for one in found.facts}) == 1
    for one in found.facts:
        assert one.score is None or 0 <= one.score <= 1
        assert one.progress is None or 0 <= one.progress <= 100
        assert one.timestamp.utcoffset().total_seconds() == 0
        assert meaning(one) is not None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_rejected(raw):
    check(raw)


@settings(deadline=None)
@given(documents)
def test_any_json_is_read_or_rejected(document):
    check(json.dumps(document).encode())


@settings(deadline=None)
@given(almost)
def test_any_near_statement_is_read_or_rejected(fields):
    check(json.dumps(statement(**fields), ensure_ascii=False).encode(errors="surrogatepass"))


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(max_size=3))
def test_a_statement_cut_or_broken_anywhere_is_read_or_rejected(position, noise):
    raw = json.dumps(statement()).encode()
    check(raw[:position] + noise + raw[position:])
    check(raw[:position])


@pytest.mark.parametrize("extension", ["https://w3id.org/xapi/cmi5/result/extensions/progress"])
def test_a_number_beyond_all_bounds_says_nothing_and_stops_nothing(extension):
    huge = "1" + "0" * 400
    raw = (
        '{"id":"7f3a1c52-0000-4000-8000-000000000001","actor":{"mbox":"mailto:a@b.example"},'
        '"verb":{"id":"http://adlnet.gov/expapi/verbs/progressed"},'
        '"object":{"id":"https://lms.example/course/1"},"timestamp":"2026-01-01T00:00:00Z",'
        f'"result":{{"extensions":{{"{extension}":{huge}}}}}}}'
    )
    read = Interpreter(b"k" * 32).read(raw.encode())
    assert isinstance(read, ReadStatement)
    assert read.facts[0].progress is None
