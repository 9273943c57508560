import hashlib

import pytest

from connector.lti.states import cookie_name, digest, is_secret_of, new_secret, read_state


def test_a_secret_is_256_bits_long_and_new_each_time():
    assert len(new_secret()) == 43
    assert new_secret() != new_secret()


def test_a_digest_is_the_sha_256_of_the_secret():
    assert digest("secret") == hashlib.sha256(b"secret").digest()
    assert is_secret_of("secret", digest("secret"))
    assert not is_secret_of("Secret", digest("secret"))


def test_the_cookie_is_named_after_the_state_but_does_not_tell_it():
    assert cookie_name("state") == "__Host-onward-" + hashlib.sha256(b"state").hexdigest()[:16]


@pytest.mark.parametrize("record", [{}, {"state": 1}, {"state": "zz", "nonce": "", "browser": ""}])
def test_a_stored_login_of_another_shape_is_an_error(record):
    with pytest.raises(ValueError, match="unknown shape"):
        read_state(record)
