import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from connector.domain import Flag, IfiKind, Rejected, Signal, VoidingDraft
from connector.errors import BadInput
from connector.statements.identity import hash_identifier, parse_identifier
from connector.statements.interpret import Interpreter, ReadStatement
from connector.statements.verbs import Ignored, IgnoredReason
from tests.unit.statements.saying import (
    ABSENT,
    ADL,
    ANN,
    COURSE,
    ID,
    KEY,
    activity,
    around,
    fact,
    meaning,
    read,
    said,
    statement,
)

MBOX, SHA1 = "mailto:bob@school.example", "cd9b00a5611f94eaa7b1661edab976068e364975"
VOIDED = {"id": f"{ADL}voided"}


def reason(**fields):
    found = said(**fields)
    assert isinstance(found, Rejected), found
    return found.reason


def identity(text):
    return hash_identifier(KEY, parse_identifier(text))


def test_a_statement_leaves_its_fact_and_nothing_else():
    found = said(
        actor=ANN | {"name": "Ann Alder"},
        result={"completion": True, "score": {"scaled": 0.8}, "response": "secret"},
        context={"registration": "05D6D41A-10B4-55E5-A70F-D85FD0FC47E4"},
        stored="2026-11-22T01:43:00Z",
    )
    assert found.voiding is None
    [one] = found.facts
    assert one.statement_id == UUID(ID)
    assert (one.member, one.flags, one.score, one.progress) == (0, 3, 0.8, None)
    assert one.identity == identity("account:https://moodle.example|4")
    assert one.activity.item_iri == COURSE["id"]
    assert one.verb == f"{ADL}completed"
    assert one.attempt == UUID("05d6d41a-10b4-55e5-a70f-d85fd0fc47e4")
    assert one.timestamp == datetime(2026, 11, 22, 1, 42, 55, tzinfo=UTC)
    assert one.stored == datetime(2026, 11, 22, 1, 43, tzinfo=UTC)
    assert "Ann" not in repr(found)
    assert "secret" not in repr(found)


# --- ids and times ------------------------------------------------------------------------------------------------


def test_an_id_in_upper_case_is_the_same_id():
    assert fact(id=ID.upper()).statement_id == UUID(ID)


def test_a_statement_without_id_gets_one_from_its_bytes_whatever_their_order():
    one = read(
        b'{"actor":{"mbox":"mailto:a@b"},"verb":{"id":"x:v"},"object":{"id":"x:o"},"stored":"2026-01-01T00:00Z"}'
    )
    other = read(
        b'{ "stored":"2026-01-01T00:00Z", "object":{"id":"x:o"},"verb":{"id":"x:v"},"actor":{"mbox":"mailto:a@b"} }'
    )
    assert one == other
    assert one.facts[0].statement_id.version == 5
    assert one.facts[0].statement_id != fact(id=ABSENT).statement_id
    assert fact(id=None).statement_id.version == 5


@pytest.mark.parametrize("given_id", ["", "12", 5, {}, ID + "0", "{" + ID + "}"])
def test_an_id_that_is_no_uuid_is_rejected(given_id):
    assert reason(id=given_id) == "bad_id"


def test_without_an_id_unspeakable_bytes_are_rejected():
    raw = b'{"actor":{},"verb":{"id":"x:v"},"object":{"id":"x:o"},"stored":"2026-01-01T00:00Z","more":1e999}'
    assert read(raw) == Rejected("no_canonical_form", "", raw)


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-11-22T01:42:55Z",
        "2026-11-22T01:42:55.000Z",
        "2026-11-22T01:42:55.000000000Z",
        "2026-11-22t01:42:55z",
        "2026-11-22T02:42:55+01:00",
        "2026-11-22T02:42:55+0100",
        "2026-11-22T02:42:55+01",
        "2026-11-21T20:12:55.0-05:30",
        "2026-11-22T01:42:55",
        "2026-11-22 01:42:55+00:00",
    ],
)
def test_one_moment_has_many_spellings_and_without_a_zone_it_is_utc(spelling):
    assert fact(timestamp=spelling).timestamp == datetime(2026, 11, 22, 1, 42, 55, tzinfo=UTC)


