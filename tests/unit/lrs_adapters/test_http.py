import gzip
from datetime import timedelta

import pytest
import requests
import responses
from responses.registries import OrderedRegistry

from lrs_adapters.auth import Basic, ClientCredentials, Header, NoCredentials
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.http import Connection
from lrs_adapters.transport import Patience

HOME = "https://lrs.example/xapi"
URL = f"{HOME}/statements"
QUICK = Patience(retries=2, backoff=timedelta())


@pytest.fixture
def lrs():
    with responses.RequestsMock(registry=OrderedRegistry) as mock:
        yield mock


def connection(**changes) -> Connection:
    return Connection(HOME, Basic("key", "s3crét"), **{"headers": {"X-A": "b"}, "patience": QUICK, **changes})


def test_credentials_headers_and_our_name_go_with_each_request(lrs):
    lrs.get(URL, body=b"x")
    connection().get(URL)
    sent = lrs.calls[0].request.headers
    assert sent["Authorization"] == "Basic a2V5OnMzY3LDqXQ="
    assert sent["User-Agent"].startswith("onward/")
    assert (sent["X-A"], sent["Accept-Encoding"]) == ("b", "gzip, deflate")


def test_a_reply_has_status_body_and_case_blind_headers(lrs):
    lrs.get(URL, status=404, body=b"none", headers={"Date": "today"})
    reply = connection().get(URL)
    assert (reply.status, reply.body, reply.headers["date"]) == (404, b"none", "today")


def test_a_compressed_body_is_unpacked(lrs):
    lrs.get(URL, body=gzip.compress(b"hello"), headers={"Content-Encoding": "gzip"})
    assert connection().get(URL).body == b"hello"


@pytest.mark.parametrize("status", [408, 420, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(lrs, status):
    lrs.get(URL, status=status)
    lrs.get(URL, status=status, headers={"Retry-After": "0"})
    lrs.get(URL, body=b"at last")
    assert connection().get(URL).body == b"at last"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_does_not_pass_is_unavailable_after_the_last_try(lrs, status):
    for _ in range(3):
        lrs.get(URL, status=status)
    with pytest.raises(LRSUnavailable, match=f"{status}: https://lrs.example/xapi/statements") as failure:
        connection().get(URL)
    assert failure.value.status == status


def test_a_status_that_waiting_does_not_mend_is_not_tried_again(lrs):
    lrs.get(URL, status=501)
    with pytest.raises(LRSUnavailable, match="501"):
        connection().get(URL)


def test_a_retry_after_that_is_too_long_ends_the_run_and_is_told(lrs):
    lrs.get(URL, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(LRSUnavailable, match="Try again in 3600 seconds"):
        connection().get(URL)
    assert len(lrs.calls) == 1


def test_a_short_retry_after_is_waited_for_at_any_try(lrs):
    lrs.get(URL, status=503)
    lrs.get(URL, status=503, headers={"Retry-After": "1"})
    lrs.get(URL, body=b"x")
    assert connection().get(URL).body == b"x"


def test_a_retry_after_that_cannot_be_read_is_left_out(lrs):
    lrs.get(URL, status=503, headers={"Retry-After": "presently"})
    lrs.get(URL, body=b"x")
    assert connection().get(URL).body == b"x"


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "401: key or secret wrong"), (403, "403: this key may not read"), (407, "407: the proxy")],
)
def test_what_the_operator_must_mend_is_refused_at_once_without_the_secret(lrs, status, sentence):
    lrs.get(URL, status=status)
    with pytest.raises(LRSRefused, match=sentence) as refusal:
        connection().get(f"{URL}?agent=someone")
    assert len(lrs.calls) == 1
    assert "s3cr" not in str(refusal.value)
    assert "someone" not in str(refusal.value)


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize(
    ("auth", "name"),
    [
        (Basic("reader", "s3crét"), "key 'reader'"),
        (Basic("ann@uni.example", "s3crét"), "key 'a…@uni.example'"),
        (Header("x-api-key", "s3cret"), "header 'x-api-key'"),
        (NoCredentials(), "no credentials"),
    ],
    ids=["basic", "an e-mail address", "header", "none"],
)
def test_a_refusal_names_the_credential_and_never_its_secret(lrs, status, auth, name):
    lrs.get(URL, status=status)
    with pytest.raises(LRSRefused) as refusal:
        Connection(HOME, auth, headers={}, patience=QUICK).get(URL)
    assert f"({name}, https://lrs.example/xapi/statements)" in str(refusal.value)
    assert "s3cr" not in str(refusal.value)


