"""What the pages of the step "LMS" are given: words only, no decision."""

from collections.abc import Mapping
from dataclasses import asdict

from connector.administer.connecting import LmsState, PlatformSeen
from connector.administer.invites import Invitation
from connector.lti.by_hand import Lms, Theirs, our_values, pasted
from connector.lti.by_hand_words import LMSS
from connector.lti.dynamic import Tool
from connector.lti.products import product_called
from connector.lti.switches import MEANINGS, Switches
from connector.store.invites import InviteRecord
from widgets.console.connecting import (
    AskedView,
    InviteView,
    LinkView,
    LmsView,
    OpenInviteView,
    PasteView,
    SwitchView,
    WordsView,
)
from widgets.console.rooms import LampView

ROLES = {
    "instructor": "Instructor",
    "learner": "Learner",
    "test_user": "Learner in a test view",
    "anonymous": "somebody without a name or id",
}
"""What a launch was accepted as, by its Audience."""


def lms_view(state: LmsState, path: str) -> LmsView:
    """Return what is registered, what is open, and what there is to choose."""
    return LmsView(
        registered=tuple(_registered(one) for one in state.platforms),
        invites=tuple(OpenInviteView(one.id, _open(one)) for one in state.invites),
        choices=tuple(_choice(lms, path) for lms in LMSS),
    )


def _registered(one: PlatformSeen) -> LampView:
    record = one.record
    if not record.active:
        return LampView(record.name, "off", "Switched off.", f"`onward platform enable {record.name}` admits it.")
    if one.waiting:
        sentence = f"{len(one.waiting)} of its deployments wait for your approval: {', '.join(one.waiting)}."
        return LampView(record.name, "warning", sentence, f"`onward platform change {record.name} --approve …`")
    if record.launched_at is None:
        sentence = f"Registered: issuer {record.issuer}, client ID {record.client_id}. Nobody has launched yet."
        return LampView(record.name, "waiting", sentence, product_called(record.product).next_step)
    role = ROLES.get(record.launched_as, record.launched_as)
    return LampView(record.name, "ok", f"Launch seen as {role}, last at {record.launched_at:%Y-%m-%d %H:%M} UTC.")


def _open(invite: InviteRecord) -> str:
    called = f" ({invite.name})" if invite.name else ""
    return f"Invite {invite.id}{called}: waiting for your LMS… It is good until {invite.expires_at:%Y-%m-%d %H:%M} UTC."


def _choice(lms: Lms, path: str) -> LinkView:
    name = lms.name[:1].upper() + lms.name[1:]
    return LinkView(f"{path}/{lms.code}", name, "by one URL, or by hand" if lms.one_url else "by hand")


def words_view(lms: Lms, tool: Tool, given: Mapping[str, str]) -> WordsView:
    """Return one LMS in its own words; ``given`` is what was typed before."""
    return WordsView(
        name=lms.name,
        page=f"lms/{lms.code}",
        one_url=lms.one_url,
        switches=tuple(
            SwitchView(key, meaning.name, meaning.sentence, key in given) for key, meaning in MEANINGS.items()
        ),
        menu=lms.menu,
        paste=tuple(PasteView(one.name, value, one.copied) for one, value in pasted(lms, tool)),
        after=lms.after,
        asked=tuple(_asked(one, given) for one in lms.theirs if one.asked),
        more=tuple(_asked(one, given) for one in lms.theirs if not one.asked),
        tried=lms.tried,
        sources=lms.sources,
        read_on=lms.read_on,
        here=(given.get("invite_name", ""), given.get("name", "")),
        json_url=our_values(tool)["canvas_json"] if lms.code == "canvas" else "",
    )


def _asked(one: Theirs, given: Mapping[str, str]) -> AskedView:
    hint = one.where
    if one.derived:
        hint = f"{hint} Left empty: {one.derived}".strip()
    return AskedView(
        key=one.key,
        name=one.name,
        value=given.get(one.key, ""),
        hint=hint,
        example=one.example,
        required=one.asked and not one.optional,
    )


def invite_view(lms: Lms, made: Invitation, switches: Switches) -> InviteView:
    """Return an invite as it is shown once."""
    asks = [(MEANINGS[key].name, MEANINGS[key].sentence) for key, on in asdict(switches).items() if on]
    return InviteView(made.url, lms.one_url, f"{made.expires_at:%Y-%m-%d %H:%M} UTC", tuple(asks), lms.name)
