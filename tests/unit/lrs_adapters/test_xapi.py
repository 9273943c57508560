"""The generic adapter over stubbed HTTP: what it asks, and each paging trap of FIELD-NOTES and of the field."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from responses.matchers import query_param_matcher

from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable, MoreShape
from lrs_adapters.http import Patience
from lrs_adapters.registry import open_source

URL = "https://lrs.example/xapi"
STATEMENTS = f"{URL}/statements"
QUICK = Patience(retries=0, backoff=timedelta())
ONE = {"id": "00000000-0000-4000-8000-000000000001", "stored": "2026-03-01T12:01:00Z"}
TWO = {"id": "00000000-0000-4000-8000-000000000002", "stored": "2026-03-01T12:02:00Z"}


@pytest.fixture
def lrs():
    with responses.RequestsMock() as mock:
        yield mock


def source(kind="xapi", url=URL, **changes):
    return open_source(kind, url, "key", "secret", **{"patience": QUICK, **changes})


def result(*statements, **more) -> str:
    return json.dumps({"statements": statements, **more})


def asked(call) -> dict[str, list[str]]:
    return parse_qs(urlsplit(call.request.url).query)


def got(pages) -> list[str]:
    return [json.loads(raw)["id"][-1] for page in pages for raw in page.statements]


def test_the_first_request_asks_ascending_with_a_limit_and_no_filter(lrs):
    lrs.get(STATEMENTS, body=result(ONE))
    list(source(page_size=50).tail(None))
    assert asked(lrs.calls[0]) == {"ascending": ["true"], "limit": ["50"]}


@pytest.mark.parametrize(("kind", "version"), [("xapi", "1.0.3"), ("xapi-2.0", "2.0.0"), ("ralph", "1.0.3")])
def test_the_version_header_is_the_profile_s(lrs, kind, version):
    lrs.get(STATEMENTS, body=result(ONE))
    list(source(kind).tail(None))
    assert lrs.calls[0].request.headers["X-Experience-API-Version"] == version


def test_since_always_carries_its_zone(lrs):
    lrs.get(STATEMENTS, body=result(TWO))
    list(source().tail({"high": "2026-03-01T14:01:00+02:00"}))
    assert asked(lrs.calls[0])["since"] == ["2026-03-01T12:00:50.000Z"]


@pytest.mark.parametrize("end", [{}, {"more": None}, {"more": ""}])
def test_more_may_be_absent_null_or_empty_at_the_end(lrs, end):
    lrs.get(STATEMENTS, body=result(ONE, **end))
    (page,) = source().tail(None)
    assert page.last


@pytest.mark.parametrize(
    "more", ["/xapi/statements?c=2", "?c=2", "statements?c=2", "https://lrs.example/xapi/statements?c=2"]
)
def test_more_is_followed_however_it_is_written(lrs, more):
    first = query_param_matcher({"ascending": "true", "limit": "500"})
    lrs.get(STATEMENTS, body=result(ONE, more=more), match=[first])
    lrs.get(STATEMENTS, body=result(TWO), match=[query_param_matcher({"c": "2"})])
    assert got(source().tail(None)) == ["1", "2"]


def test_more_goes_out_as_it_came(lrs):
    lrs.get(STATEMENTS, body=result(ONE, more="/xapi/more?token=a%2Fb%3D%3D&since=x+y&z"))
    lrs.get(f"{URL}/more", body=result(TWO))
    list(source().tail(None))
    assert lrs.calls[1].request.url == f"{URL}/more?token=a%2Fb%3D%3D&since=x+y&z"


def test_more_to_another_origin_is_refused_before_the_key_leaves(lrs):
    lrs.get(STATEMENTS, body=result(ONE, more="https://evil.example/xapi/statements?c=2"))
    with pytest.raises(LRSRefused, match="another origin"):
        list(source().tail(None))


def test_the_page_before_a_refused_more_is_still_given(lrs):
    lrs.get(STATEMENTS, body=result(ONE, more="https://evil.example/"))
    assert got([next(source().tail(None))]) == ["1"]


def test_the_prefix_of_a_proxy_is_put_before_more(lrs):
    lrs.get("https://lrs.example/lrs/xapi/statements", body=result(ONE, more="/xapi/more?c=2"))
    lrs.get("https://lrs.example/lrs/xapi/more", body=result(TWO))
    walked = source(url="https://lrs.example/lrs/xapi", more_prefix="/lrs").tail(None)
    assert got(walked) == ["1", "2"]


@pytest.mark.parametrize("status", [400, 404, 410])
def test_an_expired_more_asks_again_and_loses_nothing(lrs, status):
    lrs.get(STATEMENTS, body=result(ONE, more="?c=2"))
    lrs.get(STATEMENTS, body=result(TWO, more="/xapi/more"))
    lrs.get(f"{URL}/more", status=status)
    lrs.get(STATEMENTS, body=result(TWO))
    assert got(source().tail(None)) == ["1", "2", "2"]
    assert asked(lrs.calls[3])["since"] == ["2026-03-01T12:01:50.000Z"]


def test_statements_keep_the_very_bytes_that_were_sent(lrs):
    odd = '{"id": "1",  "stored":"2026-03-01T12:00:00Z", "x": 1.00, "y": "\\u00e9"}'
    lrs.get(STATEMENTS, body=f'{{"statements": [ {odd} ], "more": ""}}')
    (page,) = source().tail(None)
    assert page.statements == (odd.encode(),)


def test_one_statement_that_is_no_statement_leaves_the_others(lrs):
    lrs.get(STATEMENTS, body=result(ONE, 7, "x", {"id": 3, "stored": []}, TWO))
    (page,) = source().tail(None)
    assert len(page.statements) == 5
    assert page.high_water == datetime(2026, 3, 1, 12, 2, tzinfo=UTC)


def test_a_bare_array_is_a_page(lrs):
    lrs.get(STATEMENTS, body=json.dumps([ONE, TWO]))
    assert got(source().tail(None)) == ["1", "2"]


@pytest.mark.parametrize("body", ["<html>", "", "{}", '{"statements": 3}', '{"statements": [], "more": 4}', "null"])
def test_what_is_no_statement_result_is_a_protocol_error_that_names_the_type(lrs, body):
    lrs.get(STATEMENTS, body=body, content_type="text/html")
    with pytest.raises(LRSProtocolError, match="answered text/html, not a StatementResult"):
        list(source().tail(None))


def test_a_wrong_path_names_the_paths_of_known_lrss(lrs):
    lrs.get(STATEMENTS, status=404)
    with pytest.raises(LRSRefused, match=r"path may be wrong, capitals count: .*/xAPI \(Ralph\)"):
        list(source().tail(None))


@pytest.mark.parametrize("status", [204, 400, 405, 415])
def test_another_answer_to_the_first_request_is_a_protocol_error(lrs, status):
    lrs.get(STATEMENTS, status=status)
    with pytest.raises(LRSProtocolError, match=f"{status}: https://lrs.example/xapi/statements"):
        list(source().tail(None))


def test_a_wrong_key_is_refused(lrs):
    lrs.get(STATEMENTS, status=401)
    with pytest.raises(LRSRefused, match="401: key or secret wrong"):
        list(source().sweep(None))


def test_more_that_repeats_stops_with_a_clear_error(lrs):
    lrs.get(STATEMENTS, body=result(ONE, more="/xapi/more"))
    lrs.get(f"{URL}/more", body=result(TWO, more="/xapi/more"))
    with pytest.raises(LRSProtocolError, match="the same `more` twice"):
        list(source().tail(None))


def test_consistent_through_and_date_are_the_clock_of_the_sweep(lrs):
    headers = {
        "Date": "Sun, 01 Mar 2026 12:10:00 GMT",
        "X-Experience-API-Consistent-Through": "2026-03-01T12:01:30.000Z",
    }
    lrs.get(STATEMENTS, body=result(ONE, TWO), headers=headers)
    (page,) = source().sweep(None)
    assert page.read_at == datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    assert page.next_position == {"high": "2026-03-01T12:02:00Z", "low": "2026-03-01T12:00:30Z"}


def test_a_probe_tells_what_about_and_a_page_showed(lrs):
    lrs.get(f"{URL}/about", body='{"version": ["1.0.3", "2.0.0"], "extensions": {}}')
    lrs.get(
        STATEMENTS,
        body=result(ONE, TWO, more="?c=2"),
        headers={"X-Experience-API-Consistent-Through": "2026-03-01T12:01:30.000Z"},
    )
    probe = source().probe()
    assert (probe.versions, probe.statements, probe.asked) == (("1.0.3", "2.0.0"), 2, 500)
    assert (probe.ascending, probe.consistent_through, probe.more) == (True, True, MoreShape.QUERY)


@pytest.mark.parametrize(
    "about", [{"status": 404}, {"status": 500}, {"body": "<html>"}, {"body": '{"version": "1.0.3"}'}]
)
def test_without_about_the_version_is_that_of_the_page(lrs, about):
    lrs.get(f"{URL}/about", **about)
    lrs.get(STATEMENTS, body=result(TWO, ONE), headers={"X-Experience-API-Version": "1.0.3"})
    probe = source().probe()
    assert (probe.versions, probe.ascending, probe.more) == (("1.0.3",), False, MoreShape.NONE)


def test_a_page_of_one_statement_has_no_order(lrs):
    lrs.get(f"{URL}/about", status=404)
    lrs.get(STATEMENTS, body=result(ONE))
    probe = source().probe()
    assert (probe.versions, probe.ascending) == ((), None)


def test_an_lrs_that_is_away_is_unavailable_in_a_probe_too(lrs):
    lrs.get(f"{URL}/about", status=503)
    lrs.get(STATEMENTS, status=503)
    with pytest.raises(LRSUnavailable, match="503"):
        source().probe()


def test_the_caller_s_rule_sees_each_address(lrs):
    lrs.get(STATEMENTS, body=result(ONE, more="/xapi/more?c=2"))
    lrs.get(f"{URL}/more", body=result(TWO))
    seen = []
    list(source(check_url=seen.append).tail(None))
    assert [urlsplit(url).path for url in seen] == ["/xapi/statements", "/xapi/more"]
