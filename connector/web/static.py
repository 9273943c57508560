"""Static files under names that carry their content's hash: they may be kept for ever."""

import gzip
from mimetypes import guess_type

from flask import Blueprint, Response, abort, request

from widgets import STATIC, asset_names

FOREVER = "public, max-age=31536000, immutable"


def blueprint() -> Blueprint:
    """Return the route of the widgets' files; they are read once, at start."""
    routes = Blueprint("files", __name__)
    plain = {hashed: (STATIC / name).read_bytes() for name, hashed in asset_names().items()}
    packed = {name: gzip.compress(content, mtime=0) for name, content in plain.items()}

    @routes.get("/static/<name>")
    def file(name: str) -> Response:
        if name not in plain:
            abort(404)
        small = "gzip" in request.headers.get("Accept-Encoding", "")
        answer = Response(packed[name] if small else plain[name], mimetype=guess_type(name)[0])
        answer.headers.update({"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*"})
        if small:
            answer.headers["Content-Encoding"] = "gzip"
        return answer

    @routes.get("/favicon.ico")
    def no_icon() -> Response:
        return Response(status=204, headers={"Cache-Control": FOREVER})

    return routes
