"""``/``, ``/health/live``, ``/health/ready``, ``/metrics``: for operators and their machines."""

import os
from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from connector.lti.codes import gettext_noop
from connector.web.look import STATIC_URL, Look, browser_language
from widgets import render_message
from widgets.view import MessageKind, MessageView
from widgets.wording import wording_for

Missing = Callable[[], list[str]]
METRICS_ARE_FOR = gettext_noop("Metrics are for loopback, or for who has ONWARD_METRICS_TOKEN.")
OF_A_PROXY = ("X-Forwarded", "Forwarded", "X-Real-Ip", "Via")


def blueprint(missing: Missing, look: Look, metrics_token: str) -> Blueprint:
    """Return the routes; ``missing`` gives a sentence for each thing that is not set up."""
    routes = Blueprint("health", __name__)

    @routes.get("/")
    def home() -> Response:
        message = MessageView(
            kind=MessageKind.PLAIN,
            language=browser_language(),
            theme=look.theme,
            title="Onward",
            sentence=_greeting(missing()),
            demo=look.demo,
            static_url=STATIC_URL,
        )
        return Response(str(render_message(message)), mimetype="text/html")

    @routes.get("/health/live")
    def live() -> Response:
        return jsonify({"live": True})

    @routes.get("/health/ready")
    def ready() -> Response:
        lacking = missing()
        answer = jsonify({"ready": not lacking, "missing": lacking})
        answer.status_code = 503 if lacking else 200
        return answer

    @routes.get("/metrics")
    def metrics() -> Response:
        if not _may_read_metrics(metrics_token):
            abort(403, METRICS_ARE_FOR)
        return Response(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)

    return routes


def _greeting(lacking: list[str]) -> str:
    """Say what this is, or what is not set up; the latter is for who runs it, and in English."""
    words = wording_for(browser_language())
    if lacking:
        return words.gettext("Not ready: %(what)s") % {"what": " ".join(lacking)}
    return words.gettext(
        "This is Onward. It shows recommendations inside a learning platform; open it from your course there."
    )


def _registry() -> CollectorRegistry:
    """Return the counts of all worker processes where there are several, else our own."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _may_read_metrics(token: str) -> bool:
    """Admit the bearer of the token, else loopback; a proxy on this machine is not loopback's person."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if token and scheme.casefold() == "bearer":
        return compare_digest(given.strip().encode(), token.encode())
    if token or any(name.startswith(OF_A_PROXY) for name in request.headers.keys()):  # noqa: SIM118 - not a dict
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:  # a Unix socket has no address
        return False
