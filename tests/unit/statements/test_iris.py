import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from connector.statements.iris import fold_address, fold_item, fold_term, is_usable, page_of


@pytest.mark.parametrize(
    ("given_iri", "folded"),
    [
        ("HTTPS://Moodle.Example/Course/View.php?ID=4", "https://moodle.example/Course/View.php?ID=4"),
        ("http://moodle.example:80/a", "http://moodle.example/a"),
        ("https://moodle.example:443/a", "https://moodle.example/a"),
        ("https://moodle.example:80/a", "https://moodle.example:80/a"),
        ("http://moodle.example:8080/", "http://moodle.example:8080"),
        ("http://moodle.example/a//", "http://moodle.example/a"),
        ("http://moodle.example/a/?id=3/", "http://moodle.example/a/?id=3/"),
        ("http://Ann:Secret@Moodle.Example/a", "http://Ann:Secret@moodle.example/a"),
        ("urn:uuid:7D4F3C70/", "urn:uuid:7D4F3C70/"),
        ("", ""),
    ],
)
def test_an_address_folds_host_port_and_trailing_slash_only(given_iri, folded):
    assert fold_address(given_iri) == folded


def test_http_and_https_stay_two_addresses_but_are_one_term_and_one_item():
    assert fold_address("http://a.example/x") != fold_address("https://a.example/x")
    assert fold_term("http://a.example/x") == fold_term("https://a.example/x")
    assert fold_item("http://a.example/x") == fold_item("https://a.example/x")


# --- items -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seen", "key", "page"),
    [
        ("http://moodle.example/a", "https://moodle.example/a", "http://moodle.example/a"),
        (" HTTPS://Moodle.Example/A?ID=4 ", "https://moodle.example/A?ID=4", "https://moodle.example/A?ID=4"),
        ("http://moodle.example:80/a", "https://moodle.example/a", "http://moodle.example:80/a"),
        ("https://moodle.example:443/a", "https://moodle.example/a", "https://moodle.example:443/a"),
        ("http://localhost:8080/a", "https://localhost:8080/a", "http://localhost:8080/a"),
        ("http://[2001:DB8::80]:80/a", "https://[2001:db8::80]/a", "http://[2001:db8::80]:80/a"),
        ("http://moodle.example/", "https://moodle.example", "http://moodle.example/"),
        ("http://moodle.example/a//", "https://moodle.example/a", "http://moodle.example/a//"),
        ("http://moodle.example/a/?id=3/", "https://moodle.example/a?id=3/", "http://moodle.example/a/?id=3/"),
        ("http://moodle.example/a/#/B/", "https://moodle.example/a#/B/", "http://moodle.example/a/#/B/"),
        ("http://moodle.example/a?#", "https://moodle.example/a", "http://moodle.example/a"),
        ("http://Ann:Secret@Moodle.Example/a", "https://moodle.example/a", "http://moodle.example/a"),
        ("http://5fUaB_rise", "https://5fuab_rise", "http://5fuab_rise"),
        ("course-v1:FUN-MOOC+00002+session01", "course-v1:FUN-MOOC+00002+session01", ""),
        ("urn:uuid:7D4F3C70/", "urn:uuid:7D4F3C70/", ""),
        ("tag:a.example,2026:Course?utm_source=x", "tag:a.example,2026:Course?utm_source=x", ""),
        ("uuid://0AEC/", "uuid://0AEC/", ""),
        ("http:///a", "https:///a", ""),
        ("", "", ""),
    ],
)
def test_an_item_has_one_key_and_the_page_that_was_seen(seen, key, page):
    assert (fold_item(seen), page_of(seen)) == (key, page)


@pytest.mark.parametrize(
    "parameter",
    [
        *("utm_source=mail", "UTM_Campaign=x", "gclid=1", "fbclid=1", "mc_cid=1", "mc_eid=1", "msclkid=1"),
        *("_ga=2.1", "sesskey=AbC", "PHPSESSID=1", "jsessionid=1", "forceview=1", "utm_content", ""),
    ],
)
def test_a_parameter_that_says_how_or_by_whom_a_page_was_reached_is_in_neither_key_nor_page(parameter):
    for query in (f"id=4&{parameter}&week=2", f"{parameter}&id=4&week=2", f"id=4&week=2&{parameter}"):
        assert fold_item(f"https://a.example/c?{query}") == "https://a.example/c?id=4&week=2"
        assert page_of(f"http://a.example/c?{query}") == "http://a.example/c?id=4&week=2"
    assert fold_item(f"https://a.example/c?{parameter}#1") == "https://a.example/c#1"


