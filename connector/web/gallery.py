"""``GET /gallery`` and ``/gallery/STATE``, in development only: each state from invented data, for eyes and for axe.

``?theme=dark`` and ``?language=de`` show it otherwise; ``?language=en-XA`` is the pseudo-locale, which no other
installation has.
"""

from dataclasses import replace

from flask import Blueprint, Response, abort, request
from markupsafe import Markup, escape

from connector.web.look import STATIC_URL
from connector.web.security import policy
from widgets import render, render_message
from widgets.pseudo import pseudo
from widgets.samples import MESSAGES, PAGES
from widgets.view import Theme
from widgets.wording import offer


def blueprint() -> Blueprint:
    """Return the routes; nothing in them knows a learner."""
    routes = Blueprint("gallery", __name__, url_prefix="/gallery")
    offer(pseudo())

    @routes.get("")
    def names() -> Response:
        links = Markup("").join(
            Markup('<li><a href="/gallery/{0}">{0}</a></li>').format(escape(name)) for name in (*PAGES, *MESSAGES)
        )
        html = Markup("<!doctype html><html lang=en><title>Gallery</title><h1>Gallery</h1><ul>{}</ul>").format(links)
        return Response(str(html), mimetype="text/html")

    @routes.get("/<name>")
    def state(name: str) -> Response:
        theme = Theme(request.args.get("theme", "light")) if request.args.get("theme", "light") in set(Theme) else None
        if theme is None or name not in {*PAGES, *MESSAGES}:
            abort(404, "There is no such state or theme.")
        language = request.args.get("language", "en")
        html = (
            render(replace(PAGES[name], theme=theme, language=language, static_url=STATIC_URL))
            if name in PAGES
            else render_message(replace(MESSAGES[name], theme=theme, language=language, static_url=STATIC_URL))
        )
        answer = Response(str(html), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = policy(("*",))
        return answer

    return routes
