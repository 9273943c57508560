import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain import Identifier, IfiKind
from connector.errors import BadInput
from connector.statements.identity import (
    fold_identifier,
    hash_identifier,
    identifier_of,
    parse_identifier,
    sha1_of_mbox,
    shape_of,
)

KEY = b"0123456789abcdef0123456789abcdef"
ACCOUNT = Identifier(IfiKind.ACCOUNT, "Ann", "https://Moodle.example/")


def hashed(text: str, key: bytes = KEY):
    return hash_identifier(key, parse_identifier(text))


def test_digests_are_keyed_hmacs_over_kind_home_page_and_value():
    found = hash_identifier(KEY, ACCOUNT)
    assert found.exact == hmac.digest(KEY, b"account\0https://Moodle.example/\0Ann", "sha256")
    assert found.folded == hmac.digest(KEY, b"account\0https://moodle.example\0ann", "sha256")
    assert (found.kind, found.home_page, found.shape) == (IfiKind.ACCOUNT, "https://Moodle.example/", "letters(3)")


def test_a_mailbox_in_upper_case_is_another_exactly_and_the_same_when_folded():
    upper, lower = hashed("mbox:ANN@SCHOOL.EXAMPLE"), hashed("mbox:ann@school.example")
    assert upper.exact != lower.exact
    assert upper.folded == lower.folded


def test_the_same_name_under_another_home_page_is_another_person():
    one, other = hashed("account:https://a.example|4"), hashed("account:https://b.example|4")
    assert one.exact != other.exact
    assert one.folded != other.folded


def test_a_trailing_slash_of_the_home_page_differs_exactly_only():
    one, other = hashed("account:https://a.example|4"), hashed("account:https://a.example/|4")
    assert one.exact != other.exact
    assert one.folded == other.folded


def test_equal_values_of_two_kinds_are_two_people():
    assert hashed("openid:https://a.example").folded != hashed("account:https://a.example|x").folded


def test_another_key_gives_other_digests():
    assert hashed("account:https://a.example|4").exact != hashed("account:https://a.example|4", b"x" * 32).exact


def test_a_mailbox_meets_its_sha1_sum():
    # sha1sum of "mailto:xapi@adlnet.gov"
    wanted = parse_identifier("mbox_sha1sum:CD9B00A5611F94EAA7B1661EDAB976068E364975")
    assert sha1_of_mbox(parse_identifier("mbox:xapi@adlnet.gov")) == wanted
    assert sha1_of_mbox(fold_identifier(parse_identifier("mbox:XAPI@adlnet.gov"))) == wanted
    assert wanted.value == hashlib.sha1(b"mailto:xapi@adlnet.gov").hexdigest()


def test_only_a_mailbox_has_a_sha1_sum():
    with pytest.raises(BadInput, match="account"):
        sha1_of_mbox(ACCOUNT)


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("mbox:ann@school.example", Identifier(IfiKind.MBOX, "mailto:ann@school.example")),
        ("mbox:MAILTO:Ann@school.example", Identifier(IfiKind.MBOX, "mailto:Ann@school.example")),
        ("mbox_sha1sum:" + "AB" * 20, Identifier(IfiKind.MBOX_SHA1SUM, "ab" * 20)),
        ("openid:https://openid.example/12345", Identifier(IfiKind.OPENID, "https://openid.example/12345")),
        ("account:https://a.example:8080|4", Identifier(IfiKind.ACCOUNT, "4", "https://a.example:8080")),
        (" account:https://a.example|a|b ", Identifier(IfiKind.ACCOUNT, "a|b", "https://a.example")),
    ],
)
def test_an_identifier_is_read_as_a_person_writes_it(text, identifier):
    assert parse_identifier(text) == identifier


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "mbox:NAME@HOST, mbox_sha1sum"),
        ("ann@school.example", "mbox:NAME@HOST, mbox_sha1sum"),
        ("phone:123", "mbox:NAME@HOST, mbox_sha1sum"),
        ("mbox:ann", "mbox:NAME@HOST"),
        ("mbox:ann@", "mbox:NAME@HOST"),
        ("mbox:a b@school.example", "mbox:NAME@HOST"),
        ("mbox_sha1sum:abc", "40 HEX DIGITS"),
        ("openid:nothing", "openid:URI"),
        ("account:https://a.example", r"HOMEPAGE\|NAME"),
        ("account:https://a.example|", r"HOMEPAGE\|NAME"),
        ("account:|4", r"HOMEPAGE\|NAME"),
    ],
)
def test_a_refusal_says_which_form_is_wanted_and_repeats_nothing(text, form):
    with pytest.raises(BadInput, match=form) as refused:
        parse_identifier(text)
    assert "ann@school" not in str(refused.value)


def test_a_value_is_checked_by_its_kind():
    assert identifier_of(IfiKind.MBOX, "ann@school.example") is None
    assert identifier_of(IfiKind.MBOX_SHA1SUM, "g" * 40) is None
    assert identifier_of(IfiKind.ACCOUNT, "4", "no iri") is None
    assert identifier_of(IfiKind.ACCOUNT, " ", "https://a.example") is None
    assert identifier_of(IfiKind.ACCOUNT, "x" * 1001, "https://a.example") is None


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("1234", "digits(4)"),
        ("amelie", "letters(6)"),
        ("Amélie", "letters(6)"),
        ("mailto:ann.alder99@school.example", "a.a9@host"),
        ("ann-m_alder", "a-a_a"),
        ("s1234567", "a9"),
        ("ann alder", "a?a"),
        ("f6c5ca7f-9daa-4830-a6a7-887af156e9ce", "uuid"),
        ("cd9b00a5611f94eaa7b1661edab976068e364975", "sha1"),
        ("https://openid.example/12345", "uri"),
        ("", ""),
    ],
)
def test_a_shape_says_how_a_value_looks_and_not_what_it_is(value, shape):
    assert shape_of(value) == shape


@settings(deadline=None)
@given(st.text())
def test_a_shape_holds_no_other_characters_than_its_own_words(value):
    shape = shape_of(value)
    assert len(shape) <= 45
    assert shape.startswith(("digits(", "letters(")) or set(shape.replace("@host", "")) <= set("a9?@.-_uidsh1r")


@settings(deadline=None)
@given(st.text())
def test_any_account_name_that_is_taken_can_be_hashed(name):
    found = identifier_of(IfiKind.ACCOUNT, name, "https://a.example")
    assert found is None or len(hash_identifier(KEY, found).exact) == 32
