import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt import InvalidKeyError, PyJWS

from connector.clock import fixed
from connector.domain import Audience, Course, LearnerId, PlatformId, TenantId, Visit
from connector.errors import VisitRefused
from connector.lti.own_tokens import SessionKey, session_key_id
from connector.lti.visit import decode_visit, encode_visit, open_visit, visit_expiry
from tests.lti.harness import b64, rsa_key, signed

KEY = SessionKey(b"k" * 32)
NAMED = {"typ": "onward-visit+jwt", "kid": f"1.{session_key_id(KEY)}"}
UNSIGNED = b64(json.dumps({"alg": "none", **NAMED}).encode())
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VISIT = Visit(
    tenant=TenantId(1),
    platform=PlatformId(2),
    deployment="dep-1",
    learner=LearnerId(3),
    audience=Audience.LEARNER,
    placement="rl-1",
    course=Course("c-1", "Statistics"),
    given_name="Ann",
    locale="en",
    return_url="https://moodle.example/course/1",
    launched_at=NOON,
    expires_at=NOON + timedelta(minutes=60),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VISITS = st.builds(
    Visit,
    tenant=st.integers(0, 2**40).map(TenantId),
    platform=st.integers(0, 2**40).map(PlatformId),
    deployment=TEXT,
    learner=st.none() | st.integers(0, 2**40).map(LearnerId),
    audience=st.sampled_from(Audience),
    placement=TEXT,
    course=st.none() | st.builds(Course, TEXT, TEXT),
    given_name=TEXT,
    locale=TEXT,
    return_url=TEXT,
    launched_at=st.integers(0, 3600).map(lambda second: NOON - timedelta(seconds=second)),
    expires_at=st.integers(1, 3600).map(lambda second: NOON + timedelta(seconds=second)),
)


def payload(**changes) -> bytes:
    text = encode_visit(VISIT, KEY).split(".")[1]
    return json.dumps(
        {**json.loads(PyJWS().decode(f"e30.{text}.", options={"verify_signature": False})), **changes}
    ).encode()


def written(body: bytes, key: bytes = KEY, typ: str = "onward-visit+jwt", kid: str = f"1.{session_key_id(KEY)}") -> str:
    return PyJWS().encode(body, key, "HS256", headers={"typ": typ, "kid": kid})


@settings(max_examples=200, deadline=None)
@given(visit=VISITS)
def test_every_field_of_a_visit_comes_back(visit):
    assert decode_visit(encode_visit(visit, KEY), KEY, fixed(NOON)) == visit


def test_a_visit_holds_until_its_last_second():
    token = encode_visit(VISIT, KEY)
    assert decode_visit(token, KEY, fixed(VISIT.expires_at - timedelta(seconds=1))) == VISIT
    with pytest.raises(VisitRefused, match="visit_expired"):
        decode_visit(token, KEY, fixed(VISIT.expires_at))


def test_a_visit_is_issued_for_an_hour_and_never_beyond_eight_after_its_launch():
    half_past_seven = NOON + timedelta(hours=7, minutes=30)
    assert visit_expiry(NOON, NOON + timedelta(microseconds=5)) == NOON + timedelta(hours=1)
    assert visit_expiry(NOON, half_past_seven) == NOON + timedelta(hours=8)


def test_a_refreshed_visit_is_the_same_but_for_its_end():
    later = NOON + timedelta(minutes=50)
    refreshed = replace(VISIT, expires_at=visit_expiry(VISIT.launched_at, later))
    assert decode_visit(encode_visit(refreshed, KEY), KEY, fixed(later)).expires_at == NOON + timedelta(minutes=110)


FOREIGN = {
    "another key": lambda: encode_visit(VISIT, SessionKey(b"x" * 32)),
    "alg none": lambda: f"{UNSIGNED}.{b64(payload())}.",
    "HS512": lambda: PyJWS().encode(payload(), b"k" * 64, "HS512", headers=NAMED),
    "RS256": lambda: signed(payload(), rsa_key(), {"alg": "RS256", **NAMED}),
    "no key named": lambda: PyJWS().encode(payload(), KEY, "HS256", headers={"typ": "onward-visit+jwt"}),
    "a key without its tenant": lambda: written(payload(), kid=session_key_id(KEY)),
    "a key with more after it": lambda: written(payload(), kid=f"1.{session_key_id(KEY)}x"),
    "a tenant beyond all numbers": lambda: written(payload(), kid=f"{10**30}.{session_key_id(KEY)}"),
    "the key of another tenant": lambda: written(payload(t=2)),
    "another key under our name": lambda: written(payload(), key=b"x" * 32),
    "another type": lambda: written(payload(), typ="JWT"),
    "another issuer": lambda: written(payload(iss="elsewhere")),
    "another audience": lambda: written(payload(aud="elsewhere")),
    "exchanged payload": lambda: ".".join(
        [encode_visit(VISIT, KEY).split(".")[0], b64(payload(n=4)), encode_visit(VISIT, KEY).split(".")[2]]
    ),
}


@pytest.mark.parametrize("token", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_token_that_is_not_ours_is_foreign(token):
    with pytest.raises(VisitRefused, match="visit_foreign"):
        decode_visit(token(), KEY, fixed(NOON))


MALFORMED = {
    "empty": lambda: "",
    "garbage": lambda: "garbage",
    "beyond ASCII": lambda: "ä.ö.ü",
    "half a surrogate pair": lambda: "\ud800.a.b",
    "two dots": lambda: "..",
    "over 32 KiB": lambda: "a" * 32769,
    "cut off": lambda: encode_visit(VISIT, KEY)[:60],
    "no JSON": lambda: written(b"{"),
    "a list": lambda: written(b"[]"),
    "nested lists": lambda: written(b"[" * 5000),
    "a claim missing": lambda: written(b'{"iss":"onward","aud":"onward-page"}'),
    "a claim too many": lambda: written(payload(admin=True)),
    "a text as learner": lambda: written(payload(n="3")),
    "an unknown audience": lambda: written(payload(a="admin")),
    "beyond all time": lambda: written(payload(exp=10**15)),
    "over eight hours": lambda: written(payload(exp=int(NOON.timestamp()) + 8 * 3600 + 1)),
    "crit": lambda: PyJWS().encode(payload(), KEY, "HS256", headers={**NAMED, "crit": ["exp"]}),
}


@pytest.mark.parametrize("token", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_token_that_cannot_be_read_is_malformed(token):
    with pytest.raises(VisitRefused, match="visit_malformed"):
        decode_visit(token(), KEY, fixed(NOON))


def test_of_several_keys_the_one_that_the_token_names_opens_it_and_no_other_is_asked_for():
    older, newer, asked = SessionKey(b"o" * 32), SessionKey(b"n" * 32), []
    known = {session_key_id(key): key for key in (newer, older)}

    def find(tenant, wanted):
        asked.append((tenant, wanted))
        return known.get(wanted)

    for key in (older, newer):
        assert open_visit(encode_visit(VISIT, key), find, fixed(NOON)) == VISIT
    assert asked == [(1, session_key_id(older)), (1, session_key_id(newer))]


@pytest.mark.parametrize("kid", [7, None, ["1.a"], {}], ids=repr)
def test_a_key_name_that_is_no_text_is_refused(kid):
    header = {"alg": "HS256", "typ": "onward-visit+jwt", "kid": kid}
    with pytest.raises(VisitRefused):
        decode_visit(f"{b64(json.dumps(header).encode())}.{b64(payload())}.AAAA", KEY, fixed(NOON))


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(), max_size=100))
def test_any_text_is_refused_as_a_visit(text):
    with pytest.raises(VisitRefused):
        decode_visit(text, KEY, fixed(NOON))


def test_a_short_session_key_is_an_error_of_the_site():
    with pytest.raises(InvalidKeyError):
        encode_visit(VISIT, SessionKey(b"short"))
