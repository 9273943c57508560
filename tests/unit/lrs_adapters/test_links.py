import pytest

from lrs_adapters.base import LRSRefused, MoreShape
from lrs_adapters.links import endpoint_of, follow, origin_of, shape_of, without_query

STATEMENTS = "https://lrs.example/xapi/statements"


@pytest.mark.parametrize(
    ("more", "url"),
    [
        ("/xapi/statements?c=1", "https://lrs.example/xapi/statements?c=1"),
        ("?c=1%2F2&x=a+b", "https://lrs.example/xapi/statements?c=1%2F2&x=a+b"),
        ("statements/more?c=1", "https://lrs.example/xapi/statements/more?c=1"),
        ("https://lrs.example/other?c=1", "https://lrs.example/other?c=1"),
        ("HTTPS://LRS.example:443/other?c=1", "https://LRS.example:443/other?c=1"),
        ("//lrs.example/other", "https://lrs.example/other"),
    ],
)
def test_more_is_followed_in_every_way_it_is_written(more, url):
    assert follow(more, STATEMENTS, "") == url


@pytest.mark.parametrize(
    "more",
    [
        "https://evil.example/xapi/statements",
        "//evil.example/xapi",
        "http://lrs.example/xapi/statements",
        "https://lrs.example:8443/xapi",
        "https://lrs.example.evil.example/",
        "https://evil.example\\@lrs.example/",
        "https://lrs.example@evil.example/",
        "https://someone@lrs.example/",
        "https://[lrs.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "/a b",
        "https:\n//evil.example/",
    ],
)
def test_more_never_leads_to_another_origin(more):
    with pytest.raises(LRSRefused):
        follow(more, STATEMENTS, "")


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("/xapi/statements?c=1", "/lrs/xapi/statements?c=1"),
        ("/lrs/xapi/statements?c=1", "/lrs/xapi/statements?c=1"),
        ("?c=1", "/lrs/xapi/statements?c=1"),
        ("https://lrs.example/xapi/statements?c=1", "/xapi/statements?c=1"),
    ],
)
def test_the_path_of_a_proxy_is_put_before_a_more_that_lacks_it(more, path):
    assert follow(more, "https://lrs.example/lrs/xapi/statements", "/lrs/") == f"https://lrs.example{path}"


@pytest.mark.parametrize(
    ("more", "shape"),
    [
        ("", MoreShape.NONE),
        ("https://lrs.example/x", MoreShape.ABSOLUTE),
        ("//lrs.example/x", MoreShape.ABSOLUTE),
        ("/x?y=https://z", MoreShape.PATH),
        ("?y", MoreShape.QUERY),
        ("statements?y=a:b", MoreShape.RELATIVE),
    ],
)
def test_the_shape_of_more_is_told(more, shape):
    assert shape_of(more) is shape


@pytest.mark.parametrize(
    "url",
    [
        "https://lrs.example/xapi",
        "https://lrs.example/xapi/",
        "https://lrs.example/xapi/statements",
        "https://lrs.example/xapi/statements/?limit=1#x",
    ],
)
def test_an_endpoint_may_be_written_with_or_without_statements(url):
    assert endpoint_of(url) == "https://lrs.example/xapi"


def test_origins_compare_by_scheme_host_and_port():
    assert origin_of("HTTP://LRS.example/a") == ("http", "lrs.example", 80)
    assert origin_of("https://lrs.example:8443") == ("https", "lrs.example", 8443)


@pytest.mark.parametrize("url", ["", "lrs.example", "ftp://lrs.example", "https://", "https://a b/", "https://a:b:c/"])
def test_what_is_no_address_says_how_to_write_one(url):
    with pytest.raises(LRSRefused, match="https://host/path"):
        origin_of(url)


def test_an_address_with_a_secret_in_it_is_refused_without_showing_it():
    with pytest.raises(LRSRefused, match="own fields") as refusal:
        origin_of("https://key:hush@lrs.example/")
    assert "hush" not in str(refusal.value)


def test_an_address_is_shown_without_query_and_without_user():
    assert without_query("https://key:hush@lrs.example/x?token=1#y") == "https://lrs.example/x"
