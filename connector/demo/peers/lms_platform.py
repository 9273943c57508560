"""The LTI 1.3 side of the demo LMS: ``lti1p3platform``, a platform library that is not Onward's, subclassed.

What the library leaves open is closed here, because a real LMS closes it: it compares neither redirect_uri nor the OIDC
parameters with what was registered, it checks by ``assert``, and it has no claims for given name and locale.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template
from itsdangerous import BadData, URLSafeTimedSerializer
from jwcrypto.jwk import JWK
from lms_config import Config, Course, Person
from lti1p3platform.ltiplatform import LTI1P3PlatformConfAbstract
from lti1p3platform.message_launch import MessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.registration import Registration
from lti1p3platform.request import Request

SITE_HOME = 1
HINT_SECONDS = 3600
_CLAIM = "https://purl.imsglobal.org/spec/lti/claim"
_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
ROLES = {"learner": [f"{_MEMBERSHIP}#Learner"], "instructor": [f"{_MEMBERSHIP}#Instructor"]}


class AuthRefused(Exception):
    """An authentication request that this platform does not answer; the text says why."""


@dataclass(frozen=True)
class Placement:
    """Who opens which carousel where: travels signed as ``lti_message_hint``.

    ``course`` is None on the site home; ``target`` is iframe or window.
    """

    person: Person
    course: Course | None
    target: str


class Hints:
    """Signs Placements into hints and reads them back, for an hour.

    The hint takes the place of the LMS's session at ``/auth``: a request that the tool starts from its own page inside
    the frame is cross-site and does not carry the LMS's cookie.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._signer = URLSafeTimedSerializer(own_secret(config), salt="lti_message_hint")

    def write(self, placement: Placement) -> str:
        """Return the hint for a placement."""
        number = placement.course.number if placement.course else SITE_HOME
        return self._signer.dumps([placement.person.user_id, number, placement.target])

    def read(self, hint: str) -> Placement:
        """Return the placement of a hint; ``AuthRefused`` if it is not ours or too old."""
        try:
            user_id, number, target = self._signer.loads(hint, max_age=HINT_SECONDS)
        except BadData as error:
            raise AuthRefused("lti_message_hint is not ours or older than an hour; open the course again") from error
        return Placement(self._config.people[user_id], self._config.courses.get(number), target)


class Platform(LTI1P3PlatformConfAbstract):
    """The library's view of this LMS: one registration, made from the configuration."""

    def init_platform_config(self, config: Config) -> None:
        """Fill the registration; the key pair is made at the first start and kept in the state folder."""
        key = own_key(config)
        registration = Registration()
        registration.set_iss(config.issuer)
        registration.set_client_id(config.tool.client_id)
        registration.set_deployment_id(config.tool.deployment_id)
        registration.set_launch_url(config.tool.launch_url)
        registration.set_oidc_login_url(config.tool.login_url)
        registration.set_platform_public_key(key.export_to_pem().decode())
        registration.set_platform_private_key(key.export_to_pem(private_key=True, password=None).decode())
        self._registration = registration

    def get_registration_by_params(self, **_: Any) -> Registration:
        """Return the one registration."""
        return self._registration


class Login(OIDCLoginAbstract):
    """The first step of a launch: send the browser to the tool's login URL."""

    def set_lti_message_hint(self, *, hint: str) -> None:
        """Set what comes back to ``/auth`` as ``lti_message_hint``."""
        self._lti_message_hint = hint

    def get_redirect(self, url: str) -> Response:
        """Return the redirect to the tool."""
        return redirect(url)


class AuthRequest(Request):
    """The tool's authentication request as the library wants it; GET and POST are both allowed (OIDC Core 3.1.2.1)."""

    def build_metadata(self, request: Any) -> dict[str, Any]:
        """Take what the library reads from a Flask request."""
        return {
            "method": request.method,
            "form_data": request.form.to_dict(),
            "get_data": request.args.to_dict(),
            "headers": request.headers,
            "content_type": request.content_type,
            "path": request.path,
            "json": None,
        }


class Launch(MessageLaunchAbstract):
    """The second step: check the tool's authentication request, sign the id_token, let the browser post it."""

    def __init__(self, request: AuthRequest, platform: Platform, config: Config, hints: Hints) -> None:
        super().__init__(request, platform)
        self._config = config
        self._hints = hints

    def validate_preflight_response(self, preflight_response: Mapping[str, Any]) -> None:
        """Check the request (1EdTech Security Framework 5.1.1.2), without the library's ``assert``."""
        expected = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": self._config.tool.client_id,
            "redirect_uri": self._config.tool.launch_url,
        }
        for name, value in expected.items():
            if preflight_response.get(name) != value:
                raise AuthRefused(f"{name} must be {value}")
        for name in ("state", "nonce", "login_hint", "lti_message_hint"):
            if not preflight_response.get(name):
                raise AuthRefused(f"{name} is missing")
        self._redirect_url = preflight_response["redirect_uri"]

    def prepare_launch(self, preflight_response: Mapping[str, Any]) -> None:
        """Set the claims of the placement that the hint names."""
        placement = self._hints.read(preflight_response["lti_message_hint"])
        if preflight_response["login_hint"] != placement.person.user_id:
            raise AuthRefused("login_hint names somebody else than lti_message_hint")
        self._set_person(placement.person)
        self._set_place(placement)

    def render_launch_form(self, launch_data: dict[str, Any], **_: Any) -> str:
        """Return the page that posts id_token and state to the tool."""
        return render_template("post.html", **launch_data)

    def _set_person(self, person: Person) -> None:
        names = {"given_name": person.given_name, "family_name": person.family_name} if person.shares_name else {}
        full_name = person.name if person.shares_name else None
        self.set_user_data(person.user_id, ROLES[person.role], full_name=full_name)
        self.set_extra_claims(names)

    def _set_place(self, placement: Placement) -> None:
        if placement.course:
            number, title, kind = placement.course.number, placement.course.title, "CourseSection"
            path = f"/course/view.php?id={number}"
        else:
            number, title, kind, path = SITE_HOME, "Demo LMS", "Group", "/home"
        self.set_resource_link_claim(str(number), title="Learn next")
        self.set_launch_context_claim(str(number), [kind], title, f"C{number}")
        self.set_custom_parameters_claim({"course_id": str(number)})
        presentation = {
            "document_target": placement.target,
            "locale": placement.person.locale,
            "return_url": f"{self._config.issuer}{path}",
        }
        site = {"guid": "onward-demo-lms", "name": "Demo LMS", "product_family_code": "onward-demo-lms"}
        self.set_extra_claims({f"{_CLAIM}/launch_presentation": presentation, f"{_CLAIM}/tool_platform": site})


def own_key(config: Config) -> JWK:
    """Return the platform's RSA key of 2048 bits, made at the first start and kept with mode 600."""
    path = config.state / "platform-key.json"
    if not path.exists():
        _write_private(path, JWK.generate(kty="RSA", size=2048).export())
    return JWK(**json.loads(path.read_text(encoding="ascii")))


def own_secret(config: Config) -> str:
    """Return the secret that signs hints, made at the first start and kept with mode 600."""
    path = config.state / "hint-secret"
    if not path.exists():
        _write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="ascii")


def _write_private(path: Any, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="ascii")
