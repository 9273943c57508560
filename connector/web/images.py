"""``GET /image/KEY`` and ``/image/KEY/2``: Pictures of the catalogue, from our own address.

Nothing is fetched here, and no address can be asked for: a key is a keyed digest of a Picture that the worker made of
an image in a Tenant's catalogue. It tells nothing, of nobody, and changes with the Picture.
"""

import re
from collections.abc import Callable

from flask import Blueprint, Response, abort

from connector.web.static import FOREVER

Find = Callable[[str, int], bytes | None]
"""From a key and a width in pixels (320, 640) to a WebP, None where there is none."""

KEY = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
HEADERS = {
    "Cache-Control": FOREVER,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Disposition": "inline",
}


def blueprint(find: Find) -> Blueprint:
    """Return the routes of Pictures."""
    routes = Blueprint("images", __name__)

    @routes.get("/image/<key>")
    def small(key: str) -> Response:
        return _picture(find, key, 320)

    @routes.get("/image/<key>/2")
    def wide(key: str) -> Response:
        return _picture(find, key, 640)

    return routes


def _picture(find: Find, key: str, width: int) -> Response:
    found = find(key, width) if KEY.fullmatch(key) else None
    if found is None:
        abort(404)
    return Response(found, mimetype="image/webp", headers=HEADERS)
