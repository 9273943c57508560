"""The one table from errors to answers. A person in a frame always gets a page that says what to do."""

from dataclasses import dataclass
from traceback import extract_tb
from uuid import uuid4

import structlog
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from connector.errors import BadInput, ConnectorError, LaunchRefused, NotReady, UnknownName, VisitRefused
from connector.lti.codes import REFUSALS, gettext_noop
from connector.store.unavailable import DatabaseUnavailable
from connector.web import metrics
from connector.web.launch import anywhere
from connector.web.look import STATIC_URL, Look, browser_language
from widgets import render_message
from widgets.view import MessageKind, MessageView
from widgets.wording import wording_for

log = structlog.get_logger()

STATUS: dict[type[ConnectorError], int] = {BadInput: 400, UnknownName: 404, NotReady: 503}
UNAUTHORIZED = 401
SAID_OF_HTTP = {
    403: gettext_noop("This is not for everybody to see."),
    404: gettext_noop("There is nothing at this address."),
    405: gettext_noop("This address cannot be opened like that. Go back to your course and open the page from there."),
    413: gettext_noop("What was sent is too large."),
    415: gettext_noop("What was sent has a form that is not taken here."),
}
"""What a person reads instead of werkzeug's own words."""
SAID_ELSE = gettext_noop("What was sent cannot be answered. Go back to your course and open the page from there.")
CAROUSEL = frozenset({"/page", "/lti/launch"})
"""Where a failure of ours is an honest page with 200: the LMS around it goes on."""


@dataclass(frozen=True, slots=True)
class ErrorPages:
    """Messages in the look of the site and the language of the browser."""

    look: Look

    def message(self, kind: MessageKind, status: int, *, sentence: str = "", code: str = "") -> Response:
        """Return a message page that may stand in any frame."""
        language = browser_language()
        view = MessageView(
            kind=kind,
            language=language,
            theme=self.look.theme,
            sentence=wording_for(language).gettext(sentence) if sentence else "",
            code=code,
            demo=self.look.demo,
            static_url=STATIC_URL,
        )
        return anywhere(Response(str(render_message(view)), status=status, mimetype="text/html"))


def install(app: Flask, look: Look, damaged: type[Exception]) -> None:
    """Answer every error by the table.

    ``damaged`` is what the database library raises, itself and no subclass of it, for a file that is no database.
    """
    pages = ErrorPages(look)

    @app.errorhandler(LaunchRefused)
    def _refused(error: LaunchRefused) -> Response:
        refusal = REFUSALS[error.code]
        metrics.REFUSED.labels(error.code).inc()
        return pages.message(MessageKind.REFUSED, refusal.status, sentence=refusal.person, code=error.code)

    @app.errorhandler(ConnectorError)
    def _known(error: ConnectorError) -> Response:
        status = status_of(error)
        if request.is_json:
            return _json(status, error.code if isinstance(error, VisitRefused) else str(error))
        if isinstance(error, VisitRefused):
            return _visit_refused(pages, error)
        return pages.message(MessageKind.UNAVAILABLE, status, sentence=str(error))

    for kind in DatabaseUnavailable:
        app.register_error_handler(kind, lambda error: _without_database(pages, error))

    @app.errorhandler(Exception)
    def _unknown(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return _http(pages, error)
        if type(error) is damaged:
            return _without_database(pages, error)
        code = f"R-{uuid4().hex[:6].upper()}"
        log.error("page_failed", path=route(), code=code, error=kinds(error), at=frames(error))
        metrics.FAILED.labels("error").inc()
        return pages.message(MessageKind.UNAVAILABLE, 200 if request.path in CAROUSEL else 500, code=code)


def status_of(error: ConnectorError) -> int:
    """Return the HTTP status of an error of ours."""
    if isinstance(error, VisitRefused):
        return REFUSALS[error.code].status
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def _visit_refused(pages: ErrorPages, error: VisitRefused) -> Response:
    """Say that the page was open for too long, or that it was switched off meanwhile."""
    refusal = REFUSALS[error.code]
    if refusal.status == UNAUTHORIZED:
        return pages.message(MessageKind.EXPIRED, refusal.status, code=error.code)
    return pages.message(MessageKind.REFUSED, refusal.status, sentence=refusal.person, code=error.code)


def route() -> str:
    """Return the request's path without what is variable in it: the path of a registration holds a secret."""
    return request.url_rule.rule if request.url_rule else request.path


def kinds(error: BaseException) -> str:
    """Return the type of ``error`` and of what caused it; never their texts, which may quote a person's claims."""
    chain = [type(error).__name__]
    while error.__cause__ is not None:
        error = error.__cause__
        chain.append(type(error).__name__)
    return " from ".join(chain)


def frames(error: BaseException) -> list[str]:
    """Return where ``error`` came from: our own frames and the innermost one, as file, line and function, no values."""
    found = extract_tb(error.__traceback__)
    ours = [frame for frame in found[:-1] if "site-packages" not in frame.filename]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in (*ours, *found[-1:])]


def _without_database(pages: ErrorPages, error: Exception) -> Response:
    log.error("database_unavailable", path=route(), why=type(error).__name__)
    metrics.FAILED.labels("database").inc()
    answer = pages.message(MessageKind.UNAVAILABLE, 503, code="database_unavailable")
    answer.headers["Retry-After"] = "30"
    return answer


def _http(pages: ErrorPages, error: HTTPException) -> Response:
    status = error.code or 500
    if request.is_json:
        answer = _json(status, error.name)
    else:
        answer = pages.message(MessageKind.PLAIN, status, sentence=_said_of(error), code=str(status))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110 15.5.6
    return answer


def _said_of(error: HTTPException) -> str:
    """Return the message of a view of ours that gave one, else what is said of the status."""
    own: str | None = vars(error).get("description")
    return own or SAID_OF_HTTP.get(error.code or 0, SAID_ELSE)


def _json(status: int, sentence: str) -> Response:
    answer: Response = jsonify({"error": sentence})
    answer.status_code = status
    return answer
