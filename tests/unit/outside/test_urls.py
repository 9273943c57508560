import socket

import pytest
import requests

from connector.outside.urls import (
    DEVELOPMENT,
    PRODUCTION,
    UrlRefused,
    check_url,
    guarded_session,
    is_public,
    system_resolve,
)

PUBLIC = ["93.184.216.34", "2606:2800:220:1::1"]


def resolves_to(*addresses):
    return lambda host, port: addresses


@pytest.mark.parametrize("url", ["https://lms.example/jwks", "https://lms.example:8443/", "https://93.184.216.34/"])
def test_a_public_https_url_may_be_fetched(url):
    check_url(url, PRODUCTION, resolves_to(*PUBLIC))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://lms.example/", "must begin with https://"),
        ("file:///etc/passwd", "cannot be read"),
        ("gopher://lms.example/", "must begin with https://"),
        ("lms.example", "cannot be read"),
        ("", "cannot be read"),
        ("https:///jwks", "cannot be read"),
        ("https://[::1/", "cannot be read"),
        ("https://lms.example/\r\nHost: evil", "cannot be read"),
        ("https://lms.example\\@evil.example/", "cannot be read"),
        ("https://lms.example/" + "x" * 2048, "cannot be read"),
        ("https://user:secret@lms.example/", "user or password"),
        ("https://lms.example:22/", "not one of a web server"),
        ("https://lms.example:0/", "not one of a web server"),
        ("https://lms.example:99999/", "not a number"),
    ],
)
def test_a_url_of_another_form_is_refused(url, sentence):
    with pytest.raises(UrlRefused, match=sentence):
        check_url(url, PRODUCTION, resolves_to(*PUBLIC))


PRIVATE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:10.1.2.3",
    "64:ff9b::a01:203",
    "2002:a01:203::1",
    "no address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused_also_beside_public_ones(address):
    assert not is_public(address)
    with pytest.raises(UrlRefused, match="not on the public internet"):
        check_url("https://lms.example/", PRODUCTION, resolves_to(*PUBLIC, address))


@pytest.mark.parametrize("address", [*PUBLIC, "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_a_public_address_is_public_in_each_spelling(address):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_odd_spellings_of_loopback_are_resolved_before_they_are_judged(host):
    with pytest.raises(UrlRefused, match="not on the public internet"):
        check_url(f"https://{host}/", PRODUCTION)


def test_the_system_resolver_gives_addresses_as_text():
    assert "127.0.0.1" in system_resolve("127.0.0.1", 443)


def test_a_host_without_address_is_refused():
    def fails(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(UrlRefused, match="has no address"):
        check_url("https://nowhere.example/", PRODUCTION, fails)
    with pytest.raises(UrlRefused, match="not on the public internet"):
        check_url("https://nowhere.example/", PRODUCTION, resolves_to())


def test_development_may_ask_this_machine_without_tls():
    check_url("http://127.0.0.1:8080/jwks", DEVELOPMENT)
    with pytest.raises(UrlRefused, match="user or password"):
        check_url("http://me@127.0.0.1:8080/", DEVELOPMENT)


def test_a_name_that_resolves_otherwise_after_the_check_reaches_nobody(httpserver):
    httpserver.expect_request("/secret").respond_with_data("secret")
    with guarded_session(PRODUCTION) as session, pytest.raises(requests.ConnectionError, match="public internet"):
        session.get(httpserver.url_for("/secret"), timeout=5)
    assert httpserver.log == []


def test_tls_connections_are_looked_at_before_the_handshake():
    with socket.create_server(("127.0.0.1", 0)) as server, guarded_session(PRODUCTION) as session:
        with pytest.raises(requests.ConnectionError, match="public internet"):
            session.get(f"https://127.0.0.1:{server.getsockname()[1]}/", timeout=5)
        peer, _ = server.accept()
        with peer:
            assert peer.recv(10) == b""


def test_a_session_ignores_proxies_of_the_environment_and_says_who_it_is(httpserver, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    httpserver.expect_request("/", headers={"User-Agent": "Onward (LTI tool; xAPI connector)"}).respond_with_data("ok")
    with guarded_session(DEVELOPMENT) as session:
        assert session.get(httpserver.url_for("/"), timeout=5).text == "ok"
