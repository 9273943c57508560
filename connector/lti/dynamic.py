"""LTI Dynamic Registration 1.0, without I/O: judge a Platform's configuration, write our request, read the answer.

Only the fields that are used are read. Sizes are bounded before (``outside.registration``).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connector.lti.dynamic_fields import (
    as_id,
    as_object,
    frame_origin,
    host_of,
    kinds,
    needed,
    placements_by_kind,
    read_document,
    short_text,
    texts,
)
from connector.lti.origin import origin_of
from connector.lti.products import DEEP_LINKING, RESOURCE_LINK, SHARED_ISSUERS, Product, product_of
from connector.lti.registration_codes import RegistrationRefused
from connector.lti.switches import Switches

PLATFORM_FIELD = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL_FIELD = "https://purl.imsglobal.org/spec/lti-tool-configuration"
MESSAGES = (RESOURCE_LINK, DEEP_LINKING)
"""The messages that this version serves. The first is always asked for, others where the Platform names them."""
ROSTER_SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
NAME_CLAIMS = frozenset({"name", "given_name", "family_name", "middle_name", "email"})
ENDPOINTS = ("authorization_endpoint", "registration_endpoint", "jwks_uri", "token_endpoint")

_LONGEST_ISSUER = 500


@dataclass(frozen=True, slots=True)
class Tool:
    """Our own side: addresses on one origin, and what we are called."""

    login_url: str
    launch_url: str
    jwks_url: str
    name: str = "Onward"
    description: str = "Because you completed …: what to learn next, from your own learning records."


def tool_at(origin: str) -> Tool:
    """Return our side with its addresses on ``origin``."""
    return Tool(f"{origin}/lti/login", f"{origin}/lti/launch", f"{origin}/lti/jwks")


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """What a Platform says of itself (OpenID Connect Discovery 1.0, section 3; LTI Dynamic Registration 1.0, 3.4).

    ``placements`` holds those that it offers, by message type.
    """

    issuer: str
    authorization_endpoint: str
    registration_endpoint: str
    jwks_uri: str
    token_endpoint: str
    algorithms: tuple[str, ...]
    claims: tuple[str, ...]
    scopes: tuple[str, ...]
    placements: Mapping[str, tuple[str, ...]]
    product: Product
    version: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a Platform answered to our request; ``deployment`` is "" where it comes with the first launch."""

    client_id: str
    deployment: str
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    messages: tuple[str, ...]

    @property
    def shares_names(self) -> bool:
        """Whether launches will carry a name or an address of the person."""
        return not NAME_CLAIMS.isdisjoint(self.claims)


def read_configuration(body: bytes) -> PlatformConfiguration:
    """Read a Platform's configuration.

    Raises
    ------
    RegistrationRefused
        ``configuration_malformed`` with the field.
    """
    document = read_document(body, "configuration_malformed")
    platform = as_object(document.get(PLATFORM_FIELD))
    return PlatformConfiguration(
        issuer=needed(document, "issuer", _LONGEST_ISSUER),
        **{name: needed(document, name) for name in ENDPOINTS},
        algorithms=texts(document.get("id_token_signing_alg_values_supported")),
        claims=texts(document.get("claims_supported")),
        scopes=texts(document.get("scopes_supported")),
        placements=placements_by_kind(platform.get("messages_supported")),
        product=product_of(short_text(platform.get("product_family_code"))),
        version=short_text(platform.get("version")),
    )


def judge(configuration: PlatformConfiguration, configuration_url: str, schemes: frozenset[str]) -> None:
    """Refuse a configuration that is not its issuer's, or that offers no launch that could be verified.

    Whether its addresses may be asked is for ``outside.urls``.

    Parameters
    ----------
    configuration_url : str
        Where it was fetched from.
    schemes : frozenset of str
        What the issuer may begin with: https only, in production.

    Raises
    ------
    RegistrationRefused
        By the first check that fails.
    """
    addresses_can_be_read(configuration, schemes)
    issuer_fits_its_host(configuration, configuration_url)
    signs_by_rs256(configuration)


def addresses_can_be_read(configuration: PlatformConfiguration, schemes: frozenset[str]) -> None:
    """Refuse what is no web address; an issuer has no query or fragment (OpenID Connect Discovery 1.0, section 3)."""
    for name in ("issuer", *ENDPOINTS):
        frame_origin(getattr(configuration, name), name)
    parts = urlsplit(configuration.issuer)
    if parts.scheme not in schemes or parts.query or parts.fragment:
        raise RegistrationRefused("configuration_malformed", "issuer")


def issuer_fits_its_host(configuration: PlatformConfiguration, configuration_url: str) -> None:
    """Refuse an issuer of another origin than the configuration's (LTI Dynamic Registration 1.0, 3.5.1).

    Else whoever holds an invite could speak for any Platform. An issuer that many schools share is admitted when its
    login, key and token addresses are the vendor's.
    """
    domains = SHARED_ISSUERS.get(configuration.issuer)
    if domains is None:
        if origin_of(configuration.issuer) != origin_of(configuration_url):
            raise RegistrationRefused("issuer_host_wrong", host_of(configuration.issuer))
        return
    for url in (configuration.authorization_endpoint, configuration.jwks_uri, configuration.token_endpoint):
        if not _is_below(host_of(url), domains):
            raise RegistrationRefused("issuer_host_wrong", host_of(url))


