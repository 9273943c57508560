"""Deep Linking 2.0: what a Platform asks for when a teacher presses "Select content", and our signed answer.

Between the two stands a Selection: what was asked, as a token that the page carries from form to form. It names no
person, and it is good for an hour.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt

from connector.domain import Audience, LinkChoice, PlatformId, TenantId
from connector.errors import LaunchRefused
from connector.lti.checks import Claims
from connector.lti.keys import SigningKey
from connector.lti.origin import is_web_link
from connector.lti.roles import audience_of

DEEP_LINKING_REQUEST = "LtiDeepLinkingRequest"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"
CONTENT_ITEMS = "https://purl.imsglobal.org/spec/lti-dl/claim/content_items"
RESOURCE_LINK = "ltiResourceLink"
SELECTION_LIFE = timedelta(hours=1)
RESPONSE_LIFE = timedelta(minutes=5)
FRAME_HEIGHT = 260
"""Pixels of a frame that shows one Row of lying Cards."""
_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_MOST_KINDS = 50
_WATCHES = re.compile("mentor|observer", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DeepLinkingSettings:
    """What a Platform takes, and where to (Deep Linking 2.0, 4.4.1).

    ``targets`` are the document targets that it can show a link in, empty where it does not say. ``echo`` is the
    claim that has to come back as it was (``data``, 4.4.1), empty where the Platform sent none.
    """

    return_url: str
    targets: tuple[str, ...]
    echo: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Selection:
    """A teacher who chooses what a new link shows, and for whom the answer is."""

    tenant: TenantId
    platform: PlatformId
    deployment: str
    course: str
    locale: str
    settings: DeepLinkingSettings
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """The link to make: its title, a sentence on what it shows, and the custom parameters that it gets."""

    title: str
    text: str
    choice: LinkChoice


def read_settings(claims: Claims, roles: Sequence[str]) -> DeepLinkingSettings:
    """Read the settings of a deep-linking request (Deep Linking 2.0, 4.4).

    Raises
    ------
    LaunchRefused
        If somebody asks who does not teach, or something is missing or has another shape.
    """
    asked_by_who_teaches(roles)
    settings = claims.get(SETTINGS)
    if settings is None:
        raise LaunchRefused("deep_linking_settings_missing")
    if not isinstance(settings, dict):
        raise LaunchRefused("deep_linking_settings_malformed", "not an object")
    links_are_taken(settings)
    echo = {DATA: settings["data"]} if "data" in settings else {}
    return DeepLinkingSettings(return_url_of(settings), _words(settings, "accept_presentation_document_targets"), echo)


def asked_by_who_teaches(roles: Sequence[str]) -> None:
    """Refuse who does not teach: a new link changes a course. Who only watches over a learner does not teach."""
    if audience_of(role for role in roles if not _WATCHES.search(role)) is not Audience.INSTRUCTOR:
        raise LaunchRefused("deep_linking_not_for_learners")


def links_are_taken(settings: Mapping[str, object]) -> None:
    """Refuse a Platform that takes no resource link (Deep Linking 2.0, 4.4.1: ``accept_types``)."""
    if RESOURCE_LINK not in _words(settings, "accept_types"):
        raise LaunchRefused("deep_linking_type_not_accepted")


def return_url_of(settings: Mapping[str, object]) -> str:
    """Return where the answer goes: an absolute http(s) address (Deep Linking 2.0, 4.4.1).

    Its origin is not compared with anything: it is signed by the Platform, whose own word the registered origins are
    too, and what we send there is good for this Platform alone (``aud``).
    """
    url = settings.get("deep_link_return_url")
    if not isinstance(url, str) or not is_web_link(url):
        raise LaunchRefused("deep_linking_return_url_malformed")
    return url


@dataclass(frozen=True, slots=True)
class Signer:
    """From whom and for whom an answer is: our signing key, the Registration, and our launch URL."""

    key: SigningKey
    issuer: str
    client_id: str
    launch_url: str


def response(selection: Selection, links: Sequence[Link], signer: Signer, now: datetime) -> str:
    """Return the signed answer (Deep Linking 2.0, 4.5; Security Framework 5.2.2).

    Parameters
    ----------
    selection : Selection
        What was asked.
    links : sequence of Link
        What was chosen; none for "nothing" (4.5.2 allows an empty list).
    signer : Signer
        The answer is from the client to the issuer; every link opens our launch URL.
    now : datetime
        When it is signed; it holds for five minutes.

    Returns
    -------
    str
        A JSON Web Token, signed by RS256 with a key of ``/lti/jwks``.
    """
    claims: dict[str, object] = {
        "iss": signer.client_id,
        "aud": [signer.issuer],
        "iat": now,
        "exp": now + RESPONSE_LIFE,
        "nonce": secrets.token_urlsafe(24),
        _CLAIM + "message_type": "LtiDeepLinkingResponse",
        _CLAIM + "version": "1.3.0",
        _CLAIM + "deployment_id": selection.deployment,
        CONTENT_ITEMS: [content_item(link, signer.launch_url, selection.settings.targets) for link in links],
    }
    claims.update(selection.settings.echo)
    return jwt.encode(claims, signer.key.private, "RS256", headers={"kid": signer.key.id})


def content_item(link: Link, url: str, targets: Sequence[str]) -> dict[str, object]:
    """Return a link as ``ltiResourceLink`` (Deep Linking 2.0, 3.2), to be shown in a way that the Platform has."""
    choice = {"row": link.choice.row, "layout": link.choice.layout, "anchor": link.choice.anchor}
    item: dict[str, object] = {
        "type": RESOURCE_LINK,
        "title": link.title,
        "text": link.text,
        "url": url,
        "custom": {name: value for name, value in choice.items() if value},
    }
    if "iframe" in targets:
        item["iframe"] = {"height": FRAME_HEIGHT}
    elif targets and "frame" not in targets and "window" in targets:
        item["window"] = {"targetName": "_blank"}
    return item


def _words(settings: Mapping[str, object], name: str) -> tuple[str, ...]:
    words = settings.get(name, [])
    if not isinstance(words, list) or len(words) > _MOST_KINDS or not all(isinstance(one, str) for one in words):
        raise LaunchRefused("deep_linking_settings_malformed", name)
    return tuple(words)
