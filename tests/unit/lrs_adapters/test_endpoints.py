import pytest
import responses

from lrs_adapters.auth import Basic
from lrs_adapters.base import LRSRefused
from lrs_adapters.endpoints import REQUESTS, find_endpoint, likely_kind
from lrs_adapters.registry import open_source

HOST = "https://lrs.example"
ABOUT = '{"version": ["1.0.3"]}'


@pytest.fixture
def lrs():
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def search(url):
    return find_endpoint(url, Basic("k", "s"))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/foo", "/xapi"),
        ("/data/xapi", "/data/xAPI"),
        ("/lrs", "/lrs/xapi"),
        ("/api/organizations/1234", "/api/organizations/1234/lrs"),
        ("/tc/ABC/sandbox", "/tc/ABC"),
        ("", "/trax/ws/xapi"),
    ],
)
def test_the_endpoint_is_found_at_a_known_path_of_the_same_host(lrs, given, path):
    lrs.get(f"{HOST}{path}/about", body=ABOUT)
    lrs.get(responses.matchers.re.compile(".*"), status=404)
    assert search(f"{HOST}{given}").path == path
    assert {call.request.url.split("/")[2] for call in lrs.calls} == {"lrs.example"}


def test_ralph_has_no_about_and_is_found_by_its_statements(lrs):
    lrs.get(f"{HOST}/xAPI/statements", body='{"statements": []}')
    lrs.get(responses.matchers.re.compile(".*"), status=404)
    assert search(f"{HOST}/xapi").sentence == (
        "an LRS answers at /xAPI (Ralph): set the source's address to https://lrs.example/xAPI"
    )


def test_a_search_is_short_and_a_page_of_html_is_no_lrs(lrs):
    lrs.get(responses.matchers.re.compile(".*"), body="<h1>Welcome</h1>")
    assert search(f"{HOST}/foo") is None
    assert len(lrs.calls) == REQUESTS


def test_a_host_that_is_down_is_asked_once(lrs):
    assert search(f"{HOST}/foo") is None
    assert len(lrs.calls) == 1


def test_a_probe_at_a_wrong_path_names_the_right_one(lrs):
    lrs.get(f"{HOST}/data/xAPI/about", body=ABOUT)
    lrs.get(responses.matchers.re.compile(".*"), status=404)
    with pytest.raises(LRSRefused, match=r"404: there is no .*/foo/statements, but an LRS answers at /data/xAPI \(Lea"):
        open_source("xapi", f"{HOST}/foo", "k", "s").probe()


@pytest.mark.parametrize(
    ("path", "more", "kind"),
    [
        ("/data/xAPI", "", "learning-locker"),
        ("/xAPI", "", "ralph"),
        ("/xapi", "", ""),
        ("/xapi", "/xapi/statements?limit=50&from=0", "sql-lrs"),
        ("/xapi", "/xapi/statements/more/0af3", "adl-lrs"),
        ("/trax/ws/xapi", "", "trax"),
        ("/tc/ABC/", "", ""),
        ("/elsewhere", "", ""),
    ],
)
def test_a_kind_is_known_by_its_path_and_its_more(path, more, kind):
    assert likely_kind(f"{HOST}{path}", more) == kind
