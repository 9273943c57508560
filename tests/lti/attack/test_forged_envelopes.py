"""Good claims in a wrong envelope: header, key, signature."""

import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt import PyJWS

from connector.errors import LaunchRefused
from tests.lti.harness import ABSENT, Scene, b64, jwk_of, rsa_key, signed

ATTACKER = "attacker"

HEADER_CASES = [
    ("alg none in the header of a signed token", {"alg": "none"}, "alg_wrong"),
    ("alg HS256", {"alg": "HS256"}, "alg_wrong"),
    ("alg RS384", {"alg": "RS384"}, "alg_wrong"),
    ("alg PS256", {"alg": "PS256"}, "alg_wrong"),
    ("alg ES256", {"alg": "ES256"}, "alg_wrong"),
    ("alg in small letters", {"alg": "rs256"}, "alg_wrong"),
    ("alg as list", {"alg": ["RS256"]}, "alg_wrong"),
    ("no alg", {"alg": ABSENT}, "alg_wrong"),
    ("no kid", {"kid": ABSENT}, "kid_missing"),
    ("empty kid", {"kid": ""}, "kid_missing"),
    ("kid as number", {"kid": 1}, "kid_missing"),
    ("kid as list", {"kid": ["k"]}, "kid_missing"),
    ("kid of 1,025 characters", {"kid": "k" * 1025}, "kid_missing"),
    ("unknown kid", {"kid": "nobody"}, "key_unknown"),
    ("kid as path", {"kid": "../../dev/null"}, "key_unknown"),
    ("jku", {"jku": "https://evil.example/jwks"}, "header_key_not_allowed"),
    ("jwk", {"jwk": {"kty": "RSA"}}, "header_key_not_allowed"),
    ("x5u", {"x5u": "https://evil.example/cert"}, "header_key_not_allowed"),
    ("x5c", {"x5c": ["MIIB"]}, "header_key_not_allowed"),
    ("crit", {"crit": ["exp"]}, "header_crit_unknown"),
    ("crit b64", {"crit": ["b64"], "b64": True}, "header_crit_unknown"),
    ("b64 false", {"b64": False}, "header_crit_unknown"),
    ("typ of an access token", {"typ": "at+jwt"}, "typ_wrong"),
    ("typ as number", {"typ": 1}, "typ_wrong"),
]


@pytest.mark.parametrize(("header", "code"), [case[1:] for case in HEADER_CASES], ids=[c[0] for c in HEADER_CASES])
def test_a_header_that_asks_for_something_else_is_refused(header, code):
    with pytest.raises(LaunchRefused) as refused:
        Scene().launch_under(header)
    assert refused.value.code == code


KEY_CASES = [
    ("for encryption", {"use": "enc"}, "key_use_wrong"),
    ("for signing only", {"key_ops": ["sign"]}, "key_use_wrong"),
    ("with key_ops as text", {"key_ops": "verify"}, "key_use_wrong"),
    ("of an elliptic curve", {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}, "key_type_wrong"),
    ("that is a shared secret", {"kty": "oct", "k": "c2VjcmV0"}, "key_type_wrong"),
    ("without kty", {"kty": ABSENT}, "key_type_wrong"),
    ("for RS512", {"alg": "RS512"}, "key_algorithm_wrong"),
    ("without modulus", {"n": ABSENT}, "key_malformed"),
    ("with a number as modulus", {"n": 12345}, "key_malformed"),
    ("with signs that are not base64url", {"n": "!!!!"}, "key_malformed"),
    ("with exponent one", {"e": "AQ"}, "key_malformed"),
    ("with an even exponent", {"e": "AQAA"}, "key_malformed"),
    ("with a modulus of 8 bit", {"n": "_w"}, "key_size_wrong"),
    ("with a modulus of 16384 bit", {"n": b64(b"\xff" * 2048)}, "key_size_wrong"),
]


@pytest.mark.parametrize(("changes", "code"), [case[1:] for case in KEY_CASES], ids=[c[0] for c in KEY_CASES])
def test_a_published_key_is_not_used(changes, code):
    scene = Scene()
    scene.keys.published = [jwk_of(rsa_key(), **changes)]
    with pytest.raises(LaunchRefused) as refused:
        scene.launch()
    assert refused.value.code == code


def test_a_key_of_1024_bit_is_not_used_even_with_a_right_signature():
    scene = Scene()
    weak = rsa_key("weak", 1024)
    scene.keys.published = [jwk_of(weak, kid="weak")]
    with pytest.raises(LaunchRefused, match="key_size_wrong"):
        scene.launch_under({"kid": "weak"}, key=weak)