def test_a_refusal_of_a_client_names_it(lrs):
    lrs.post("https://id.example/token", json={"access_token": "t0k", "token_type": "Bearer", "expires_in": 60})
    lrs.get(URL, status=403)
    auth = ClientCredentials("https://id.example/token", "onward", "s3crét")
    with pytest.raises(LRSRefused, match="client 'onward'") as refusal:
        Connection(HOME, auth, headers={}, patience=QUICK).get(URL)
    assert "s3cr" not in str(refusal.value)
    assert "t0k" not in str(refusal.value)


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("999999999999", timedelta(days=1)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta()),
        ("presently", None),
        ("", None),
    ],
)
def test_what_the_lrs_asked_for_is_known_to_the_caller(lrs, told, wait):
    lrs.get(URL, status=503, headers={"Retry-After": told})
    with pytest.raises(LRSUnavailable) as unavailable:
        connection(patience=Patience(retries=0)).get(URL)
    assert unavailable.value.wait == wait


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (requests.exceptions.ConnectTimeout(), "did not answer in time"),
        (requests.exceptions.ReadTimeout(), "did not answer in time"),
        (requests.exceptions.ConnectionError(), "cannot be reached"),
        (requests.exceptions.RetryError(), "cannot be reached"),
    ],
)
def test_an_lrs_that_cannot_be_reached_is_unavailable(lrs, error, sentence):
    lrs.get(URL, body=error)
    with pytest.raises(LRSUnavailable, match=sentence) as failure:
        connection().get(URL)
    assert failure.value.status is None


def test_a_certificate_that_cannot_be_verified_is_refused(lrs):
    lrs.get(URL, body=requests.exceptions.SSLError())
    with pytest.raises(LRSRefused, match="certificate"):
        connection().get(URL)


def test_an_address_that_requests_cannot_use_is_refused(lrs):
    lrs.get(URL, body=requests.exceptions.InvalidURL())
    with pytest.raises(LRSRefused, match="check the address"):
        connection().get(URL)


def test_a_body_over_the_limit_is_not_read_to_its_end(lrs):
    lrs.get(URL, body=gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"})
    with pytest.raises(LRSProtocolError, match="over 100000 bytes"):
        connection(body_limit=100_000).get(URL)


def test_a_body_of_exactly_the_limit_is_read(lrs):
    lrs.get(URL, body=b"0" * 1000)
    assert len(connection(body_limit=1000).get(URL).body) == 1000


def test_a_body_that_takes_too_long_is_unavailable(lrs):
    lrs.get(URL, body=b"x")
    with pytest.raises(LRSUnavailable, match="too slowly"):
        connection(patience=Patience(whole=timedelta(seconds=-1))).get(URL)


def test_a_redirect_on_the_same_origin_is_followed(lrs):
    lrs.get(URL, status=308, headers={"Location": "/lrs/xapi/statements?x=1"})
    lrs.get("https://lrs.example/lrs/xapi/statements", body=b"here")
    assert connection().get(URL).body == b"here"


@pytest.mark.parametrize("target", ["https://evil.example/", "http://lrs.example/xapi/statements", "https://[x/"])
def test_a_redirect_to_another_origin_is_refused_and_never_asked(lrs, target):
    lrs.get(URL, status=302, headers={"Location": target})
    with pytest.raises(LRSRefused):
        connection().get(URL)
    assert len(lrs.calls) == 1


def test_redirects_without_end_are_told(lrs):
    for _ in range(4):
        lrs.get(URL, status=302, headers={"Location": URL})
    with pytest.raises(LRSProtocolError, match="redirects without end"):
        connection().get(URL)


def test_another_origin_is_never_asked():
    with pytest.raises(LRSRefused, match="key and secret are not sent there"):
        connection().get("https://evil.example/xapi/statements")


class Forbidden(Exception):
    pass


def test_the_caller_s_rule_is_asked_before_each_request_and_what_it_raises_goes_through(lrs):
    lrs.get(URL, status=302, headers={"Location": "/internal"})
    asked = []

    def check(url):
        asked.append(url)
        if url.endswith("/internal"):
            raise Forbidden

    with pytest.raises(Forbidden):
        connection(check_url=check).get(URL)
    assert asked == [URL, "https://lrs.example/internal"]


def test_a_secret_never_shows_in_a_repr():
    assert "hush" not in repr(Basic("key", "hush"))


def test_we_wait_as_long_as_the_documentation_says():
    usual = Patience()
    assert (usual.connect, usual.read, usual.retries) == (timedelta(seconds=5), timedelta(seconds=60), 5)
