"""``/lti/login``, ``/lti/launch``, ``/lti/jwks``: the launch answers with the page itself, so no token is in a URL."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.launch import Launches
from connector.lti.oidc import LoginRedirect
from connector.lti.ports import LoginParameters
from connector.lti.verify import LaunchUsed, NewTabNeeded
from connector.web.look import STATIC_URL, Look, browser_language
from connector.web.page import Pages
from connector.web.security import policy
from widgets import render_message
from widgets.view import FormView, MessageKind, MessageView

JWKS_MINUTES = 10
LOOKS_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")


def blueprint(launches: Launches, pages: Pages, jwks: Callable[[], Mapping[str, Any]]) -> Blueprint:
    """Return the routes that a Platform speaks to."""
    routes = Blueprint("lti", __name__, url_prefix="/lti")

    @routes.get("/login")
    def login_by_link() -> BaseResponse:
        if request.method == "HEAD" or _is_prefetch():
            return Response(status=204)
        return _to_platform(launches.login(request.args.items(multi=True)))

    @routes.post("/login")
    def login_by_form() -> BaseResponse:
        return _to_platform(launches.login([*request.args.items(multi=True), *request.form.items(multi=True)]))

    @routes.post("/launch")
    def launch() -> BaseResponse:
        try:
            outcome = launches.launch(request.form.items(multi=True), request.cookies)
        except LaunchUsed as used:
            return _to_platform(launches.login(login_pairs(used.login)))
        if isinstance(outcome, NewTabNeeded):
            return _new_tab(outcome.login, launches, pages.look)
        return pages.answer(outcome)

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


def _is_prefetch() -> bool:
    """Return whether the browser only looks ahead: Fetch's ``Sec-Purpose``, and what came before it."""
    return any("prefetch" in request.headers.get(name, "").casefold() for name in LOOKS_AHEAD)


def _to_platform(login: LoginRedirect) -> BaseResponse:
    answer = redirect(login.url, 302)
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
    """Return the fields that start the same login again."""
    fields = {
        "iss": login.issuer,
        "login_hint": login.login_hint,
        "target_link_uri": login.target_link_uri,
        "client_id": login.client_id,
        "lti_deployment_id": login.deployment_hint,
    }
    pairs = [(name, value) for name, value in fields.items() if value]
    return pairs if login.lti_message_hint is None else [*pairs, ("lti_message_hint", login.lti_message_hint)]


def _new_tab(login: LoginParameters, launches: Launches, look: Look) -> Response:
    """Offer the same login in a tab of its own, where our cookie is first-party."""
    form = FormView(action="/lti/login", fields=tuple(login_pairs(login)), target="_blank")
    return anywhere(_message(MessageKind.NEW_TAB, look, form=form), forms=launches.auth_origins(login))


def _message(kind: MessageKind, look: Look, *, status: int = 200, form: FormView | None = None) -> Response:
    message = MessageView(
        kind=kind, language=browser_language(), theme=look.theme, form=form, demo=look.demo, static_url=STATIC_URL
    )
    return Response(str(render_message(message)), status=status, mimetype="text/html")


def anywhere(answer: Response, *, forms: frozenset[str] = frozenset()) -> Response:
    """Let a message without anything personal stand in any frame: a refusal must never be a blank one."""
    answer.headers["Content-Security-Policy"] = policy(("*",), forms=forms)
    return answer