def signs_by_rs256(configuration: PlatformConfiguration) -> None:
    """Refuse a Platform that does not offer RS256 (LTI Dynamic Registration 1.0, 3.4; Security Framework 5.1.3)."""
    if "RS256" not in configuration.algorithms:
        raise RegistrationRefused("algorithm_missing", "id_token_signing_alg_values_supported")


def write_request(configuration: PlatformConfiguration, tool: Tool, switches: Switches) -> dict[str, Any]:
    """Return our registration request (LTI Dynamic Registration 1.0, 3.5.2), asking for as little as works.

    No scope but ``openid``, and the roster's where that is switched on, each only where it is offered (Canvas refuses
    scopes that it does not know); no claim about a person besides ``sub`` unless it is switched on.
    """
    return {
        "application_type": "web",
        "response_types": ["id_token"],
        "grant_types": ["implicit", "client_credentials"],
        "initiate_login_uri": tool.login_url,
        "redirect_uris": [tool.launch_url],
        "client_name": tool.name,
        "jwks_uri": tool.jwks_url,
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(wanted_scopes(configuration, switches)),
        TOOL_FIELD: _tool_configuration(configuration, tool, switches),
    }


def _tool_configuration(configuration: PlatformConfiguration, tool: Tool, switches: Switches) -> dict[str, Any]:
    product = configuration.product
    return {
        "domain": urlsplit(tool.launch_url).netloc,  # with the port: Moodle compares both with target_link_uri
        "description": tool.description,
        "target_link_uri": tool.launch_url,
        "custom_parameters": custom_parameters(switches),
        "claims": wanted_claims(configuration, switches),
        "messages": [_message(kind, configuration, tool) for kind in wanted_messages(configuration)],
        **(product.named if switches.given_name else product.anonymous),
    }


def wanted_scopes(configuration: PlatformConfiguration, switches: Switches) -> list[str]:
    """Return the scopes to ask for."""
    return [one for one in ("openid", *([ROSTER_SCOPE] if switches.roster else [])) if one in configuration.scopes]


def wanted_messages(configuration: PlatformConfiguration) -> list[str]:
    """Return the messages to ask for."""
    return [kind for kind in MESSAGES if kind == RESOURCE_LINK or kind in configuration.placements]


def custom_parameters(switches: Switches) -> dict[str, str]:
    """Return the variables that a launch is to carry, under the names that ``claims`` reads."""
    wanted = {
        "username": ("$User.username", switches.username),
        "person_sourcedid": ("$Person.sourcedId", switches.idnumber),
    }
    return {name: variable for name, (variable, on) in wanted.items() if on}


def wanted_claims(configuration: PlatformConfiguration, switches: Switches) -> list[str]:
    """Return the claims to ask for: who, of which Platform, in which language where that is offered."""
    locale = ["locale"] if "locale" in configuration.claims else []
    return ["iss", "sub", *locale, *(["given_name"] if switches.given_name else [])]


def _message(kind: str, configuration: PlatformConfiguration, tool: Tool) -> dict[str, Any]:
    offered = configuration.placements.get(kind, ())
    placements = [name for name in configuration.product.placements.get(kind, ()) if name in offered]
    message: dict[str, Any] = {"type": kind, "target_link_uri": tool.launch_url, "label": tool.name}
    return message | {"placements": placements} if placements else message


def read_answer(body: bytes, request: Mapping[str, Any]) -> Agreed:
    """Read what the Platform registered; what it does not repeat is as we asked (RFC 7591, 3.2.1).

    Raises
    ------
    RegistrationRefused
        ``answer_malformed``.
    """
    document = read_document(body, "answer_malformed")
    tool = {**request[TOOL_FIELD], **as_object(document.get(TOOL_FIELD))}
    client_id = as_id(document.get("client_id"))
    if not client_id:
        raise RegistrationRefused("answer_malformed", "client_id")
    scope = document.get("scope", request["scope"])
    return Agreed(
        client_id=client_id,
        deployment=as_id(tool.get("deployment_id")),
        scopes=texts(scope.split() if isinstance(scope, str) else scope),
        claims=texts(tool.get("claims")),
        messages=kinds(tool.get("messages")) or kinds(request[TOOL_FIELD]["messages"]),
    )


def error_code_of(body: bytes) -> str:
    """Return the ``error`` of a refusal (RFC 7591, 3.2.2) if it is a short plain word, else ""."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = document.get("error") if isinstance(document, dict) else None
    return code if isinstance(code, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,59}", code, re.ASCII) else ""


def _is_below(host: str, domains: tuple[str, ...]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)