def test_two_keys_of_one_id_are_refused():
    scene = Scene()
    scene.keys.published = [jwk_of(rsa_key(), kid="k"), jwk_of(rsa_key(ATTACKER), kid="k")]
    with pytest.raises(LaunchRefused, match="key_ambiguous"):
        scene.launch_under({"kid": "k"})


def test_an_unknown_kid_asks_the_platform_once_more_and_no_oftener():
    scene = Scene()
    with pytest.raises(LaunchRefused, match="key_unknown"):
        scene.launch_under({"kid": "nobody"})
    assert scene.keys.refetches == ["nobody"]


def test_the_signature_of_another_key_is_refused():
    with pytest.raises(LaunchRefused, match="signature_wrong"):
        Scene().launch_under({}, key=rsa_key(ATTACKER))


def test_a_payload_exchanged_after_signing_is_refused():
    scene = Scene()
    login = scene.login()
    head, _, signature = scene.token(scene.claims(login.nonce)).split(".")
    forged = b64(json.dumps(scene.claims(login.nonce, sub="1")).encode())
    with pytest.raises(LaunchRefused, match="signature_wrong"):
        scene.post({"state": login.state, "id_token": f"{head}.{forged}.{signature}"}, login.cookies)


def test_the_public_key_as_shared_secret_is_refused():
    scene = Scene()
    login = scene.login()
    public = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header = {"alg": "HS256", "kid": jwk_of(rsa_key())["kid"]}
    head = f"{b64(json.dumps(header).encode())}.{b64(json.dumps(scene.claims(login.nonce)).encode())}"
    signature = b64(hmac.new(public, head.encode(), hashlib.sha256).digest())
    with pytest.raises(LaunchRefused, match="alg_wrong"):
        scene.post({"state": login.state, "id_token": f"{head}.{signature}"}, login.cookies)


def test_an_elliptic_curve_signature_is_refused():
    scene = Scene()
    login = scene.login()
    key = ec.generate_private_key(ec.SECP256R1())
    token = PyJWS().encode(json.dumps(scene.claims(login.nonce)).encode(), key, "ES256", headers={"kid": "k"})
    with pytest.raises(LaunchRefused, match="alg_wrong"):
        scene.post({"state": login.state, "id_token": token}, login.cookies)


def test_an_unsigned_token_is_refused():
    scene = Scene()
    login = scene.login()
    head = b64(b'{"alg":"none","kid":"k"}')
    token = f"{head}.{b64(json.dumps(scene.claims(login.nonce)).encode())}."
    with pytest.raises(LaunchRefused, match="token_malformed"):
        scene.post({"state": login.state, "id_token": token}, login.cookies)


TOKEN_CASES = [
    ("missing", "", "token_missing"),
    ("garbage", "garbage", "token_malformed"),
    ("one dot", "a.b", "token_malformed"),
    ("three dots", "a.b.c.d", "token_malformed"),
    ("empty parts", "..", "token_malformed"),
    ("spaces", "a .b.c", "token_malformed"),
    ("a last line break", "YQ.YQ.YQ\n", "token_malformed"),
    ("padding", "YQ==.YQ==.YQ==", "token_malformed"),
    ("half a byte", "a.a.a", "token_malformed"),
    ("letters beyond ASCII", "ä.ö.ü", "token_malformed"),
    ("header a list", f"{b64(b'[]')}.e30.YQ", "token_malformed"),
    ("header no JSON", f"{b64(b'{')}.e30.YQ", "token_malformed"),
    ("header of 10,000 nested lists", f"{b64(b'[' * 10000)}.e30.YQ", "token_malformed"),
    (
        "header with alg twice",
        signed(b"{}", rsa_key(), {}).replace("e30.", b64(b'{"alg":"RS256","alg":"none"}') + ".", 1),
        "token_malformed",
    ),
    ("over 64 KiB", "a" * 65537, "token_too_large"),
    ("a megabyte", "a" * 1_000_000, "token_too_large"),
]


@pytest.mark.parametrize(("text", "code"), [case[1:] for case in TOKEN_CASES], ids=[c[0] for c in TOKEN_CASES])
def test_what_is_no_token_is_refused(text, code):
    with pytest.raises(LaunchRefused) as refused:
        Scene().launch_raw(text)
    assert refused.value.code == code
