"""How somebody comes into the console: by the setup code, a password, or a ticket of a launch; and out again."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.administer.accounts import Accounts, CodeRefused, NameRefused
from connector.administer.passwords import PasswordRefused
from connector.administer.signing_in import Doorkeeper, SignInRefused, TooManyTries
from connector.errors import BadInput, Busy, ConnectorError
from connector.web.console.connection import connection_of, opened_elsewhere
from connector.web.console.door import PATH, Door
from connector.web.console.drawing import SETUP, Drawing
from connector.web.limits import source_of
from connector.web.security import policy
from widgets.console.rooms import EntryView

SIGN_IN = f"{PATH}/sign-in"
CLAIM = f"{PATH}/claim"
ENTER = f"{PATH}/enter"
OPEN_DOORS = frozenset({"/setup", SIGN_IN, CLAIM, ENTER})
INSIDE = re.compile(r"(/[a-z0-9][a-z0-9-]*){0,4}", re.ASCII)
"""Where a sign-in may lead: to a room of ours, never to an address."""
SEE_OTHER = 303
FORBIDDEN = 403
FIELDS: dict[type[ConnectorError], str] = {CodeRefused: "code", NameRefused: "name", PasswordRefused: "password"}
STATUS: dict[type[ConnectorError], int] = {SignInRefused: FORBIDDEN, TooManyTries: 429, Busy: 503, BadInput: 422}


@dataclass(frozen=True, slots=True)
class Doors:
    """The guard before every room, and the pages for who is not signed in."""

    accounts: Accounts
    doorkeeper: Doorkeeper
    door: Door
    drawing: Drawing

    def guard(self) -> BaseResponse | None:
        """Let nobody past who is not signed in, and no form that another site sent."""
        g.console_given = ""
        g.console_secret = self.door.secret_of(request)
        g.console_who = self.doorkeeper.who(g.console_secret, active="live" not in request.args)
        if request.method == "POST" and request.path != ENTER and not self.door.may_send(request):
            return self._not_from_us()
        if request.path in OPEN_DOORS or g.console_who is not None:
            return None
        return self._to_the_door()

    def finish(self, answer: Response) -> Response:
        """Let no page be framed or kept, and give the browser its secret."""
        answer.headers["Content-Security-Policy"] = policy(())
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "same-origin"  # with no-referrer, forms would come with "Origin: null"
        if g.get("console_given"):
            self.door.give(answer, g.console_given)
        return answer

    def _not_from_us(self) -> Response:
        elsewhere = opened_elsewhere(connection_of(request), self.door.origin)
        sentence = elsewhere or (
            "This form is too old, or your browser did not send our cookie. Nothing was changed: open the page again."
        )
        return self.drawing.message("Not sent by this site", sentence, FORBIDDEN, url=PATH, link="Open it again")

    def _to_the_door(self) -> BaseResponse:
        if not self.accounts.is_claimed():
            return redirect(CLAIM, SEE_OTHER)
        wanted = request.path.removeprefix(PATH) if request.method == "GET" else ""
        query = f"?{urlencode({'to': wanted})}" if wanted and INSIDE.fullmatch(wanted) else ""
        return redirect(f"{SIGN_IN}{query}", SEE_OTHER)

    # --- the first account -----------------------------------------------------------------------------------------

    def way_in(self) -> BaseResponse:
        """Lead into the setup room, which leads to the right door."""
        return redirect(SETUP, SEE_OTHER)

    def claim_page(self) -> BaseResponse:
        """Ask for the setup code."""
        if g.console_who is not None or self.accounts.is_claimed():
            return redirect(SETUP, SEE_OTHER)
        return self._claim_page(EntryView(warning=self._elsewhere()))

    def claim(self) -> BaseResponse:
        """Make the first account, and sign in by it."""
        code, name = request.form.get("code", ""), request.form.get("name", "")
        try:
            self.doorkeeper.tries.take_code(source_of(request.remote_addr))
            number = self.accounts.claim(code, name, request.form.get("password", ""))
        except (BadInput, Busy, TooManyTries) as error:
            return self._claim_page(EntryView(name, code), error)
        return self._entered(self.doorkeeper.begin(number, None), SETUP)

    def _claim_page(self, view: EntryView, error: ConnectorError | None = None) -> Response:
        return self._entry("console_claim.html", "Set this site up", view, error)

    # --- a password ------------------------------------------------------------------------------------------------

    def sign_in_page(self) -> BaseResponse:
        """Ask for name and password."""
        if g.console_who is not None:
            return redirect(PATH, SEE_OTHER)
        if not self.accounts.is_claimed():
            return redirect(CLAIM, SEE_OTHER)
        return self._sign_in_page(EntryView(to=_inside(request.args.get("to", "")), warning=self._elsewhere()))

    def sign_in(self) -> BaseResponse:
        """Begin a session; whatever secret the browser held before is worth nothing then."""
        name, to = request.form.get("name", ""), _inside(request.form.get("to", ""))
        password = request.form.get("password", "")
        try:
            secret = self.doorkeeper.sign_in(name, password, source_of(request.remote_addr))
        except (SignInRefused, TooManyTries, Busy) as error:
            return self._sign_in_page(EntryView(name, to=to), error)
        self.doorkeeper.sign_out(g.console_secret)
        return self._entered(secret, f"{PATH}{to}")

    def _sign_in_page(self, view: EntryView, error: ConnectorError | None = None) -> Response:
        return self._entry("console_sign_in.html", "Sign in", view, error)

    def sign_out(self) -> BaseResponse:
        """End the session."""
        self.doorkeeper.sign_out(g.console_secret)
        answer = redirect(SIGN_IN, SEE_OTHER)
        self.door.take_back(answer)
        return answer

    # --- a launch --------------------------------------------------------------------------------------------------

    def enter(self) -> BaseResponse:
        """Begin a session by a ticket that a page of a launch holds."""
        if not self.door.came_from_us(request):
            return self._not_from_us()
        try:
            secret = self.doorkeeper.enter(request.form.get("ticket", ""))
        except SignInRefused as error:
            return self.drawing.message("Not signed in", str(error), FORBIDDEN)
        return self._entered(secret, PATH)

    # --- what they share -------------------------------------------------------------------------------------------

    def _entered(self, secret: str, to: str) -> BaseResponse:
        answer = redirect(to, SEE_OTHER)
        self.door.give(answer, secret)
        return answer

    def _entry(self, template: str, title: str, view: EntryView, error: ConnectorError | None) -> Response:
        if error is None:
            return self.drawing.page(template, title, view)
        field = next((name for kind, name in FIELDS.items() if isinstance(error, kind)), "")
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
        return self.drawing.page(template, title, view, errors={field: str(error)}, status=status)

    def _elsewhere(self) -> str:
        return opened_elsewhere(connection_of(request), self.door.origin)


def _inside(to: str) -> str:
    return to if INSIDE.fullmatch(to) else ""
