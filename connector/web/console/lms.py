"""The step "LMS": by one URL or by hand in the LMS's own words, then waiting until somebody launches."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from connector.administer import by_hand, invites
from connector.administer.by_hand import Addresses, FieldsWrong
from connector.administer.connecting import LmsState, lms_state
from connector.administer.invites import NewInvite
from connector.administer.site import OpenSite
from connector.clock import Clock
from connector.errors import BadInput, UnknownName
from connector.lti.by_hand import Lms
from connector.lti.by_hand_words import LMSS, lms_called
from connector.lti.dynamic import Tool
from connector.lti.switches import MEANINGS, Switches
from connector.web.console.lms_views import invite_view, lms_view, words_view
from connector.web.console.steps import Asked, Shown, Stage, Standing, Went, Wrong

LOOKS_EVERY = 5
CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class LmsStep:
    """Registers LMSs.

    Parameters
    ----------
    tool : Tool
        Our own side, which is pasted there.
    addresses : Addresses
        Asks for the keys of an LMS that is registered by hand.
    """

    site: OpenSite
    clock: Clock
    tool: Tool
    addresses: Addresses
    key: str = "lms"
    title: str = "LMS"

    def standing(self) -> Standing:
        """Return whether somebody has launched, or what is waited for."""
        return standing_of(self._state())

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show what is registered and the LMSs to choose from, or one of them in its words."""
        if asked.page in {"", CANCEL}:
            state = self._state()
            waits = standing_of(state).stage is Stage.WAITING
            return Shown("console_lms.html", lms_view(state, asked.path), refresh=LOOKS_EVERY if waits else 0)
        return Shown("console_lms_words.html", words_view(_chosen(asked), self.tool, given))

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:
        """Make or cancel an invite, or register an LMS from what was typed of it."""
        if asked.page == CANCEL:
            return self._cancel(form.get("invite", ""))
        lms, act = _chosen(asked), asked.page.partition("/")[2]
        if act == "invite" and lms.one_url:
            return self._invite(lms, asked, form)
        if act == "by-hand":
            return self._register(lms, form)
        raise UnknownName("There is no such form.")

    def _invite(self, lms: Lms, asked: Asked, form: MultiDict[str, str]) -> Shown | Wrong:
        switches = Switches(**{name: name in form for name in MEANINGS})
        new = NewInvite(name=form.get("invite_name", ""), switches=switches)
        try:
            made = invites.invite(new, asked.origin, self.site.tenant, self.site.sessions, self.clock)
        except BadInput as error:
            return Wrong({"invite_name": str(error)})
        return Shown("console_lms_invite.html", invite_view(lms, made, switches))

    def _cancel(self, number: str) -> Went:
        if not (number.isascii() and number.isdigit() and len(number) < 19):  # noqa: PLR2004 - digits of a 64-bit number
            raise BadInput("Say which invite.")
        invites.cancel(int(number), self.site.tenant, self.site.sessions, self.clock)
        return Went(f"Invite {number} is worthless now.", told={"invite_cancelled": int(number)})

    def _register(self, lms: Lms, form: MultiDict[str, str]) -> Went | Wrong:
        given = {one.key: form.get(one.key, "") for one in lms.theirs}
        name = form.get("name", "")
        try:
            added = by_hand.add(lms, name, given, {}, self.site.tenant, self.site.sessions, self.clock, self.addresses)
        except FieldsWrong as wrong:
            return Wrong({fault.key: f"{fault.name}: {fault.said()}" for fault in wrong.faults})
        told = {"platform": added.name, "lms": lms.code}
        return Went(f"Registered as {added.name}. Its keys are at {added.filled.jwks_url}.", told=told)

    def _state(self) -> LmsState:
        return lms_state(self.site.tenant, self.site.readers, self.clock())


def _chosen(asked: Asked) -> Lms:
    """Return the LMS whose page it is; raises UnknownName."""
    code, _, act = asked.page.partition("/")
    if code not in {one.code for one in LMSS} or act not in {"", "invite", "by-hand"}:
        raise UnknownName("There is no such page.")
    return lms_called(code)


def standing_of(state: LmsState) -> Standing:
    """Return how far the registration is."""
    active = [one for one in state.platforms if one.record.active]
    if not active and state.invites:
        return Standing(Stage.WAITING, "Waiting for your LMS…", "Paste the invite's address there.")
    if not active:
        return Standing(Stage.CURRENT, "No LMS is registered yet.", "Choose yours.")
    pending = [one for one in active if one.waiting]
    if pending:
        sentence = f"A deployment of {pending[0].record.name} waits for your approval."
        return Standing(Stage.CURRENT, sentence, f"`onward platform change {pending[0].record.name} --approve …`")
    launched = [one for one in state.launched if one.active]
    if not launched:
        named = ", ".join(one.record.name for one in active)
        sentence = f"Registered: {named}. Waiting for the first launch…"
        return Standing(Stage.WAITING, sentence, "Open the tool in a course, as a teacher.")
    return Standing(Stage.DONE, f"{launched[0].name} is registered, and a launch of it was seen.")
