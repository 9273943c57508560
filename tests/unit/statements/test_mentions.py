"""Who is named in bytes that could not be read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.domain import Identifier, IfiKind
from connector.statements.identity import hash_identifier, sha1_of_mbox
from connector.statements.mentions import MOST_PAIRS, digests_in, identifiers_in

KEY = bytes(range(32))
ANN = Identifier(IfiKind.MBOX, "mailto:ann@example.edu")
BY_NAME = Identifier(IfiKind.ACCOUNT, "ann", "https://lms.example")


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b'{"actor": {"mbox": "mailto:ann@example.edu"}}', ANN),
        (b'{"actor": {"mbox": "ann@example.edu"}, "verb', ANN),
        (b'{"actor": {"mbox": "mailto:ann\\u0040example.edu"', ANN),
        (b"\xff\xfe see ann@example.edu, please", ANN),
        (b'{"actor": {"mbox": "mailto:o\'hara@example.edu"}}', Identifier(IfiKind.MBOX, "mailto:o'hara@example.edu")),
        (b'{"account": {"name": "ann", "homePage": "https://lms.example"}', BY_NAME),
        (b'{"homePage":"https:\\/\\/lms.example","x":[],"name":"ann', BY_NAME),
        (
            b'{"account":{"homePage":"https://lms.example","name":4711}}',
            Identifier(IfiKind.ACCOUNT, "4711", "https://lms.example"),
        ),
        (b'{"openid": "https://ann.example/"', Identifier(IfiKind.OPENID, "https://ann.example/")),
        (b'{"mbox_sha1sum": "' + b"AB" * 20 + b'"}', Identifier(IfiKind.MBOX_SHA1SUM, "ab" * 20)),
    ],
)
def test_an_identifier_is_found_however_broken_the_statement_is(raw, named):
    assert named in identifiers_in(raw)


def test_a_name_without_its_home_page_names_nobody_unless_home_pages_are_given():
    raw = b'{"actor": {"account": {"name": "ann"}}}'
    assert identifiers_in(raw) == frozenset()
    assert identifiers_in(raw, ["https://lms.example"]) == {BY_NAME}


def test_an_endless_list_of_names_and_home_pages_is_not_multiplied():
    many = json.dumps([{"name": f"n{number}", "homePage": f"https://h{number}.example"} for number in range(60)])
    assert MOST_PAIRS < 60 * 60
    assert identifiers_in(many.encode()) == frozenset()


def test_digests_are_those_that_tombstones_have():
    spelled = b'{"mbox": "mailto:Ann@Example.edu"}'
    hashed = hash_identifier(KEY, ANN)
    assert {hashed.folded, hashed.sha1} <= digests_in(KEY, spelled)
    assert hash_identifier(KEY, sha1_of_mbox(ANN)).exact in digests_in(KEY, sha1_of_mbox(ANN).value.encode())


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_can_be_searched(raw):
    identifiers_in(raw, ["https://lms.example"])
