"""What goes with a request, and where: Basic, a header, a token."""

import json
from datetime import timedelta

import pytest
import responses

from lrs_adapters.auth import Basic, ClientAuthentication, ClientCredentials, Header, NoCredentials
from lrs_adapters.base import LRSProtocolError, LRSRefused, LRSUnavailable
from lrs_adapters.http import Connection
from lrs_adapters.pace import Pace
from lrs_adapters.tokens import TokenBook
from lrs_adapters.transport import Patience

URL = "https://lrs.example/xapi/statements"
TOKENS = "https://issuer.example/token"
QUICK = Patience(retries=0, backoff=timedelta())
CLIENT = ClientCredentials(TOKENS, "onward", "hush&hush", scope="statements/read")


@pytest.fixture
def lrs():
    with responses.RequestsMock() as mock:
        yield mock


def connection(auth, **changes):
    return Connection(URL, auth, **{"headers": {}, "patience": QUICK, **changes})


def grant(token="t1", **said):
    return json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": 600, **said})


def test_a_header_of_the_lrs_s_own_goes_out_as_it_is(lrs):
    lrs.get(URL, body=b"x")
    connection(Header("x-api-key", "k 1")).get(URL)
    assert lrs.calls[0].request.headers["x-api-key"] == "k 1"
    assert "Authorization" not in lrs.calls[0].request.headers


def test_without_credentials_nothing_is_sent_and_none_are_taken_from_the_home_folder(lrs, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine lrs.example login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    lrs.get(URL, body=b"x")
    connection(NoCredentials()).get(URL)
    assert "Authorization" not in lrs.calls[0].request.headers


@pytest.mark.parametrize(
    ("auth", "sentence"),
    [
        (Basic("k", "s3"), "401: key or secret wrong"),
        (Header("x-api-key", "s3"), "401: the value of the header x-api-key is wrong"),
        (CLIENT, "401: the LRS did not accept the token that was granted"),
        (NoCredentials(), "401: the LRS wants credentials"),
    ],
)
def test_a_401_says_what_of_these_credentials_to_check_and_never_what_they_are(lrs, auth, sentence):
    lrs.post(TOKENS, body=grant())
    lrs.assert_all_requests_are_fired = False
    lrs.get(URL, status=401)
    with pytest.raises(LRSRefused, match=sentence) as refused:
        connection(auth).get(URL)
    assert "s3" not in str(refused.value)
    assert "hush" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [("", "x"), ("a b", "x"), ("a:", "x"), ("a", "x\r\ny"), ("a", " x")])
def test_a_header_that_cannot_be_sent_is_refused_at_once(name, value):
    with pytest.raises(LRSRefused, match="header"):
        connection(Header(name, value))


def test_a_token_is_asked_for_once_and_goes_to_the_lrs_without_the_secret(lrs):
    lrs.post(TOKENS, body=grant())
    lrs.get(URL, body=b"x")
    asking = connection(CLIENT)
    asking.get(URL)
    asking.get(URL)
    asked, *sent = [call.request for call in lrs.calls]
    assert asked.body == "grant_type=client_credentials&scope=statements%2Fread"
    assert asked.headers["Authorization"] == "Basic b253YXJkOmh1c2glMjZodXNo"
    assert [one.headers["Authorization"] for one in sent] == ["Bearer t1", "Bearer t1"]


def test_id_and_secret_go_into_the_form_where_the_issuer_wants_them_there(lrs):
    lrs.post(TOKENS, body=grant())
    lrs.get(URL, body=b"x")
    connection(
        ClientCredentials(TOKENS, "onward", "hush", audience="lrs", authentication=ClientAuthentication.POST)
    ).get(URL)
    asked = lrs.calls[0].request
    assert asked.body == "grant_type=client_credentials&audience=lrs&client_id=onward&client_secret=hush"
    assert "Authorization" not in asked.headers


def test_a_401_renews_the_token_once(lrs):
    lrs.post(TOKENS, body=grant("old"))
    lrs.post(TOKENS, body=grant("new"))
    lrs.get(URL, status=401)
    lrs.get(URL, body=b"x")
    assert connection(CLIENT).get(URL).body == b"x"
    assert lrs.calls[-1].request.headers["Authorization"] == "Bearer new"


def test_a_second_401_is_refused_and_the_token_not_renewed_for_ever(lrs):
    lrs.post(TOKENS, body=grant())
    lrs.get(URL, status=401)
    asking = connection(CLIENT)
    for _ in range(3):
        with pytest.raises(LRSRefused, match="401"):
            asking.get(URL)
    assert [call.request.method for call in lrs.calls] == ["POST", "GET", "POST", "GET", "GET", "GET"]


def test_a_token_is_renewed_half_a_minute_before_it_expires(lrs):
    lrs.post(TOKENS, body=grant("one", expires_in="100"))
    lrs.post(TOKENS, body=grant("two"))
    now = [0.0]
    book = TokenBook(CLIENT, None, QUICK, clock=lambda: now[0])
    assert book.token() == "one"
    now[0] = 69.9
    assert book.token() == "one"
    now[0] = 70.0
    assert book.token() == "two"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 401}, LRSRefused),
        ({"status": 400}, LRSRefused),
        ({"status": 302, "headers": {"Location": "https://evil.example"}}, LRSRefused),
        ({"status": 503}, LRSUnavailable),
        ({"body": "<html>"}, LRSProtocolError),
        ({"body": grant(token_type="mac")}, LRSProtocolError),
        ({"body": grant("a\r\nb")}, LRSProtocolError),
    ],
)
def test_what_the_token_endpoint_says_wrong_is_told_without_the_secret(lrs, answer, error):
    lrs.post(TOKENS, **answer)
    with pytest.raises(error, match=r"token endpoint https://issuer\.example/token") as failure:
        connection(CLIENT).get(URL)
    assert "hush" not in str(failure.value)


def test_the_caller_s_rule_sees_the_token_endpoint_first(lrs):
    def forbid(url):
        if "issuer" in url:
            raise PermissionError(url)

    with pytest.raises(PermissionError):
        connection(CLIENT, check_url=forbid).get(URL)


@pytest.mark.parametrize("auth", [Basic("k", "hush"), Header("x-k", "hush"), ClientCredentials(TOKENS, "k", "hush")])
def test_no_secret_shows_in_a_repr(auth):
    assert "hush" not in repr(auth)


def test_requests_keep_to_the_rate():
    now, slept = [0.0], []
    pace = Pace(60, clock=lambda: now[0], sleep=slept.append)
    pace.wait()
    now[0] = 0.25
    pace.wait()
    now[0] = 5.0
    pace.wait()
    assert slept == [0.75]