def test_a_session_in_the_path_goes():
    assert fold_item("https://a.example/c;jsessionid=1A?id=4") == fold_item("https://a.example/c;JSESSIONID=2B?id=4")
    assert page_of("https://a.example/c;jsessionid=1A/d?id=4") == "https://a.example/c/d?id=4"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/c?id=4", "https://a.example/c?id=5"),
        ("https://a.example/c?id=4", "https://a.example/c?id=4&section=2"),  # a part of a course, not the course
        ("https://a.example/c?a=1&b=2", "https://a.example/c?b=2&a=1"),
        ("https://a.example/c", "https://a.example/C"),
        ("https://a.example/c#1", "https://a.example/c#2"),
        ("https://a.example/c?lang=de", "https://a.example/c?lang=fr"),  # for a Family, not for folding
        ("https://a.example:8443/c", "https://a.example/c"),
        ("https://a.example/utm_source=x", "https://a.example"),
        ("https://a.example/c?q=utm_source", "https://a.example/c"),
        ("http://a.example/c", "urn:a.example:c"),
    ],
)
def test_what_may_be_two_things_stays_two(one, other):
    assert fold_item(one) != fold_item(other)


HOSTS = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,8}", fullmatch=True)
PATHS = st.from_regex(r"(/[A-Za-z0-9;=]{1,4}){0,3}", fullmatch=True)
PARAMETERS = st.lists(st.from_regex(r"[a-z]{1,3}(=[A-Za-z0-9]{0,3})?", fullmatch=True), max_size=3)
NOISE = st.sampled_from(["", "utm_id=3", "Gclid=x", "sesskey=1", "_ga=1"])
FRAGMENTS = st.sampled_from(["", "#1", "#/a/"])


@settings(deadline=None, max_examples=60)
@given(HOSTS, PATHS, PARAMETERS, FRAGMENTS, NOISE, st.integers(0, 3), st.sampled_from(["", "/", "//"]))
def test_all_spellings_of_one_item_have_one_key_and_pages_fold_to_it(
    host, path, parameters, fragment, noise, place, slashes
):
    plain = fold_item(f"https://{host}{path}{'?' if parameters else ''}{'&'.join(parameters)}{fragment}")
    noisy = [*parameters[:place], noise, *parameters[place:]]
    for scheme, port in (("http", ""), ("HTTP", ":80"), ("https", ":443"), ("hTTps", "")):
        spelled = f" {scheme}://{host.upper()}{port}{path}{slashes}?{'&'.join(noisy)}{fragment}"
        assert fold_item(spelled) == plain
        assert fold_item(page_of(spelled)) == plain


@settings(deadline=None, max_examples=60)
@given(st.tuples(HOSTS, PATHS, PARAMETERS, FRAGMENTS), st.tuples(HOSTS, PATHS, PARAMETERS, FRAGMENTS))
def test_items_that_differ_in_any_part_have_two_keys(one, other):
    assume(one != other)
    first, second = (f"http://{host}{path}?{'&'.join(query)}{mark}" for host, path, query, mark in (one, other))
    assert fold_item(first) != fold_item(second)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(["http://", "HTTPS://", "hTtP://", "urn:", "http:/", ""]),
    st.text(alphabet="aB0.:/?#&=;@ %[]_é", max_size=16),
    st.sampled_from(["", ":80", ":443:80", "/;jsessionid=1", "?utm_a&", "& &gclid=1", " /", "#"]),
    st.text(alphabet="a/?#& ;:80", max_size=4),
)
def test_what_is_folded_stays_as_it_is_whatever_it_was(start, middle, odd, end):
    once = fold_item(start + middle + odd + end)
    assert fold_item(once) == once
    assert page_of(page_of(once)) == page_of(once)
    address = fold_address(f"http://host{middle}")
    assert fold_term(fold_term(address)) == fold_term(address)


# --- usable ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("iri", ["", "completed", "http://a.example/\u0000", "http://a.example/\n", "x:" + "é" * 1000])
def test_an_iri_needs_a_scheme_no_control_characters_and_a_bounded_length(iri):
    assert not is_usable(iri)


def test_an_iri_of_exactly_2000_bytes_is_usable():
    assert is_usable("x:" + "a" * 1998)
    assert not is_usable("x:" + "a" * 1999)
