"""Which passwords the console refuses, and how it keeps those that it takes."""

import pytest

from connector.administer import passwords
from connector.administer.passwords import PasswordRefused, check_password, hash_password, is_password
from connector.errors import Busy

TAKEN = ("Ada Lovelace", "onward.example.edu", "example")


@pytest.mark.parametrize(
    "password",
    ["four quiet words", "correct horse battery", "aB3$aB3$aB3$", "ein schöner Tag", "пароль из слов", "730184650192"],
)
def test_long_passwords_are_taken_whatever_kinds_of_characters_they_have(password):
    check_password(password, TAKEN)


@pytest.mark.parametrize("password", ["", "eleven chars"[:11], "x" * 1001])
def test_short_and_endless_passwords_are_refused(password):
    with pytest.raises(PasswordRefused, match="characters"):
        check_password(password, TAKEN)


@pytest.mark.parametrize(
    "password",
    [
        "adalovelace1",
        "Ada-Lovelace",
        "ADA LOVELACE 2026",
        "onward.example.edu",
        "example123456",
        "password1234",
        "Password!!!!",
        "2026-passwort",
        "aaaaaaaaaaaa",
        "abababababab",
        "123456789012",
        "210987654321",
        "abcdefghijklm",
        "qwertyuiopas",
        "............",
    ],
)
def test_what_anybody_would_try_first_is_refused_without_being_repeated(password):
    with pytest.raises(PasswordRefused) as refused:
        check_password(password, TAKEN)
    assert password not in str(refused.value)


def test_only_an_argon2id_hash_with_a_salt_of_its_own_is_kept():
    one, other = hash_password("four quiet words"), hash_password("four quiet words")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other


def test_a_password_is_known_again_and_no_other_is():
    kept = hash_password("four quiet words")
    assert is_password("four quiet words", kept)
    assert not is_password("four quiet wordS", kept)
    assert not is_password("", kept)


def test_a_password_is_the_same_from_every_keyboard():
    kept = hash_password("sch\u00f6ne alte Welt")
    assert is_password("scho\u0308ne alte Welt", kept)


def test_a_password_of_any_bytes_is_only_wrong():
    kept = hash_password("four quiet words")
    assert not is_password("\ud800" * 40, kept)
    assert not is_password("four quiet words" * 100_000, kept)


def test_a_third_hash_at_once_waits_and_is_then_told_to_come_again(monkeypatch):
    monkeypatch.setattr(passwords, "LONGEST_WAIT", 0.01)
    with passwords._Turn(), passwords._Turn(), pytest.raises(Busy):
        hash_password("four quiet words")
    assert hash_password("four quiet words")
