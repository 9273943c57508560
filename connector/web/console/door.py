"""The door of the console: the session's cookie, and whether a form was sent by a page of ours."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hmac import compare_digest
from secrets import token_urlsafe

from flask import Request
from werkzeug.wrappers import Response

from connector.administer.signing_in import SECRET_BYTES, form_token, is_form_token

PATH = "/admin"
LONGEST_NOTICE = 1_000


@dataclass(frozen=True, slots=True)
class Door:
    """What browsers hold and send; ``origin`` is the site's own address."""

    origin: str

    @property
    def cookie(self) -> str:
        """The session cookie's name: one that browsers take over https only, where the site has https."""
        return "__Secure-onward-console" if self._https else "onward-console"

    @property
    def _https(self) -> bool:
        return self.origin.startswith("https://")

    def secret_of(self, request: Request) -> str:
        """Return the secret that the browser holds, signed in or not; "" for none."""
        return request.cookies.get(self.cookie, "")

    def new_secret(self) -> str:
        """Return a secret for a browser that holds none: its forms carry a token of it."""
        return token_urlsafe(SECRET_BYTES)

    def give(self, response: Response, secret: str) -> None:
        """Let the browser hold a secret until it is closed."""
        self._set(response, self.cookie, secret, None)

    def take_back(self, response: Response) -> None:
        """Let the browser forget its secret."""
        response.delete_cookie(self.cookie, path=PATH, secure=self._https, httponly=True, samesite="Lax")

    def _set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        response.set_cookie(name, value, max_age=max_age, path=PATH, secure=self._https, httponly=True, samesite="Lax")

    # --- forms -----------------------------------------------------------------------------------------------------

    def came_from_us(self, request: Request) -> bool:
        """Tell whether a page of this site sent the form: the browser says so (Fetch's metadata), or names our origin.

        ``Origin: null`` is what a page sends whose referrer policy is ``no-referrer``; then the metadata decide.
        """
        site, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
        if site not in {"", "same-origin", "none"}:
            return False
        if origin not in {"", "null"}:
            return origin.casefold() == self.origin.casefold()
        return site == "same-origin"

    def may_send(self, request: Request) -> bool:
        """Tell whether a form may do anything: sent by a page of ours, with the token of this browser's secret."""
        return self.came_from_us(request) and is_form_token(request.form.get("csrf", ""), self.secret_of(request))

    # --- a notice on the next page ---------------------------------------------------------------------------------

    def leave_notice(self, response: Response, secret: str, notice: str) -> None:
        """Let the next page say ``notice``, once."""
        packed = urlsafe_b64encode(notice[:LONGEST_NOTICE].encode()).decode()
        self._set(response, f"{self.cookie}-notice", f"{form_token(secret + packed)}.{packed}", 60)

    def notice_of(self, request: Request) -> str:
        """Return what the page before left to say."""
        signed, _, packed = request.cookies.get(f"{self.cookie}-notice", "").partition(".")
        if not compare_digest(signed.encode(), form_token(self.secret_of(request) + packed).encode()):
            return ""
        try:
            return urlsafe_b64decode(packed).decode()
        except (Base64Error, UnicodeDecodeError):
            return ""

    def notice_said(self, response: Response) -> None:
        """Let the browser forget the notice."""
        response.delete_cookie(f"{self.cookie}-notice", path=PATH, secure=self._https, httponly=True, samesite="Lax")
