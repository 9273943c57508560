import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt import PyJWK, PyJWS

from connector.errors import BadInput
from connector.lti.keys import key_id, new_signing_key, public_jwk_set, read_signing_key

# the key and thumbprint of RFC 7638 3.1
RFC_N = (
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMst"
    "n64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91"
    "CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
)


def pem_of(key) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_a_key_id_is_the_thumbprint_of_rfc_7638():
    n = PyJWK({"kty": "RSA", "n": RFC_N, "e": "AQAB"}).key.public_numbers().n
    assert key_id(RSAPublicNumbers(65537, n).public_key()) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_new_key_has_2048_bit_and_what_it_signs_its_published_half_verifies():
    pem = new_signing_key()
    (jwk,) = public_jwk_set([pem])["keys"]
    token = PyJWS().encode(b"{}", pem, "RS256")
    assert read_signing_key(pem).key_size == 2048
    assert PyJWS().decode(token, PyJWK(jwk), algorithms=["RS256"]) == b"{}"


def test_a_published_key_tells_nothing_private():
    (jwk,) = public_jwk_set([new_signing_key()])["keys"]
    assert set(jwk) == {"kty", "n", "e", "use", "alg", "kid"}


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key",
        pem_of(ec.generate_private_key(ec.SECP256R1())),
        pem_of(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
    ],
    ids=["empty", "text", "elliptic curve", "1024 bit"],
)
def test_what_cannot_sign_for_us_is_refused_with_a_sentence(pem):
    with pytest.raises(BadInput, match="signing key"):
        read_signing_key(pem)