def test_a_fraction_of_a_second_is_kept_to_the_microsecond():
    assert fact(timestamp="2026-11-22T01:42:55.8672199+00:00").timestamp.microsecond == 867219


@pytest.mark.parametrize(
    "spelling",
    ["", "yesterday", "2026-11-22", "2026-13-22T01:00:00Z", "2026-11-22T25:00:00Z", "0001-01-01T00:00+01", 5],
)
def test_what_is_no_moment_is_rejected(spelling):
    assert reason(timestamp=spelling) == "bad_timestamp"
    assert reason(stored=spelling) == "bad_stored"


def test_stored_stands_for_a_missing_timestamp():
    one = fact(timestamp=ABSENT, stored="2026-11-22T01:43:00Z")
    assert one.timestamp == one.stored == datetime(2026, 11, 22, 1, 43, tzinfo=UTC)


def test_a_statement_without_any_time_is_rejected():
    assert reason(timestamp=ABSENT) == "no_timestamp"


def test_a_registration_that_is_no_uuid_is_no_attempt():
    assert fact(context={"registration": "first"}).attempt is None


# --- actors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "written"),
    [
        ({"mbox": MBOX}, f"mbox:{MBOX}"),
        ({"mbox": "MAILTO:BOB@SCHOOL.EXAMPLE"}, "mbox:BOB@SCHOOL.EXAMPLE"),
        ({"mbox_sha1sum": SHA1.upper()}, f"mbox_sha1sum:{SHA1}"),
        ({"openid": "https://openid.example/1", "objectType": "Agent"}, "openid:https://openid.example/1"),
        (ANN, "account:https://moodle.example|4"),
    ],
)
def test_each_kind_of_identifier_gives_its_identity(actor, written):
    assert fact(actor=actor).identity == identity(written)


def test_an_agent_without_identifier_has_no_identity():
    assert fact(actor={"objectType": "Agent", "name": "Ann"}).identity is None


@pytest.mark.parametrize(
    ("actor", "code"),
    [
        (ABSENT, "no_actor"),
        ("ann", "bad_actor"),
        ({"mbox": 5}, "bad_actor"),
        ({"account": {"homePage": "https://a.example", "name": 4}}, "bad_actor"),
        ({"mbox": "bob@school.example"}, "bad_mbox"),
        ({"mbox": "mailto:bob"}, "bad_mbox"),
        ({"mbox_sha1sum": "abc"}, "bad_mbox_sha1sum"),
        ({"openid": "me"}, "bad_openid"),
        ({"account": {"name": "4"}}, "bad_account"),
        ({"account": {"homePage": "https://a.example"}}, "bad_account"),
        ({"account": {"homePage": "https://a.example", "name": ""}}, "bad_account"),
        ({"mbox": MBOX, "mbox_sha1sum": SHA1}, "two_identifiers"),
        (ANN | {"openid": "https://openid.example/1"}, "two_identifiers"),
        ({"objectType": "Group", "member": [{"mbox": MBOX}, {"mbox": "bob"}]}, "bad_mbox"),
        ({"objectType": "Group", "member": [{}] * 10_001}, "group_too_large"),
    ],
)
def test_an_actor_that_breaks_the_rules_is_rejected(actor, code):
    assert reason(actor=actor) == code


def test_a_group_gives_a_fact_of_its_own_and_one_a_member():
    group = {"objectType": "Group", "mbox": MBOX, "member": [ANN, {"name": "nobody"}]}
    facts = said(actor=group, result={"completion": True}).facts
    assert [one.member for one in facts] == [0, 1, 2]
    assert [one.identity for one in facts] == [
        identity(f"mbox:{MBOX}"),
        identity("account:https://moodle.example|4"),
        None,
    ]
    assert {one.flags for one in facts} == {3 | Flag.GROUP}
    assert len({one.activity.iri for one in facts}) == 1


