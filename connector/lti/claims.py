"""What is read of a resource link launch (Core 5.3 and 5.4): these claims and no others, parsed once.

A claim that a launch rests on is refused when its shape is wrong. A text that only decorates (titles, names, locale)
counts as absent when it is no text, is blank, or is a substitution variable that the Platform did not resolve (Core
appendix B: ``$User.username``); null always counts as absent.
"""

import re
from dataclasses import dataclass, field

from connector.domain import Audience, Course, LinkChoice
from connector.errors import LaunchRefused
from connector.lti.checks import Claims
from connector.lti.deep_linking import DEEP_LINKING_REQUEST, DeepLinkingSettings, read_settings
from connector.lti.link_custom import read_choice
from connector.lti.origin import is_on_origin_of, is_web_link
from connector.lti.roles import audience_of

RESOURCE_LINK_REQUEST = "LtiResourceLinkRequest"
_CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
_LONGEST_ID = 255
_LONGEST_TITLE = 500
_LONGEST_TEXT = 2048
_MOST_ROLES = 200
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_VARIABLE = re.compile(r"\$[A-Za-z][\w.]*", re.ASCII)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonNames:
    """Other names of the person, for matching rules that are switched on; in memory only, "" where not sent."""

    username: str = field(default="", repr=False)
    person_sourcedid: str = field(default="", repr=False)
    email: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LaunchClaims:
    """The parsed claims of one resource link launch.

    ``subject`` is None for an anonymous launch, then ``audience`` is ``ANONYMOUS`` and neither ``given_name`` nor
    ``names`` hold anything. ``placement`` is the resource link's id. ``return_url`` is http(s) or "". ``locale`` is a
    BCP 47 tag or "". ``deep_linking`` is set for a deep-linking request, which has no Placement (``placement`` is "").
    """

    deployment: str
    placement: str
    placement_title: str
    target_link_uri: str
    subject: str | None = field(repr=False)
    audience: Audience
    roles: tuple[str, ...]
    course: Course | None
    locale: str
    document_target: str
    return_url: str
    given_name: str = field(repr=False)
    custom: LinkChoice
    names: PersonNames
    deep_linking: DeepLinkingSettings | None = None


def read_claims(claims: Claims, launch_url: str) -> LaunchClaims:
    """Read the claims of a message whose envelope is valid.

    Raises
    ------
    LaunchRefused
        By the first check that fails.
    """
    version_is_1_3(claims)
    kind = message_type_of(claims)
    subject, roles = subject_of(claims), roles_of(claims)
    presentation, custom = _object(claims, "launch_presentation"), _object(claims, "custom")
    return LaunchClaims(
        deployment=deployment_of(claims),
        placement=placement_of(claims) if kind == RESOURCE_LINK_REQUEST else "",
        placement_title=_title(_object(claims, "resource_link").get("title")),
        target_link_uri=target_link_of(claims, launch_url),
        subject=subject,
        audience=audience_of(roles) if subject else Audience.ANONYMOUS,
        roles=roles,
        course=course_of(claims),
        locale=_locale(presentation.get("locale")) or _locale(claims.get("locale")),
        document_target=_text(presentation.get("document_target")),
        return_url=return_url_of(claims),
        given_name=_title(claims.get("given_name")) if subject else "",
        custom=read_choice(custom),
        names=_names(claims) if subject else PersonNames(),
        deep_linking=read_settings(claims, roles) if kind == DEEP_LINKING_REQUEST else None,
    )


def version_is_1_3(claims: Claims) -> None:
    """Refuse every other version of LTI (Core 5.3.2)."""
    if claims.get(_CLAIM + "version") != "1.3.0":
        raise LaunchRefused("version_wrong")


def message_type_of(claims: Claims) -> str:
    """Return which message it is; refuse a kind that this version does not serve (Core 4.3.1, 5.3.1)."""
    kind = claims.get(_CLAIM + "message_type")
    if kind is None:
        raise LaunchRefused("message_type_missing")
    if kind not in (RESOURCE_LINK_REQUEST, DEEP_LINKING_REQUEST):
        raise LaunchRefused("message_type_unknown")
    return str(kind)


def deployment_of(claims: Claims) -> str:
    """Return the Deployment: a string of at most 255 characters, case counts (Core 5.3.3)."""
    deployment = claims.get(_CLAIM + "deployment_id")
    if deployment is None:
        raise LaunchRefused("deployment_missing")
    return _id(deployment, "deployment_malformed")


