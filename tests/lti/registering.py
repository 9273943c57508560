"""Platforms that register a tool: Moodle's recorded exchange, and others simulated from their documentation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connector.lti.dynamic import PLATFORM_FIELD, TOOL_FIELD, Tool
from connector.lti.registration_codes import RegistrationRefused
from connector.outside.fetch import Answered

RECORDED = Path(__file__).parent / "recorded"
MOODLE = json.loads((RECORDED / "moodle-openid-configuration.json").read_text())
EXCHANGE = json.loads((RECORDED / "moodle-registration.json").read_text())
TOOL = Tool("https://tool.example/lti/login", "https://tool.example/lti/launch", "https://tool.example/lti/jwks")
TOKEN = "a-registration-token-that-nobody-may-keep"


def school(origin: str = "https://moodle.example", **changes: Any) -> dict[str, Any]:
    """Moodle's recorded configuration, as a Moodle at ``origin`` would give it."""
    moved = json.loads(json.dumps(MOODLE).replace("http://localhost:8080", origin))
    return {name: value for name, value in {**moved, **changes}.items() if value is not None}


def simulated(issuer: str, host: str, family: str, messages: list[Any], **changes: Any) -> dict[str, Any]:
    """A configuration as the documentation of another product shows it."""
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{host}/authorize",
        "registration_endpoint": f"{host}/registrations",
        "jwks_uri": f"{host}/jwks",
        "token_endpoint": f"{host}/token",
        "response_types_supported": ["id_token"],
        "scopes_supported": ["https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "locale"],
        PLATFORM_FIELD: {"product_family_code": family, "version": "1", "messages_supported": messages},
        **changes,
    }


def canvas(**changes: Any) -> dict[str, Any]:
    messages = [{"type": "LtiResourceLinkRequest", "placements": ["account_navigation", "course_navigation"]}]
    return simulated("https://canvas.instructure.com", "https://sso.canvaslms.com", "canvas", messages, **changes)


def brightspace(**changes: Any) -> dict[str, Any]:
    host = "https://school.brightspace.example"
    return simulated(host, f"{host}/d2l/lti", "desire2learn", [{"type": "LtiResourceLinkRequest"}], **changes)


def sakai(**changes: Any) -> dict[str, Any]:
    host = "https://sakai.example"
    return simulated(host, f"{host}/imsblis/lti13", "sakailms.org", ["LtiResourceLinkRequest"], **changes)


@dataclass
class FakePlatforms:
    """The port that ``register`` asks: one configuration, one answer, and what was said to it."""

    given: Any = field(default_factory=school)
    status: int = 200
    client_id: str = "client-9"
    deployment: str | None = "1"
    body: bytes | None = None
    down: str = ""
    before_answering: Any = None
    schemes: frozenset[str] = frozenset({"https"})
    sent: list[Any] = field(default_factory=list)
    checked: list[str] = field(default_factory=list)

    def check(self, url: str, name: str) -> None:
        self.checked.append(name)
        if "//10." in url:
            raise RegistrationRefused("endpoint_refused", name)

    def configuration(self, url: str, token: str) -> bytes:
        self.sent.append(("GET", url, token))
        if self.down == "configuration":
            raise RegistrationRefused("configuration_unreachable", "It could not be reached: Timeout.")
        return self.given if isinstance(self.given, bytes) else json.dumps(self.given).encode()

    def register(self, url: str, token: str, request: Mapping[str, Any]) -> Answered:
        self.sent.append(("POST", url, token, request))
        if self.down == "registration":
            raise RegistrationRefused("platform_unreachable", "The answer took too long.")
        if self.before_answering is not None:
            self.before_answering()
        if self.status == 200 and (wrong := refused_by_canvas(self.given, request)):
            return Answered(422, json.dumps({"errors": wrong}).encode())
        return Answered(self.status, self.body if self.body is not None else json.dumps(self._answer(request)).encode())

    def _answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        more = {} if self.deployment is None else {"deployment_id": self.deployment}
        return {**request, "client_id": self.client_id, TOOL_FIELD: {**request[TOOL_FIELD], **more}}


def refused_by_canvas(given: Any, request: Mapping[str, Any]) -> list[str]:
    """What Canvas, simulated from its documentation, answers with 422; nothing for other products.

    Messages are objects, of types and with placements that its configuration offers; so are scopes.
    """
    platform = given.get(PLATFORM_FIELD, {}) if isinstance(given, dict) else {}
    if platform.get("product_family_code") != "canvas":
        return []
    offered: dict[str, set[str]] = {}
    for message in platform["messages_supported"]:
        offered.setdefault(message["type"], set()).update(message.get("placements", ()))
    wrong = sorted(set(request["scope"].split()) - set(given["scopes_supported"]))
    for message in request[TOOL_FIELD]["messages"]:
        if not isinstance(message, dict) or message.get("type") not in offered:
            wrong.append(f"message {message}")
        elif unknown := set(message.get("placements", ())) - offered[message["type"]]:
            wrong.append(f"placements {sorted(unknown)}")
    return wrong