def test_an_anonymous_group_has_no_identity_of_its_own():
    facts = said(actor={"objectType": "Group", "member": [ANN]}).facts
    assert [one.identity and one.identity.kind for one in facts] == [None, IfiKind.ACCOUNT]


def test_an_agent_has_no_members():
    assert len(said(actor=ANN | {"member": [ANN]}).facts) == 1


# --- verbs and objects --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (ABSENT, "no_verb"),
        ({}, "no_verb"),
        ("completed", "bad_verb"),
        ({"id": 5}, "bad_verb"),
        ({"id": "completed"}, "bad_verb"),
        ({"id": "x:" + "y" * 2000}, "bad_verb"),
    ],
)
def test_a_verb_must_have_an_iri(verb, code):
    assert reason(verb=verb) == code


def test_the_fact_has_the_verb_folded():
    assert fact(verb={"id": "https://activitystrea.ms/schema/1.0/submit/"}).verb == "http://activitystrea.ms/submit"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (ABSENT, "no_object"),
        (None, "no_object"),
        ("course", "bad_object"),
        ({"id": 5}, "bad_object"),
        ({"id": "x:y", "definition": {"name": "text"}}, "bad_object"),
        ({}, "bad_activity_id"),
        ({"objectType": "Activity"}, "bad_activity_id"),
        ({"id": "no iri"}, "bad_activity_id"),
        ({"id": "x:" + "y" * 2000}, "bad_activity_id"),
        ({"id": "x:y", "objectType": "Thing"}, "bad_object_type"),
        ({"objectType": "StatementRef"}, "bad_statement_ref"),
        ({"objectType": "StatementRef", "id": "x:y"}, "bad_statement_ref"),
    ],
)
def test_an_object_that_breaks_the_rules_is_rejected(target, code):
    assert reason(object=target) == code


@pytest.mark.parametrize(
    "target",
    [
        {"objectType": "Agent", "mbox": MBOX},
        {"objectType": "Group", "mbox": MBOX},
        {"objectType": "StatementRef", "id": ID},
        {"objectType": "SubStatement", "actor": ANN, "verb": {"id": "x:v"}, "object": COURSE},
    ],
)
def test_people_and_statements_as_objects_give_a_fact_without_activity(target):
    one = fact(object=target)
    assert one.activity is None
    assert meaning(one) == Ignored(IgnoredReason.NOT_AN_ITEM)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("result", "good", "bad_result"),
        ("result", {"completion": "true"}, "bad_result"),
        ("result", {"score": {"raw": "5"}}, "bad_result"),
        ("context", [], "bad_context"),
        ("context", {"contextActivities": {"parent": "x"}}, "bad_context"),
        ("context", {"contextActivities": {"parent": [5]}}, "bad_context"),
    ],
)
def test_a_field_of_the_wrong_shape_is_rejected_by_its_name(field, value, code):
    assert reason(**{field: value}) == code


def test_fields_that_are_not_read_may_have_any_shape():
    assert fact(actor=ANN | {"name": 5}, authority=5, context={"language": 5, "extensions": {"x:y": [5]}}, version=1)


# --- voiding ------------------------------------------------------------------------------------------------------


def test_a_voiding_gives_its_target_and_a_fact_that_is_ignored():
    target = "8F87CCDE-BB56-4C2E-AB83-44982EF22DF0"
    found = said(verb=VOIDED, object={"objectType": "StatementRef", "id": target}, stored="2026-11-22T01:43:00Z")
    assert found.voiding == VoidingDraft(UUID(ID), UUID(target), datetime(2026, 11, 22, 1, 43, tzinfo=UTC))
    [one] = found.facts
    assert meaning(one) == Ignored(IgnoredReason.VOIDING)