def placement_of(claims: Claims) -> str:
    """Return the resource link's id: a string of 1 to 255 characters (Core 5.3.5)."""
    link = claims.get(_CLAIM + "resource_link")
    if link is None:
        raise LaunchRefused("resource_link_missing")
    return _id(link.get("id") if isinstance(link, dict) else None, "resource_link_malformed")


def target_link_of(claims: Claims, launch_url: str) -> str:
    """Return the page that was asked for, which must be one of ours (Core 5.3.4: this claim, not the login, counts)."""
    target = claims.get(_CLAIM + "target_link_uri")
    if target is None:
        raise LaunchRefused("target_link_uri_missing")
    if not isinstance(target, str) or not is_on_origin_of(target, launch_url):
        raise LaunchRefused("target_link_uri_foreign", "target_link_uri of the message")
    return target


def subject_of(claims: Claims) -> str | None:
    """Return who launched: at most 255 characters (Core 5.3.6), or None for an anonymous launch (Core 5.3.6.1).

    A blank ``sub`` names nobody: taken as a name, it would make one Learner of all such people.
    """
    subject = claims.get("sub")
    if subject is None or (isinstance(subject, str) and not subject.strip()):
        return None
    return _id(subject, "sub_malformed")


def roles_of(claims: Claims) -> tuple[str, ...]:
    """Return the roles: a list of strings that may be empty but must be there (Core 5.3.7, 5.3.7.1)."""
    roles = claims.get(_CLAIM + "roles")
    if roles is None:
        raise LaunchRefused("roles_missing")
    if not isinstance(roles, list) or len(roles) > _MOST_ROLES:
        raise LaunchRefused("roles_malformed")
    texts = tuple(_CONTROL.sub("", role) for role in roles if isinstance(role, str))
    if len(texts) != len(roles):
        raise LaunchRefused("roles_malformed")
    return texts


def course_of(claims: Claims) -> Course | None:
    """Return the context: an object with an id of 1 to 255 characters, or absent (Core 5.4.1)."""
    context = claims.get(_CLAIM + "context")
    if context is None:
        return None
    if not isinstance(context, dict):
        raise LaunchRefused("context_malformed", "not an object")
    return Course(_id(context.get("id"), "context_malformed"), _title(context.get("title")))


def return_url_of(claims: Claims) -> str:
    """Return where the person came from, http or https only (Core 5.4.4), or ""."""
    url = _object(claims, "launch_presentation").get("return_url")
    if url is None or url == "":
        return ""
    if not isinstance(url, str) or not is_web_link(url):
        raise LaunchRefused("return_url_malformed")
    return url


def _object(claims: Claims, name: str) -> dict[str, object]:
    """Return an optional claim that must be an object where it is sent (Core 5.4)."""
    value = claims.get(_CLAIM + name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise LaunchRefused(_MALFORMED[name])
    return value


_MALFORMED = {
    "custom": "custom_malformed",
    "launch_presentation": "launch_presentation_malformed",
    "resource_link": "resource_link_malformed",
}


def _names(claims: Claims) -> PersonNames:
    """Collect what a matching rule may use (Core 5.4.5, 5.4.6, 5.4.7); only the rules decide what is looked at."""
    custom, lis, ext = (_lenient(claims.get(_CLAIM + name)) for name in ("custom", "lis", "ext"))
    return PersonNames(
        username=_text(ext.get("user_username")) or _text(custom.get("username")),
        person_sourcedid=_text(lis.get("person_sourcedid")) or _text(custom.get("person_sourcedid")),
        email=_text(claims.get("email")),
    )


def _lenient(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _id(value: object, code: str) -> str:
    """Return an identifier as it is, or refuse it: identifiers are compared exactly, so nothing is trimmed."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID or _CONTROL.search(value):
        raise LaunchRefused(code)
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or _VARIABLE.fullmatch(value.strip()):
        return ""
    return _CONTROL.sub("", value).strip()


def _title(value: object) -> str:
    return _text(value)[:_LONGEST_TITLE]


def _locale(value: object) -> str:
    """Return a BCP 47 tag; what POSIX appends to one (``en_US.UTF-8``, ``de_DE@euro``) is left out."""
    tag = re.split("[.@]", _text(value))[0].replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else ""
