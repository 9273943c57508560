import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.statements.iris import fold_activity, fold_term, is_usable


@pytest.mark.parametrize(
    ("given_iri", "folded"),
    [
        ("HTTPS://Moodle.Example/Course/View.php?ID=4", "https://moodle.example/Course/View.php?ID=4"),
        ("http://moodle.example:80/a", "http://moodle.example/a"),
        ("https://moodle.example:443/a", "https://moodle.example/a"),
        ("https://moodle.example:80/a", "https://moodle.example:80/a"),
        ("http://moodle.example:8080/", "http://moodle.example:8080"),
        ("http://moodle.example/a/", "http://moodle.example/a"),
        ("http://moodle.example/a//", "http://moodle.example/a"),
        ("http://moodle.example?id=3", "http://moodle.example?id=3"),
        ("http://moodle.example/a/?id=3/", "http://moodle.example/a/?id=3/"),
        ("http://moodle.example/a#B/", "http://moodle.example/a#B/"),
        ("http://Ann:Secret@Moodle.Example/a", "http://Ann:Secret@moodle.example/a"),
        ("  http://moodle.example/a ", "http://moodle.example/a"),
        ("course-v1:FUN-MOOC+00002+session01", "course-v1:FUN-MOOC+00002+session01"),
        ("urn:uuid:7D4F3C70/", "urn:uuid:7D4F3C70/"),
        ("http://5fUaB_rise", "http://5fuab_rise"),
        ("", ""),
    ],
)
def test_an_activity_folds_host_port_and_trailing_slash_only(given_iri, folded):
    assert fold_activity(given_iri) == folded


def test_http_and_https_stay_two_activities_but_are_one_term():
    assert fold_activity("http://a.example/x") != fold_activity("https://a.example/x")
    assert fold_term("http://a.example/x") == fold_term("https://a.example/x")


@settings(deadline=None)
@given(
    st.sampled_from(["http", "HTTPS", "hTtP", "urn"]),
    st.from_regex(r"[A-Za-z0-9.]{1,8}(:(80|443|8080))?", fullmatch=True),
    st.from_regex(r"(/[A-Za-z0-9]{0,4}){0,4}([?#][a-zA-Z/=]{0,5})?", fullmatch=True),
)
def test_what_is_folded_stays_as_it_is(scheme, host, tail):
    once = fold_activity(f"{scheme}://{host}{tail}")
    assert fold_activity(once) == once
    assert fold_term(fold_term(once)) == fold_term(once)


@pytest.mark.parametrize("iri", ["", "completed", "http://a.example/\u0000", "http://a.example/\n", "x:" + "é" * 1000])
def test_an_iri_needs_a_scheme_no_control_characters_and_a_bounded_length(iri):
    assert not is_usable(iri)


def test_an_iri_of_exactly_2000_bytes_is_usable():
    assert is_usable("x:" + "a" * 1998)
    assert not is_usable("x:" + "a" * 1999)
