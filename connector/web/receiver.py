"""``/xapi/statements`` and ``/xapi/about``: where an LRS forwards its Statements to.

No LRS: nothing can be read here. Errors are JSON with a sentence, for who set the forwarding up.
"""

from uuid import UUID

import structlog
from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from connector.errors import BadInput, ConnectorError
from connector.receive import NotAccepted, PushIsOff, PushRefused, Receive, Received, UnknownForwarder, with_id
from connector.store.pushing import Forwarder
from connector.store.unavailable import DatabaseUnavailable
from connector.web import metrics
from connector.web.statement_body import Brought, statements_in

log = structlog.get_logger()

LARGEST_PUSH = 8 * 1024 * 1024
"""Bytes of one request; the limit of all other routes is far lower."""
VERSION = "X-Experience-API-Version"
VERSIONS = ("1.0.3", "2.0.0")
STATUS: dict[type[ConnectorError], int] = {PushIsOff: 404, UnknownForwarder: 401, NotAccepted: 400, BadInput: 400}


def blueprint(receive: Receive) -> Blueprint:
    """Return the routes; they answer 404 as long as no Source takes pushes."""
    routes = Blueprint("receiver", __name__, url_prefix="/xapi")

    @routes.post("/statements", strict_slashes=False)
    def post() -> Response:
        sender = _sender(receive)
        brought = _brought()
        received = _counted(receive, sender, brought.statements)
        return _told(jsonify(list(received.ids)), received)

    @routes.put("/statements", strict_slashes=False)
    def put() -> Response:
        sender = _sender(receive)
        brought = _brought()
        if brought.several:
            raise NotAccepted("A PUT takes one statement; send several by POST.")
        received = _counted(receive, sender, (with_id(brought.statements[0], _statement_id()),))
        return _told(Response(status=204), received)

    @routes.get("/statements", strict_slashes=False)
    def get() -> Response:
        receive.require_on()
        answer = _error(405, "Nothing can be read here: this takes statements that an LRS forwards. Ask that LRS.")
        answer.headers["Allow"] = "POST, PUT"
        return answer

    @routes.get("/about", strict_slashes=False)
    def about() -> Response:
        receive.require_on()
        return jsonify({"version": list(VERSIONS)})

    @routes.after_request
    def _say_version(answer: Response) -> Response:
        answer.headers[VERSION] = VERSIONS[1] if request.headers.get(VERSION, "").startswith("2.") else VERSIONS[0]
        return answer

    _answer_errors(routes)
    return routes


# --- what is asked -----------------------------------------------------------------------------------------------


def _sender(receive: Receive) -> Forwarder:
    """Return who sends, before a byte of the body is read; then let the body be as large as a push may be."""
    sender = receive.forwarder(*_credentials())
    _version_is_known()
    request.max_content_length = LARGEST_PUSH
    return sender


def _credentials() -> tuple[str, str]:
    """Return key and secret of HTTP Basic, empty where none came."""
    given = request.authorization
    if given is None or given.type != "basic":
        return "", ""
    return given.username or "", given.password or ""


def _version_is_known() -> None:
    """Refuse versions that are not ours (xAPI 1.0.3 part 3, 3.3).

    A request without the header is taken for 1.0.3, against the letter: Ralph forwards without one, and a forwarding
    target that answers 400 loses Statements (docs/adr/0007).
    """
    given = request.headers.get(VERSION, VERSIONS[0])
    if given not in {"1.0", "2.0"} and not given.startswith(("1.0.", "2.0.")):
        raise BadInput(f"{VERSION} must be one of 1.0.x and 2.0.x.")


def _brought() -> Brought:
    return statements_in(request.get_data(cache=False), request.headers.get("Content-Type", ""))


def _statement_id() -> UUID | None:
    """Return the id in the address; None where there is none, as when Ralph forwards a PUT."""
    given = request.args.get("statementId")
    try:
        return None if given is None else UUID(given)
    except ValueError as error:
        raise BadInput("statementId is no UUID.") from error


# --- what is answered --------------------------------------------------------------------------------------------


def _counted(receive: Receive, sender: Forwarder, statements: tuple[bytes, ...]) -> Received:
    received = receive.receive(sender, statements)
    metrics.PUSHED.labels("kept").inc(len(received.ids))
    metrics.PUSHED.labels("set_aside").inc(len(received.set_aside))
    received.require_some()
    return received


def _told(answer: Response, received: Received) -> Response:
    if received.set_aside:
        answer.headers["X-Onward-Set-Aside"] = str(len(received.set_aside))
    return answer


def _answer_errors(routes: Blueprint) -> None:
    """Answer what goes wrong on these routes in a form that a forwarder can log."""

    @routes.errorhandler(ConnectorError)
    def _refused(error: ConnectorError) -> Response:
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
        code = error.code if isinstance(error, PushRefused) else "malformed"
        return _refusal(status, code, str(error))

    @routes.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        too_large = f"The body is larger than {LARGEST_PUSH} bytes: send fewer statements at a time."
        status = error.code or 500
        return _refusal(status, "malformed", too_large if status == 413 else error.name)  # noqa: PLR2004 - RFC 9110

    for kind in DatabaseUnavailable:
        routes.register_error_handler(kind, _without_database)


def _refusal(status: int, code: str, sentence: str) -> Response:
    if code != PushIsOff.code:  # whoever looks around on a site that takes no pushes is not worth a line
        log.warning("push_refused", status=status, code=code)
        metrics.PUSH_REFUSED.labels(code).inc()
    answer = _error(status, sentence)
    if status == 401:  # noqa: PLR2004 - RFC 9110, 11.6.1
        answer.headers["WWW-Authenticate"] = 'Basic realm="Onward", charset="UTF-8"'
    return answer


def _without_database(error: Exception) -> Response:
    log.error("database_unavailable", path=request.path, why=type(error).__name__)
    answer = _error(503, "The database cannot be reached: send it again.")
    answer.headers["Retry-After"] = "30"
    return answer


def _error(status: int, sentence: str) -> Response:
    answer: Response = jsonify({"error": sentence})
    answer.status_code = status
    return answer
