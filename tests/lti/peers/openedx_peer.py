"""Open edX's consumer as a small platform on loopback: ``openedx_peer.py PORT CLIENT_ID LOGIN_URL LAUNCH_URL``.

Run by the Python of its own environment. The launch does what ``lti_consumer.plugin.views.launch_gate_endpoint`` does,
without the LMS around it: ``GET /start?role=student`` begins a login, ``/authorize`` answers with the launch form,
``/jwks`` has the key. The claims are the library's own.
"""

import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import dumps
from urllib.parse import parse_qs, urlsplit

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings

settings.configure(
    SECRET_KEY="for a test on loopback",
    PLATFORM_NAME="Open edX consumer under test",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "lti_consumer"],
    CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    LMS_ROOT_URL="http://localhost",
    USE_TZ=True,
)
django.setup()

from lti_consumer.data import Lti1p3LaunchData  # noqa: E402 - Django must be set up before
from lti_consumer.lti_1p3.constants import LTI_1P3_CONTEXT_TYPE  # noqa: E402 - as above
from lti_consumer.lti_1p3.consumer import LtiConsumer1p3  # noqa: E402 - as above
from lti_consumer.utils import get_data_from_cache  # noqa: E402 - as above

PORT, CLIENT_ID, LOGIN_URL, LAUNCH_URL = int(sys.argv[1]), *sys.argv[2:]
ISSUER = f"http://localhost:{PORT}"
COURSE = "course-v1:OnwardX+LTI101+2026"
PEM = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)


def consumer() -> LtiConsumer1p3:
    """Return the consumer of one launch, as the LMS makes it."""
    return LtiConsumer1p3(
        iss=ISSUER,
        lti_oidc_url=LOGIN_URL,
        lti_launch_url=LAUNCH_URL,
        client_id=CLIENT_ID,
        deployment_id="1",
        rsa_key=PEM,
        rsa_key_id="openedx-key",
        redirect_uris=[LAUNCH_URL],
    )


def start(query: dict[str, str]) -> str:
    """Return where the browser goes first: the tool's login."""
    role = query.get("role", "student")
    data = Lti1p3LaunchData(
        user_id=f"user-{role}",
        user_role=role,
        config_id="config-1",
        resource_link_id="block-v1:OnwardX+LTI101+2026+type@lti_consumer+block@1",
        external_user_id=f"external-{role}",
        name="Edda Example",
        email="edda@example.test",
        preferred_username="edda",
        context_id=COURSE,
        context_type=["course_offering"],
        context_title="Learning with LTI",
        context_label=COURSE,
        custom_parameters={"row": "because"},
    )
    return consumer().prepare_preflight_url(data)


def authorize(query: dict[str, str]) -> str:
    """Return the page whose form posts the launch to the tool."""
    data, made = get_data_from_cache(query["lti_message_hint"]), consumer()
    made.set_user_data(
        user_id=data.external_user_id,
        role=data.user_role,
        full_name=data.name,
        email_address=data.email,
        preferred_username=data.preferred_username,
    )
    made.set_resource_link_claim(data.resource_link_id)
    made.set_launch_presentation_claim(document_target=data.launch_presentation_document_target)
    made.set_context_claim(
        data.context_id, [LTI_1P3_CONTEXT_TYPE.course_offering], data.context_title, data.context_label
    )
    made.set_custom_parameters(data.custom_parameters)
    fields = made.generate_launch_request(preflight_response=query)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    return f'<!doctype html><form method="post" action="{escape(query["redirect_uri"])}">{hidden}</form>'


class Peer(BaseHTTPRequestHandler):
    """The three addresses of the platform."""

    def do_GET(self) -> None:
        """Answer by path."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/start":
            self._answer(302, "", location=start(query))
        elif parts.path == "/authorize":
            self._answer(200, authorize(query))
        else:
            self._answer(200, dumps(consumer().get_public_keyset()), kind="application/json")

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
