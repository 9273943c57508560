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
_STAYS = "Nothing is kept here and the link stays good."
_BY_HAND = "Register by hand (`onward platform add`)."

_REFUSALS = {
    "invite_unknown": Refusal(
        403, _INVITE, "It is not one of this site's, or was cancelled. Ask for a new one: `onward platform invite`."
    ),
    "invite_used": Refusal(
        403, _INVITE, "It was used before, and works once. Ask for a new one: `onward platform invite`."
    ),
    "invite_expired": Refusal(403, _INVITE, "Its days are over. Ask for a new one: `onward platform invite`."),
    "invite_fields_malformed": Refusal(
        400, _LINK, "A field occurs twice, is over 8,192 characters long, or has characters that no LMS sends."
    ),
    "configuration_missing": Refusal(
        400, _LINK, "Do not open the link yourself: paste it into the LMS where it asks for a tool's registration URL."
    ),
    "configuration_refused": Refusal(
        400, _CONFIGURATION, f"Its address may not be asked from here: https and a public address are needed. {_STAYS}"
    ),
    "configuration_unreachable": Refusal(
        400, _CONFIGURATION, f"It could not be fetched from this server: check firewall and certificate. {_STAYS}"
    ),
    "configuration_malformed": Refusal(
        400, _CONFIGURATION, f"It is no OpenID configuration for LTI: the field in the detail is wrong. {_STAYS}"
    ),
    "issuer_host_wrong": Refusal(
        403, _CONFIGURATION, f"Its issuer is of another host than itself, so it could be anybody's. {_STAYS} {_BY_HAND}"
    ),
    "algorithm_missing": Refusal(
        400, _CONFIGURATION, f"It does not offer to sign launches by RS256, which LTI demands. {_STAYS}"
    ),
    "endpoint_refused": Refusal(
        400, _CONFIGURATION, f"An address in it may not be asked from here: https and a public one are needed. {_STAYS}"
    ),
    "platform_unreachable": Refusal(
        400,
        _ANSWER,
        f"It did not answer in time, or not as it should. {_STAYS} See first whether the tool is in its list.",
    ),
    "platform_denied": Refusal(
        400, _ANSWER, f"It answered with the status and error in the detail. {_STAYS} Start anew in the LMS."
    ),
    "answer_malformed": Refusal(
        400,
        _ANSWER,
        f"Its answer has no usable client id. {_STAYS} See first whether the tool is in its list, and remove it there.",
    ),
    "registration_foreign": Refusal(
        403, _ANSWER, f"Issuer and client id are registered here for somebody else, so they stay as they are. {_STAYS}"
    ),
}

REGISTRATION_REFUSALS: Mapping[str, Refusal] = MappingProxyType(_REFUSALS)
"""Every code that RegistrationRefused can carry."""
