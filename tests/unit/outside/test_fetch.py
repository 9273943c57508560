import gzip
import socket
from datetime import timedelta
from threading import Thread

import pytest
import responses
from werkzeug import Response

from connector.outside.fetch import FetchFailed, FetchLimits, fetch
from connector.outside.urls import DEVELOPMENT, PRODUCTION, guarded_session

LIMITS = FetchLimits(timeout=timedelta(seconds=2), size=1000, redirects=2)


@pytest.fixture
def get():
    with guarded_session(DEVELOPMENT) as session:
        yield lambda url: fetch(session, url, DEVELOPMENT, LIMITS)


def test_a_document_of_exactly_the_bound_is_read(httpserver, get):
    httpserver.expect_request("/").respond_with_data(b"x" * 1000)
    assert get(httpserver.url_for("/")) == b"x" * 1000


def test_a_document_over_the_bound_is_refused_also_when_it_is_compressed(httpserver, get):
    httpserver.expect_request("/plain").respond_with_data(b"x" * 1001)
    packed = gzip.compress(b"x" * 100_000)
    httpserver.expect_request("/packed").respond_with_data(packed, headers={"Content-Encoding": "gzip"})
    for path in ("/plain", "/packed"):
        with pytest.raises(FetchFailed, match="over 1000 bytes"):
            get(httpserver.url_for(path))


def test_a_document_in_chunks_is_read_whole(httpserver, get):
    httpserver.expect_request("/").respond_with_handler(lambda request: Response(iter([b"ab", b"cd"])))
    assert get(httpserver.url_for("/")) == b"abcd"


def test_redirects_on_the_same_origin_are_followed(httpserver, get):
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": "/b"})
    httpserver.expect_request("/b").respond_with_data(status=308, headers={"Location": httpserver.url_for("/c")})
    httpserver.expect_request("/c").respond_with_data("here")
    assert get(httpserver.url_for("/a")) == b"here"


def test_a_circle_of_redirects_ends(httpserver, get):
    httpserver.expect_request("/a").respond_with_data(status=302, headers={"Location": "/a"})
    with pytest.raises(FetchFailed, match="More than 2 redirects"):
        get(httpserver.url_for("/a"))
    assert len(httpserver.log) == 3


@pytest.mark.parametrize(
    "location", ["http://evil.example/", "//evil.example/", "https://{host}/", "http://localhost:1/", ""]
)
def test_redirects_to_another_origin_are_refused(httpserver, get, location):
    target = location.format(host=f"{httpserver.host}:{httpserver.port}")
    httpserver.expect_request("/").respond_with_data(status=302, headers={"Location": target})
    with pytest.raises(FetchFailed, match="another host"):
        get(httpserver.url_for("/"))


def test_a_redirect_to_what_is_no_url_is_refused(get):
    with responses.RequestsMock() as mocked:
        mocked.get("http://127.0.0.1/", status=302, headers={"Location": "http://[::1"})
        with pytest.raises(FetchFailed, match="could not be reached"):
            get("http://127.0.0.1/")


@pytest.mark.parametrize("status", [204, 304, 403, 500])
def test_any_other_answer_is_a_failure_that_names_its_status(httpserver, get, status):
    httpserver.expect_request("/").respond_with_data(status=status)
    with pytest.raises(FetchFailed, match=str(status)):
        get(httpserver.url_for("/"))


def test_a_closed_port_is_a_failure(get):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchFailed, match="could not be reached"):
            get(f"http://127.0.0.1:{unused.getsockname()[1]}/")


def test_a_url_that_the_rules_forbid_is_not_asked(httpserver):
    with guarded_session(PRODUCTION) as session, pytest.raises(FetchFailed, match="must begin with https"):
        fetch(session, httpserver.url_for("/"), PRODUCTION, LIMITS)
    assert httpserver.log == []


def test_a_body_that_drips_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as server, guarded_session(DEVELOPMENT) as session:
        dripping = Thread(target=_drip, args=(server,))
        dripping.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(FetchFailed, match="too long"):
            fetch(session, url, DEVELOPMENT, FetchLimits(timeout=timedelta(seconds=0.5)))
        dripping.join()


def _drip(server):
    peer, _ = server.accept()
    with peer:
        peer.recv(1000)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
        peer.settimeout(0.1)
        for _ in range(100):
            try:
                peer.sendall(b"x")
                if peer.recv(1) == b"":
                    return
            except TimeoutError:
                continue
            except OSError:
                return
