"""What each refused registration means, as ``codes`` says it of launches; the administrator reads the page itself.

The codes are stable: they stand in logs, in docs/reference/registration-codes.md and in people's search engines.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connector.errors import ConnectorError
from connector.lti.codes import Refusal, gettext_noop


class RegistrationRefused(ConnectorError):
    """A registration that fails a check; nothing is kept and the invite stays as it was.

    Parameters
    ----------
    code : str
        Stable, snake_case, a key of ``REGISTRATION_REFUSALS``.
    detail : str
        Names a field, a host or a status; never a URL's path or query, where tokens stand.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


_INVITE = gettext_noop("Nothing was changed just now.")
_LINK = gettext_noop("Your learning platform did not say where its configuration is.")
_CONFIGURATION = gettext_noop("Your learning platform's configuration cannot be used. Nothing was registered.")
_ANSWER = gettext_noop("Your learning platform did not complete the registration.")

_REFUSALS = {
    "invite_unknown": Refusal(
        403,
        _INVITE,
        gettext_noop("It is not one of this site's, or was cancelled. Ask for a new one: `onward platform invite`."),
    ),
    "invite_used": Refusal(
        403, _INVITE, gettext_noop("It was used before, and works once. Ask for a new one: `onward platform invite`.")
    ),
    "invite_expired": Refusal(
        403, _INVITE, gettext_noop("Its days are over. Ask for a new one: `onward platform invite`.")
    ),
    "invite_fields_malformed": Refusal(
        400,
        _LINK,
        gettext_noop("A field occurs twice, is over 8,192 characters long, or has characters that no LMS sends."),
    ),
    "configuration_missing": Refusal(
        400,
        _LINK,
        gettext_noop(
            "Do not open the link yourself: paste it into the LMS where it asks for a tool's registration URL."
        ),
    ),
    "configuration_refused": Refusal(
        400,
        _CONFIGURATION,
        gettext_noop(
            "Its address may not be asked from here: https and a public address are needed. Nothing "
            "is kept here and the link stays good."
        ),
    ),
    "configuration_unreachable": Refusal(
        400,
        _CONFIGURATION,
        gettext_noop(
            "It could not be fetched from this server: check firewall and certificate. Nothing is "
            "kept here and the link stays good."
        ),
    ),
    "configuration_malformed": Refusal(
        400,
        _CONFIGURATION,
        gettext_noop(
            "It is no OpenID configuration for LTI: the field in the detail is wrong. Nothing is kept "
            "here and the link stays good."
        ),
    ),
    "issuer_host_wrong": Refusal(
        403,
        _CONFIGURATION,
        gettext_noop(
            "Its issuer is of another host than itself, so it could be anybody's. Nothing is kept "
            "here and the link stays good. Register by hand (`onward platform add`)."
        ),
    ),
    "algorithm_missing": Refusal(
        400,
        _CONFIGURATION,
        gettext_noop(
            "It does not offer to sign launches by RS256, which LTI demands. Nothing is kept here and "
            "the link stays good."
        ),
    ),
    "endpoint_refused": Refusal(
        400,
        _CONFIGURATION,
        gettext_noop(
            "An address in it may not be asked from here: https and a public one are needed. Nothing "
            "is kept here and the link stays good."
        ),
    ),
    "platform_unreachable": Refusal(
        400,
        _ANSWER,
        gettext_noop(
            "It did not answer in time, or not as it should. Nothing is kept here and the link stays "
            "good. See first whether the tool is in its list."
        ),
    ),
    "platform_denied": Refusal(
        400,
        _ANSWER,
        gettext_noop(
            "It answered with the status and error in the detail. Nothing is kept here and the link "
            "stays good. Start anew in the LMS."
        ),
    ),
    "answer_malformed": Refusal(
        400,
        _ANSWER,
        gettext_noop(
            "Its answer has no usable client id. Nothing is kept here and the link stays good. See "
            "first whether the tool is in its list, and remove it there."
        ),
    ),
    "registration_foreign": Refusal(
        403,
        _ANSWER,
        gettext_noop(
            "Issuer and client id are registered here for somebody else, so they stay as they are. "
            "Nothing is kept here and the link stays good."
        ),
    ),
}

REGISTRATION_REFUSALS: Mapping[str, Refusal] = MappingProxyType(_REFUSALS)
"""Every code that RegistrationRefused can carry."""
