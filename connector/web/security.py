"""Headers of every answer, and whose frames a page may stand in."""

from collections.abc import Iterable

from flask import Flask, Response

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors {frames}; require-trusted-types-for 'script'"
)


def protect(app: Flask) -> None:
    """Put the security headers on each answer; a view may set its own frame-ancestors before."""

    @app.after_request
    def _headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy(()))
        headers.setdefault("Referrer-Policy", "no-referrer")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if app.config["ONWARD_HTTPS"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def policy(frame_origins: Iterable[str], *, forms: Iterable[str] = ()) -> str:
    """Return the content security policy of a page that may be framed by ``frame_origins`` only.

    ``forms`` are origins, besides our own, that a form of the page may be sent to.
    """
    frames = " ".join(sorted(frame_origins)) or "'none'"
    return CSP.format(frames=frames, forms=" ".join(["'self'", *sorted(forms)]))


def framed_by(response: Response, frame_origins: Iterable[str], *, forms: Iterable[str] = ()) -> Response:
    """Let ``response`` stand in frames of ``frame_origins``."""
    response.headers["Content-Security-Policy"] = policy(frame_origins, forms=forms)
    return response
