"""The WSGI application: one composition root, no globals."""

from time import perf_counter

from flask import Flask, Response, g, request
from sqlalchemy.exc import DatabaseError
from werkzeug.middleware.proxy_fix import ProxyFix

from connector.errors import NotReady
from connector.settings import Settings, missing_for_production, read
from connector.store.images import Pictures
from connector.web import (
    by_hand,
    deep_linking,
    errors,
    gallery,
    health,
    images,
    launch,
    metrics,
    page,
    receiver,
    register,
    security,
    static,
)
from connector.web.console import rooms
from connector.wiring_console import console_parts
from connector.wiring_web import WebParts, web_parts

LARGEST_REQUEST = 256 * 1024


def create_app(settings: Settings | None = None, parts: WebParts | None = None) -> Flask:
    """Return the application.

    Raises
    ------
    NotReady
        With a sentence for each thing that is missing.
    """
    settings = settings or read()
    missing = missing_for_production(settings)
    if missing:
        raise NotReady(" ".join(missing))
    parts = parts or web_parts(settings)
    app = Flask("onward", static_folder=None)
    app.url_map.merge_slashes = False  # mending "//" is a redirect, and it takes its host from the Host header
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_REQUEST, ONWARD_HTTPS=settings.origin().startswith("https"))
    app.register_blueprint(static.blueprint())
    app.register_blueprint(images.blueprint(Pictures(parts.site.readers).find))
    app.register_blueprint(health.blueprint(parts.missing, parts.look, settings.metrics_token.get_secret_value()))
    app.register_blueprint(launch.blueprint(parts.launches, parts.pages, parts.jwks, parts.chooser))
    app.register_blueprint(deep_linking.blueprint(parts.chooser))
    app.register_blueprint(register.blueprint(parts.registrations, parts.look))
    app.register_blueprint(by_hand.blueprint(parts.registrations.tool))
    app.register_blueprint(page.blueprint(parts.pages))
    app.register_blueprint(receiver.blueprint(parts.receive))
    app.register_blueprint(rooms.blueprint(console_parts(settings, parts)))
    if settings.development:
        app.register_blueprint(gallery.blueprint())
    app.extensions["onward_engine"] = parts.site.engine
    errors.install(app, parts.look, damaged=DatabaseError)
    security.protect(app)
    _measure(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    return app


def _measure(app: Flask) -> None:
    @app.before_request
    def _begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def _end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        if "began" in g:
            metrics.SECONDS.labels(route).observe(perf_counter() - g.began)
        return response