def test_other_verbs_about_a_statement_void_nothing():
    assert said(object={"objectType": "StatementRef", "id": ID}).voiding is None


def test_voided_said_of_an_activity_is_rejected():
    assert reason(verb=VOIDED) == "bad_voiding"


# --- videos -------------------------------------------------------------------------------------------------------

VIDEO = activity("https://a.example/v", "https://w3id.org/xapi/video/activity-type/video")


def video(share, threshold=None, **result):
    extensions = {} if threshold is None else {"https://w3id.org/xapi/video/extensions/completion-threshold": threshold}
    return fact(
        verb={"id": f"{ADL}terminated"},
        object=VIDEO,
        context=around() | {"extensions": extensions},
        result={"extensions": {"https://w3id.org/xapi/video/extensions/progress": share}} | result,
    )


@pytest.mark.parametrize(("share", "threshold"), [(1, None), (0.8, 0.8), (0.95, 0.8), (1, "most"), (1, 7)])
def test_a_video_left_past_its_threshold_is_completed(share, threshold):
    assert meaning(video(share, threshold)) is Signal.COMPLETED


@pytest.mark.parametrize(("share", "threshold"), [(0.99, None), (0.79, 0.8), (7, 0.8), ("all", 0.8), (0.5, 0)])
def test_a_video_left_before_its_threshold_is_neutral(share, threshold):
    assert meaning(video(share, threshold)) == Ignored(IgnoredReason.VERB_NEUTRAL)


def test_what_the_result_says_of_completion_stands_above_the_threshold():
    assert meaning(video(1, completion=False)) == Ignored(IgnoredReason.VERB_NEUTRAL)


def test_the_threshold_is_for_videos_and_their_end_only():
    result = {"extensions": {"https://w3id.org/xapi/video/extensions/progress": 1}}
    assert fact(verb={"id": f"{ADL}terminated"}, result=result).flags == 0
    assert fact(verb={"id": "https://w3id.org/xapi/video/verbs/paused"}, object=VIDEO, result=result).flags == 0


# --- bytes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "not_json"),
        (b"\xff", "not_json"),
        (b"{", "not_json"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b'{"actor":NaN}', "not_json"),
        (b'{"actor":{"mbox":"\xff"}}', "not_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        (b"{}", "no_timestamp"),
    ],
)
def test_bytes_that_are_no_statement_are_rejected(raw, code):
    assert read(raw) == Rejected(code, "", raw)


def test_a_rejected_statement_keeps_its_id_where_it_can_be_read():
    found = said(id=ID.upper(), actor=ABSENT)
    assert (found.reason, found.readable_id) == ("no_actor", ID)
    assert said(id="mailto:ann@school.example", actor=ABSENT).readable_id == ""


def test_a_short_key_is_refused():
    with pytest.raises(BadInput, match="16 bytes"):
        Interpreter(b"short")


def test_an_object_too_large_to_remember_is_read_all_the_same():
    large = activity("https://a.example/x", "", name={"en": "x"}, description={"en": "y" * 10_000})
    raw = json.dumps(statement(object=large)).encode()
    interpreter = Interpreter(KEY)
    assert interpreter.read(raw) == interpreter.read(raw)
    assert interpreter._object.cache_info().currsize == 0
    assert interpreter.read(raw).facts[0].activity.names == {"en": "x"}


def test_two_interpreters_agree_and_remembering_changes_nothing():
    verbs = ["passed", "failed", "voided", "passed"]
    raws = [json.dumps(statement(verb={"id": ADL + verb})).encode() for verb in verbs]
    one, forgetful = Interpreter(KEY), Interpreter(KEY, remember=1)
    found = [one.read(raw) for raw in raws * 2]
    assert found == [forgetful.read(raw) for raw in raws * 2]
    assert [isinstance(each, ReadStatement) for each in found[:4]] == [True, True, False, True]
