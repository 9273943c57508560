"""A person's browser without script: it follows redirects, keeps cookies, and posts the forms that pages hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookiejar import Cookie
from http.cookies import SimpleCookie
from typing import Self
from urllib.parse import urljoin

import requests
from requests.cookies import RequestsCookieJar

SECONDS = 20


@dataclass(frozen=True)
class Form:
    """Where a form goes and what it holds."""

    action: str
    fields: Mapping[str, str]


class _Jar(RequestsCookieJar):
    """Sends what browsers would: Secure cookies on loopback over http too, and quoted values without loss."""

    def set_cookie(self, cookie: Cookie, *args: object, **given: object) -> None:
        cookie.secure = False
        if (cookie.value or "").startswith('"'):
            cookie.value = SimpleCookie(f"value={cookie.value}")["value"].value
        super().set_cookie(cookie, *args, **given)


class Browser(requests.Session):
    """One person's browser; no proxy and no credentials of this machine."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies = _Jar()

    def open(self, url: str) -> requests.Response:
        return self.get(url, timeout=SECONDS)

    def submit(self, form: Form, *, follow: bool = True, **more: str) -> requests.Response:
        return self.post(form.action, data={**form.fields, **more}, timeout=SECONDS, allow_redirects=follow)

    def without_cookies(self) -> Self:
        return type(self)()


def form_of(page: requests.Response) -> Form:
    """Return the first form of a page."""
    assert page.status_code == 200, page.text
    reader = _FirstForm()
    reader.feed(page.text)
    assert reader.action is not None, page.text
    return Form(urljoin(page.url, reader.action), reader.fields)


class _FirstForm(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None
        self.fields: dict[str, str] = {}
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and self.action is None:
            self.action, self._inside = given.get("action") or "", True
        if tag == "input" and self._inside and given.get("name"):
            self.fields[given["name"]] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
