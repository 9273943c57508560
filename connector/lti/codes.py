"""What each refusal means: the HTTP status, a sentence for the person, and what the administrator does next.

The codes are stable: they stand in logs, in docs/reference/launch-codes.md and in people's search engines.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Refusal:
    """One code's meaning.

    ``status`` is 400 (the request is wrong), 401 (who or what launched could not be verified), 403 (verified, but not
    admitted) or 429 (too many refusals of one source). ``person`` goes through gettext before it is shown; ``admin`` is
    English, for the log and the docs.
    """

    status: int
    person: str
    admin: str


def gettext_noop(message: str) -> str:
    """Mark a sentence for extraction by Babel; it is translated where it is shown."""
    return message


_AGAIN = gettext_noop("This page was opened too late or twice. Go back to your course and open it from there again.")
_SET_UP = gettext_noop(
    "This page is not set up correctly in your learning platform. Tell the people who run it, with the code below."
)
_REFUSED = gettext_noop(
    "Your learning platform's message could not be verified. Please open the page from your course again; "
    "if it happens twice, tell the people who run your platform, with the code below."
)
_SIGN_IN = gettext_noop("Your learning platform wants you to sign in. Sign in there, then open this page again.")
_SWITCHED_OFF = gettext_noop("This page is switched off for your learning platform. Please ask the people who run it.")
_LATER = gettext_noop("Too many pages could not be opened from your network. Wait a minute, then open this page again.")
_WAITS = gettext_noop(
    "This page waits until the people who run it here admit your learning platform's installation of it."
)
_REPORT = "Report it to the platform's vendor with this code."

_LOGIN = {
    "parameter_repeated": Refusal(400, _REFUSED, "A field occurs twice; a proxy or a forged link may do that."),
    "parameter_too_long": Refusal(400, _REFUSED, "A field has over 4,096 characters; see the detail for its name."),
    "parameter_malformed": Refusal(400, _REFUSED, "A field has characters that no platform sends (NUL, half pairs)."),
    "issuer_missing": Refusal(
        400,
        _SET_UP,
        "The login has no `iss`: open the page from a course, not by its address; else check the login URL.",
    ),
    "issuer_unknown": Refusal(
        403,
        _SET_UP,
        "No platform has this issuer. Compare it letter by letter (a last slash counts) with `onward platform list`.",
    ),
    "client_id_unknown": Refusal(
        403, _SET_UP, "The issuer is known, but not with this client id. Compare it with `onward platform list`."
    ),
    "client_id_needed": Refusal(
        400,
        _SET_UP,
        "Several platforms share this issuer and the login names no `client_id`: have the platform send it.",
    ),
    "registration_disabled": Refusal(
        403,
        _SWITCHED_OFF,
        "The platform was disabled or removed here. See `onward platform list`; add it again to admit it.",
    ),
    "login_hint_missing": Refusal(400, _SET_UP, f"The login has no `login_hint`. {_REPORT}"),
    "target_link_uri_missing": Refusal(
        400, _SET_UP, "No `target_link_uri` was sent: set the tool's URL in the platform to our launch URL."
    ),
    "target_link_uri_foreign": Refusal(
        403,
        _SET_UP,
        "`target_link_uri` is not on our own origin: set the tool's URL in the platform to our launch URL, and check "
        "that ONWARD_PUBLIC_URL is the address that people see.",
    ),
}

_ANSWER = {
    "platform_login_required": Refusal(
        401,
        _SIGN_IN,
        "The platform did not find the person's session; blocked third-party cookies may be why. Let the activity open "
        "in a new window.",
    ),
    "platform_refused": Refusal(
        403,
        _SET_UP,
        "The platform answered with the error in the detail. Compare client id and redirect URL there with ours.",
    ),
    "state_missing": Refusal(
        400, _REFUSED, "The launch has no `state`: the launch URL was opened by itself, or the login URL is not set."
    ),
    "state_unknown": Refusal(
        401, _AGAIN, "No login waits for this launch: it was used, is over ten minutes old, or was never ours."
    ),
    "state_used": Refusal(
        401, _AGAIN, "The launch was posted a second time (reload, Back, or a replay). Nothing to do if rare."
    ),
    "state_expired": Refusal(401, _AGAIN, "Over ten minutes lie between login and launch. Nothing to do if rare."),
    "state_other_browser": Refusal(
        401, _REFUSED, "The launch came from another browser than its login: somebody passed it on, or tried to."
    ),
    "too_many_refused": Refusal(
        429,
        _LATER,
        "This address had more logins and launches refused in a minute than ONWARD_REFUSALS_A_MINUTE; good ones pass "
        "all the same. See the refusals before it.",
    ),
}

_TOKEN = {
    "token_missing": Refusal(
        400, _REFUSED, "The launch has no `id_token`: the platform must use response_mode form_post."
    ),
    "token_too_large": Refusal(
        400, _REFUSED, "The `id_token` is over 64 KiB: remove custom parameters from the activity."
    ),
    "token_malformed": Refusal(400, _REFUSED, f"The `id_token` is no JSON Web Token. {_REPORT}"),
    "alg_wrong": Refusal(
        401,
        _REFUSED,
        "The token is signed by another algorithm than the registered one (RS256). Correct it in the platform.",
    ),
    "typ_wrong": Refusal(401, _REFUSED, f"The token's header says that it is another kind of token. {_REPORT}"),
    "header_key_not_allowed": Refusal(
        401, _REFUSED, "The token brings a key of its own, which is never used. Suspect forgery."
    ),
    "header_crit_unknown": Refusal(
        401, _REFUSED, f"The token's header demands an extension that LTI does not have. {_REPORT}"
    ),
    "kid_missing": Refusal(401, _REFUSED, f"The token's header names no key (`kid`). {_REPORT}"),
    "key_unknown": Refusal(
        401,
        _REFUSED,
        "The token's key is not in the platform's key set. Check the key set URL; new keys are found in a minute.",
    ),
    "key_ambiguous": Refusal(401, _REFUSED, f"Two keys of the platform have one id. {_REPORT}"),
    "key_type_wrong": Refusal(401, _REFUSED, "The key is not an RSA key. Let the platform make a new one."),
    "key_use_wrong": Refusal(
        401, _REFUSED, "The key is published for something else than signatures. Let a new one be made."
    ),
    "key_algorithm_wrong": Refusal(401, _REFUSED, "The key is published for another algorithm. Let a new one be made."),
    "key_size_wrong": Refusal(
        401, _REFUSED, "The key is under 2048 bit (or over 8192). Let the platform make a new one."
    ),
    "key_malformed": Refusal(401, _REFUSED, f"The key cannot be read. {_REPORT}"),
    "keys_unavailable": Refusal(
        401,
        _REFUSED,
        "The platform's key set cannot be fetched; see the detail. Open its keyset URL from this machine to see why.",
    ),
    "signature_wrong": Refusal(
        401, _REFUSED, "The signature is not the platform's. Check the key set URL; else suspect forgery."
    ),
}

_ENVELOPE = {
    "iss_wrong": Refusal(
        401, _SET_UP, "The token's `iss` is not the one of the login. Compare the issuer letter by letter."
    ),
    "aud_missing": Refusal(401, _REFUSED, f"The token has no `aud`. {_REPORT}"),
    "aud_malformed": Refusal(401, _REFUSED, f"The token's `aud` is neither a text nor a list of texts. {_REPORT}"),
    "aud_foreign": Refusal(
        401, _SET_UP, "The token is for another client id, or for others too. Compare the client id."
    ),
    "azp_missing": Refusal(401, _REFUSED, f"The token has several audiences and no `azp`. {_REPORT}"),
    "azp_foreign": Refusal(401, _SET_UP, "The token was issued to another client id (`azp`). Compare the client id."),
    "exp_missing": Refusal(401, _REFUSED, f"The token has no `exp`. {_REPORT}"),
    "exp_malformed": Refusal(401, _REFUSED, f"The token's `exp` is no time. {_REPORT}"),
    "iat_missing": Refusal(401, _REFUSED, f"The token has no `iat`. {_REPORT}"),
    "iat_malformed": Refusal(401, _REFUSED, f"The token's `iat` is no time. {_REPORT}"),
    "nbf_malformed": Refusal(401, _REFUSED, f"The token's `nbf` is no time. {_REPORT}"),
    "token_expired": Refusal(
        401, _AGAIN, "The token came after its end. If it is frequent, compare both servers' clocks."
    ),
    "token_from_future": Refusal(401, _REFUSED, "The token is from the future: compare both servers' clocks (NTP)."),
    "token_not_yet_valid": Refusal(401, _REFUSED, "The token is not valid yet: compare both servers' clocks (NTP)."),
    "token_life_wrong": Refusal(401, _REFUSED, f"The token lives over a day, or ends before it begins. {_REPORT}"),
    "nonce_missing": Refusal(401, _REFUSED, f"The token has no `nonce`. {_REPORT}"),
    "nonce_wrong": Refusal(401, _REFUSED, "The token belongs to another login. Suspect a replay."),
}

_MESSAGE = {
    "version_wrong": Refusal(400, _SET_UP, "The message is not LTI 1.3.0: set the tool up as LTI 1.3 in the platform."),
    "message_type_missing": Refusal(400, _SET_UP, f"The message does not say what it is. {_REPORT}"),
    "message_type_unknown": Refusal(
        400,
        _SET_UP,
        "Only resource links and deep linking are served: switch other messages off for this tool in the platform.",
    ),
    "deployment_missing": Refusal(400, _SET_UP, f"The message names no deployment. {_REPORT}"),
    "deployment_malformed": Refusal(400, _SET_UP, f"The deployment id is no text of 1 to 255 characters. {_REPORT}"),
    "deployment_unknown": Refusal(
        403,
        _WAITS,
        "The deployment was seen for the first time and waits for you: `onward platform deployments NAME` lists it, "
        "`onward platform change NAME --approve ID` admits it.",
    ),
    "deployment_pending": Refusal(
        403, _WAITS, "The deployment waits for you. Admit it with `onward platform change NAME --approve ID`."
    ),
    "deployment_disabled": Refusal(
        403,
        _SWITCHED_OFF,
        "The deployment was refused here. Admit it with `onward platform change NAME --approve ID`.",
    ),
    "resource_link_missing": Refusal(400, _SET_UP, f"The message names no resource link. {_REPORT}"),
    "resource_link_malformed": Refusal(400, _SET_UP, f"The resource link has no id of 1 to 255 characters. {_REPORT}"),
    "roles_missing": Refusal(400, _SET_UP, f"The message has no roles, not even an empty list. {_REPORT}"),
    "roles_malformed": Refusal(400, _SET_UP, f"The roles are not a list of up to 200 texts. {_REPORT}"),
    "sub_malformed": Refusal(400, _SET_UP, f"The person's `sub` is no text of up to 255 characters. {_REPORT}"),
    "context_malformed": Refusal(400, _SET_UP, f"The context has no id of 1 to 255 characters. {_REPORT}"),
    "custom_malformed": Refusal(400, _SET_UP, f"The custom parameters are no object. {_REPORT}"),
    "launch_presentation_malformed": Refusal(400, _SET_UP, f"`launch_presentation` is no object. {_REPORT}"),
    "return_url_malformed": Refusal(400, _SET_UP, f"The return URL is no http or https URL. {_REPORT}"),
}

_NOT_YOURS = gettext_noop("Choosing what a course shows is for the people who teach it. Nothing was changed.")
_CHOOSE_AGAIN = gettext_noop(
    "This page was open for too long. Close it and choose the content again; nothing was changed."
)

_DEEP_LINKING = {
    "deep_linking_settings_missing": Refusal(400, _SET_UP, f"The message has no `deep_linking_settings`. {_REPORT}"),
    "deep_linking_settings_malformed": Refusal(
        400, _SET_UP, f"`deep_linking_settings` has another shape; see the detail. {_REPORT}"
    ),
    "deep_linking_return_url_malformed": Refusal(
        400, _SET_UP, f"`deep_link_return_url` is no http or https address. {_REPORT}"
    ),
    "deep_linking_type_not_accepted": Refusal(
        400, _SET_UP, "This place takes no `ltiResourceLink`. Add an external tool or LTI link, not a file or text."
    ),
    "deep_linking_not_for_learners": Refusal(
        403, _NOT_YOURS, "Somebody chose content who does not teach there. Look at their role in the course."
    ),
    "selection_expired": Refusal(401, _CHOOSE_AGAIN, "The choice took over an hour. Nothing to do."),
    "selection_foreign": Refusal(
        401,
        _CHOOSE_AGAIN,
        "The token is not ours: the session key was changed, several servers have different ones, or forgery.",
    ),
    "selection_malformed": Refusal(
        401, _CHOOSE_AGAIN, "The token cannot be read: cut off by a proxy, of another version, or forgery."
    ),
}

_VISIT = {
    "visit_expired": Refusal(401, _AGAIN, "The page was open for too long. Nothing to do."),
    "visit_foreign": Refusal(
        401,
        _AGAIN,
        "The token is not ours: the session key was changed, several servers have different ones, or forgery.",
    ),
    "visit_malformed": Refusal(
        401, _AGAIN, "The token cannot be read: cut off by a proxy, of another version, or forgery."
    ),
    "visit_platform_disabled": Refusal(
        403, _SWITCHED_OFF, "The platform was disabled or removed while the page was open. See `onward platform list`."
    ),
    "visit_deployment_disabled": Refusal(
        403,
        _SWITCHED_OFF,
        "The deployment was refused while the page was open. Admit it with `onward platform change NAME --approve ID`.",
    ),
}

REFUSALS: Mapping[str, Refusal] = MappingProxyType(
    _LOGIN | _ANSWER | _TOKEN | _ENVELOPE | _MESSAGE | _DEEP_LINKING | _VISIT
)
"""Every code that LaunchRefused and VisitRefused can carry."""
