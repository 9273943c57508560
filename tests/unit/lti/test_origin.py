import pytest

from connector.lti.origin import is_on_origin_of, is_web_link, origin_of


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://tool.example", "https://tool.example:443"),
        ("HTTPS://Tool.Example/path?q#f", "https://tool.example:443"),
        ("https://tool.example:8443/", "https://tool.example:8443"),
        ("http://127.0.0.1:5000/x", "http://127.0.0.1:5000"),
        ("http://[::1]:5000/x", "http://[::1]:5000"),
    ],
)
def test_an_origin_is_scheme_host_and_port_in_one_spelling(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    "url",
    [
        "",
        "tool.example",
        "/lti/launch",
        "https://",
        "ftp://tool.example",
        "https://user@tool.example",
        "https://tool.example:99999",
        "https://tool.example\\x",
        "https://tool\n.example",
        "https://[::1",
        "https://tool.example/\ud800",
        "https://tool.example/" + "x" * 2048,
    ],
)
def test_what_browsers_may_read_otherwise_has_no_origin(url):
    assert not is_web_link(url)
    assert not is_on_origin_of(url, "https://tool.example")


def test_localhost_and_its_address_are_two_origins():
    assert not is_on_origin_of("http://localhost:5000/", "http://127.0.0.1:5000/")
