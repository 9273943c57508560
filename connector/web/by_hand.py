"""``/lti/canvas.json``: our side of a registration by hand, for the one LMS that fetches it itself."""

from flask import Blueprint, Response, jsonify

from connector.lti.canvas import canvas_configuration
from connector.lti.dynamic import Tool


def blueprint(tool: Tool) -> Blueprint:
    """Return the route; it answers to anybody, since nothing in it is secret."""
    routes = Blueprint("by_hand", __name__)

    @routes.get("/lti/canvas.json")
    def canvas() -> Response:
        return jsonify(canvas_configuration(tool))

    return routes
