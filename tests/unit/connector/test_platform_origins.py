"""The origin of an address goes into a content security policy: nothing else may come with it."""

import pytest

from connector.administer.platforms import origin_of
from connector.errors import BadInput


@pytest.mark.parametrize(
    "url", ["https://lms.example", "http://127.0.0.1:8080", "https://[2001:db8::1]:8443", "https://LMS.example:1"]
)
def test_scheme_host_and_port_are_the_origin(url):
    assert origin_of(f"{url}/mod/lti", "issuer") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://a;script-src *",
        "https://a b",
        "https://a,b",
        "https://u:p@lms.example",
        "https://*",
        "https://",
        "ftp://a",
    ],
)
def test_what_would_mean_something_in_a_policy_is_refused(url):
    with pytest.raises(BadInput, match="is no http"):
        origin_of(url, "issuer")
