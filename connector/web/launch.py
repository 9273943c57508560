"""``/lti/login``, ``/lti/launch``, ``/lti/jwks``: the launch answers with the page itself, so no token is in a URL."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.launch import Launched, Launches
from connector.lti.deep_linking import Selection
from connector.lti.oidc import LoginRedirect
from connector.lti.ports import LoginParameters
from connector.lti.verify import LaunchUsed, NewTabNeeded, StorageNeeded
from connector.web.deep_linking import Chooser
from connector.web.limits import RETRY_AFTER, sender_of
from connector.web.look import STATIC_URL, Look, browser_language
from connector.web.page import Pages
from connector.web.security import policy
from connector.web.storage import get_page, put_page
from widgets import render_message
from widgets.view import FormView, MessageKind, MessageView
from widgets.wording import wording_for

JWKS_MINUTES = 10
LOOKS_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")
TOO_MANY = 429


def blueprint(launches: Launches, pages: Pages, jwks: Callable[[], Mapping[str, Any]], chooser: Chooser) -> Blueprint:
    """Return the routes that a Platform speaks to."""
    routes = Blueprint("lti", __name__, url_prefix="/lti")
    _add_logins(routes, launches, pages.look)
    routes.after_request(_say_when_to_come_back)

    @routes.post("/launch")
    def launch() -> BaseResponse:
        try:
            outcome = launches.launch(request.form.items(multi=True), request.cookies, sender_of(request))
        except LaunchUsed as used:
            return _again(used.login, launches, pages.look)
        return _drawn(outcome, launches, pages, chooser)

    @routes.get("/launch")
    def launch_by_link() -> Response:
        answer = _message(MessageKind.EXPIRED, pages.look, status=405)
        answer.headers["Allow"] = "POST"
        return anywhere(answer)

    @routes.get("/jwks")
    def keys() -> Response:
        answer = jsonify(jwks())
        answer.headers["Cache-Control"] = f"public, max-age={JWKS_MINUTES * 60}"
        return answer

    return routes


def _add_logins(routes: Blueprint, launches: Launches, look: Look) -> None:
    """Add the routes that begin a login: the Platform's by link and by form, and that of a browser that comes back."""

    @routes.get("/login")
    def login_by_link() -> BaseResponse:
        if request.method == "HEAD" or _is_prefetch():
            return Response(status=204)
        return _to_platform(launches.login(request.args.items(multi=True), sender_of(request)), look)

    @routes.post("/login")
    def login_by_form() -> BaseResponse:
        pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
        return _to_platform(launches.login(pairs, sender_of(request)), look)

    @routes.get("/again")
    def launch_again() -> BaseResponse:
        if request.method == "HEAD" or _is_prefetch():
            return Response(status=204)
        return _again(launches.opened(request.args.get("login", "")), launches, look)


def _say_when_to_come_back(answer: Response) -> Response:
    if answer.status_code == TOO_MANY:
        answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _again(login: LoginParameters, launches: Launches, look: Look) -> BaseResponse:
    """Start a login again in the same frame, with the Platform's storage where it was offered."""
    pairs = [*login_pairs(login), ("lti_storage_target", login.storage_frame)]
    return _to_platform(launches.login(pairs, sender_of(request)), look)


def _is_prefetch() -> bool:
    """Return whether the browser only looks ahead: Fetch's ``Sec-Purpose``, and what came before it."""
    return any("prefetch" in request.headers.get(name, "").casefold() for name in LOOKS_AHEAD)


def _to_platform(login: LoginRedirect, look: Look) -> BaseResponse:
    """Send the browser on, by way of a page of ours where the Platform offers its storage."""
    answer = put_page(login, login.storage, look) if login.storage else redirect(login.url, 302)
    answer.set_cookie(
        login.cookie_name,
        login.browser_secret,
        max_age=login.max_age,
        path="/",
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )
    return answer


def login_pairs(login: LoginParameters) -> list[tuple[str, str]]:
    """Return the fields that start the same login again, in a window of its own: without the Platform's storage."""
    fields = {
        "iss": login.issuer,
        "login_hint": login.login_hint,
        "target_link_uri": login.target_link_uri,
        "client_id": login.client_id,
        "lti_deployment_id": login.deployment_hint,
    }
    pairs = [(name, value) for name, value in fields.items() if value]
    return pairs if login.lti_message_hint is None else [*pairs, ("lti_message_hint", login.lti_message_hint)]


def _drawn(
    outcome: Launched | Selection | StorageNeeded | NewTabNeeded, launches: Launches, pages: Pages, chooser: Chooser
) -> Response:
    """Answer with the page itself, with what a teacher can choose, or with what is needed before either."""
    if isinstance(outcome, StorageNeeded):
        origins, again = launches.auth_origins(outcome.login), way_back(launches.sealed(outcome.login))
        return get_page(outcome, new_tab_form(outcome.login), origins, again, pages.look)
    if isinstance(outcome, NewTabNeeded):
        return _no_cookies(pages.look) if _is_whole_window() else _new_tab(outcome.login, launches, pages.look)
    if isinstance(outcome, Selection):
        return chooser.page(outcome)
    return pages.answer(outcome.visit, way_back(outcome.login))


def way_back(login: str) -> str:
    """Return the link under which a page stays in the browser's history, so that Back and reload launch again."""
    return f"/lti/again?login={login}" if login else ""


def _new_tab(login: LoginParameters, launches: Launches, look: Look) -> Response:
    """Offer the same login in a tab of its own, where our cookie is first-party."""
    message = _message(MessageKind.NEW_TAB, look, form=new_tab_form(login), again=way_back(launches.sealed(login)))
    return anywhere(message, forms=launches.auth_origins(login))


def _is_whole_window() -> bool:
    """Return whether the browser says that no other page is around this one (Fetch Metadata 2.1)."""
    return request.headers.get("Sec-Fetch-Dest", "") == "document"


def _no_cookies(look: Look) -> Response:
    """Say what stands in the way: one more tab would keep no cookie either."""
    words = wording_for(browser_language())
    message = MessageView(
        kind=MessageKind.PLAIN,
        language=browser_language(),
        theme=look.theme,
        title=words.gettext("Your browser keeps no cookies here"),
        sentence=words.gettext(
            "One is needed for the minutes of signing in, and none afterwards. Allow cookies for this address or take"
            " another browser, then open this page from your course again."
        ),
        demo=look.demo,
        static_url=STATIC_URL,
    )
    return anywhere(Response(str(render_message(message)), mimetype="text/html"))


def new_tab_form(login: LoginParameters) -> FormView:
    """Return the form that starts the same login in a tab of its own."""
    return FormView(action="/lti/login", fields=tuple(login_pairs(login)), target="_blank")


def _message(
    kind: MessageKind, look: Look, *, status: int = 200, form: FormView | None = None, again: str = ""
) -> Response:
    message = MessageView(
        kind=kind,
        language=browser_language(),
        theme=look.theme,
        form=form,
        again=again,
        demo=look.demo,
        static_url=STATIC_URL,
    )
    return Response(str(render_message(message)), status=status, mimetype="text/html")


def anywhere(answer: Response, *, forms: frozenset[str] = frozenset()) -> Response:
    """Let a message without anything personal stand in any frame: a refusal must never be a blank one."""
    answer.headers["Content-Security-Policy"] = policy(("*",), forms=forms)
    return answer
