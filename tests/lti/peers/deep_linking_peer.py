"""``lti1p3platform`` as a platform that asks for content: ``deep_linking_peer.py PORT CLIENT_ID LOGIN LAUNCH JWKS``.

Run by the Python of the demo LMS's environment. ``GET /start?role=Instructor`` begins a login, ``/auth`` answers with
the library's own deep-linking request, ``POST /return`` gives what the library makes of the tool's answer, as JSON.
"""

import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from urllib.parse import parse_qs, urlencode, urlsplit

from jwcrypto.jwk import JWK
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.registration import Registration

PORT, CLIENT_ID, LOGIN_URL, LAUNCH_URL, TOOL_JWKS = int(sys.argv[1]), *sys.argv[2:]
ISSUER = f"http://localhost:{PORT}"
KEY = JWK.generate(kty="RSA", size=2048)
MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership#"


class Platform(LTI1P3PlatformConfAbstract):
    """One registration; the tool's keys come from its key set URL."""

    def init_platform_config(self, **_: object) -> None:
        """Fill the registration."""
        made = Registration()
        made.set_iss(ISSUER).set_client_id(CLIENT_ID).set_deployment_id("1")
        made.set_launch_url(LAUNCH_URL).set_deeplink_launch_url(LAUNCH_URL).set_oidc_login_url(LOGIN_URL)
        made.set_platform_public_key(KEY.export_to_pem().decode())
        made.set_platform_private_key(KEY.export_to_pem(private_key=True, password=None).decode())
        made.set_tool_key_set_url(TOOL_JWKS)
        self._registration = made

    def get_registration_by_params(self, **_: object) -> Registration:
        """Return the one registration."""
        return self._registration


class Asked:
    """An authentication request as the library reads it."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.method, self.get_data, self.form_data = "GET", fields, {}


class Launch(LTIAdvantageMessageLaunchAbstract):
    """The library's launch, with its deep-linking request."""

    def prepare_launch(self, preflight_response: dict[str, str]) -> None:
        """Say who asks, where to answer, and data that has to come back."""
        self.set_user_data("u-1", [MEMBERSHIP + preflight_response["lti_message_hint"]])
        self.set_dl(
            f"{ISSUER}/return", title="Choose", accept_types={"ltiResourceLink"}, extra_data={"opaque": "x=1&y"}
        )

    def render_launch_form(self, launch_data: dict[str, str], **_: object) -> str:
        """Return the page whose form posts the request to the tool."""
        names = ("id_token", "state")
        hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(launch_data[name])}">' for name in names)
        return f'<!doctype html><form method="post" action="{escape(launch_data["launch_url"])}">{hidden}</form>'


def start(query: dict[str, str]) -> str:
    """Return where the browser goes first: the tool's login."""
    fields = {"iss": ISSUER, "client_id": CLIENT_ID, "login_hint": "u-1", "target_link_uri": LAUNCH_URL}
    return f"{LOGIN_URL}?{urlencode(fields | {'lti_message_hint': query.get('role', 'Instructor')})}"


class Peer(BaseHTTPRequestHandler):
    """The four addresses of the platform."""

    def do_GET(self) -> None:
        """Answer by path."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/start":
            self._answer(302, "", location=start(query))
        elif parts.path == "/auth":
            self._answer(200, Launch(Asked(query), Platform()).lti_launch())
        else:
            self._answer(200, dumps(Platform().get_jwks()), kind="application/json")

    def do_POST(self) -> None:
        """Take the tool's answer, as the library does."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        items = Platform().validate_deeplinking_resp({"JWT": form["JWT"][0]})
        self._answer(200, dumps(items), kind="application/json")

    def _answer(self, status: int, body: str, *, location: str = "", kind: str = "text/html") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body.encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", PORT), Peer).serve_forever()
