"""Whatever a good launch is turned into: it is accepted or refused, and nothing else ever comes out."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import Audience
from connector.errors import LaunchRefused
from connector.lti.codes import REFUSALS
from connector.lti.verify import LaunchMessage
from tests.lti.harness import CLAIM, Scene

NAMES = sorted({*Scene().claims("n"), "azp", "nbf", "locale", "email", CLAIM + "lis", CLAIM + "ext"})
INNER = ["id", "title", "return_url", "locale", "row", "username", "user_username", "person_sourcedid"]
TEXT = st.text(st.characters(), max_size=20) | st.sampled_from(["\x00", "\ud800", "$User.id", " ", "x" * 300])
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
JSON = st.recursive(
    LEAF,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(INNER) | TEXT, inner, max_size=4),
    max_leaves=8,
)


def _accepted_or_refused(launch) -> LaunchMessage | None:
    try:
        return launch()
    except LaunchRefused as error:
        refused = error
    assert refused.code in REFUSALS
    return None


@settings(max_examples=200, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1, max_size=3))
def test_any_claims_replaced_by_any_json_are_accepted_or_refused(changes):
    message = _accepted_or_refused(lambda: Scene().launch(**changes))
    if message is not None:
        claims = message.claims
        assert claims.placement
        assert (claims.subject is None) == (claims.audience is Audience.ANONYMOUS)
        json.dumps([claims.placement, claims.given_name, claims.locale, claims.return_url]).encode()


@settings(max_examples=100, deadline=None)
@given(payload=st.binary(max_size=200))
def test_any_signed_bytes_are_refused(payload):
    scene = Scene()
    with pytest.raises(LaunchRefused):
        scene.launch_raw(scene.token(payload))


@settings(max_examples=100, deadline=None)
@given(name=st.sampled_from(["alg", "kid", "typ", "jku", "crit", "b64", "cty", "zip"]), value=JSON)
def test_any_header_is_accepted_or_refused(name, value):
    _accepted_or_refused(lambda: Scene().launch_under({name: value}))


@settings(max_examples=100, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(["kty", "n", "e", "kid", "use", "alg", "key_ops"]), JSON, max_size=3))
def test_any_published_key_is_used_or_refused(changes):
    scene = Scene()
    scene.keys.published = [{**scene.keys.published[0], **changes}]
    _accepted_or_refused(scene.launch)


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(), max_size=200))
def test_any_text_as_token_is_refused(text):
    with pytest.raises(LaunchRefused):
        Scene().launch_raw(text)


@settings(max_examples=100, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.sampled_from(["iss", "client_id", "login_hint", "target_link_uri"]), TEXT), max_size=6)
)
def test_any_login_is_answered_or_refused(pairs):
    _accepted_or_refused(lambda: Scene().begin(pairs))
