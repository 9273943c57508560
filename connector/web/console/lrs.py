"""The step "LRS": connect one, ask it at once, and say what it showed or which field is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from connector.administer import sources as use
from connector.administer.asking import AuthKind, SourceOptions
from connector.administer.connecting import AUTO, Connected, SourceFieldWrong, connect, lrs_seen
from connector.administer.site import OpenSite
from connector.administer.sources import NewSource, Open
from connector.clock import Clock
from connector.errors import UnknownName
from connector.store.sources import SourceRecord
from connector.web.console.lrs_views import lrs_view
from connector.web.console.steps import Asked, Shown, Stage, Standing, Went, Wrong
from lrs_adapters.base import LRSError

TEST = "test"
TEMPLATE = "console_lrs.html"


@dataclass(frozen=True, slots=True)
class LrsStep:
    """Connects LRSs.

    Parameters
    ----------
    open_source : callable
        Opens a Source with the patience of somebody who waits.
    check_url : callable
        Refuses an address that may not be asked.
    """

    site: OpenSite
    clock: Clock
    open_source: Open
    check_url: Callable[[str], None]
    key: str = "lrs"
    title: str = "LRS"

    def standing(self) -> Standing:
        """Return whether an LRS is connected and answered."""
        return standing_of(lrs_seen(self.site.tenant, self.site.readers))

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show the LRSs with what they showed, and the form for one more."""
        if asked.page not in {"", TEST}:
            raise UnknownName("There is no such page.")
        return Shown(TEMPLATE, lrs_view(lrs_seen(self.site.tenant, self.site.readers), given))

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:
        """Connect an LRS, or ask one again."""
        if asked.page == TEST:
            return self._test(form.get("source", ""))
        missing = missing_in(form)
        if missing:
            return Wrong(missing)
        try:
            done = self._connect(new_source(form))
        except SourceFieldWrong as wrong:
            return Wrong({wrong.field: str(wrong)})
        return Went(f"{done.name} answers; it is read as {done.kind}.", told={"source": done.name, "kind": done.kind})

    def _connect(self, new: NewSource) -> Connected:
        site = self.site
        return connect(
            new, site.tenant, site.sessions, site.seal, self.open_source, self.check_url, self.clock, site.readers
        )

    def _test(self, name: str) -> Went | Wrong:
        site = self.site
        try:
            use.test(name, site.tenant, site.readers, site.sessions, self.open_source, self.clock)
        except LRSError as error:
            return Wrong({"": f"{name}: {error}"})
        return Went(f"{name} answers.", told={"tested": name})


def standing_of(known: list[SourceRecord]) -> Standing:
    """Return whether there is an LRS that answered."""
    active = [one for one in known if one.active]
    if not active:
        return Standing(Stage.CURRENT, "No LRS is connected yet.", "Say where it is and how to sign in.")
    silent = [one for one in active if one.probe is None]
    if silent and len(silent) == len(active):
        return Standing(Stage.CURRENT, f"{silent[0].name} was never asked.", "Ask it now.")
    return Standing(Stage.DONE, f"Connected: {', '.join(one.name for one in active)}.")


def missing_in(form: Mapping[str, str]) -> dict[str, str]:
    """Return a sentence for each field that has to be filled for this way to sign in."""
    auth = form.get("auth", AuthKind.BASIC.value)
    needed = {
        "name": "The LRS needs a name here, such as lrs.",
        "url": "The xAPI endpoint is missing, such as https://lrs.example.edu/data/xAPI.",
    }
    if auth not in {one.value for one in AuthKind}:
        return {"auth": "Choose how to sign in."}
    if auth != AuthKind.NONE:
        needed |= {
            "key": _KEYS[AuthKind(auth)],
            "secret": "The secret is missing; it is never shown again, so type it.",
        }
    if auth == AuthKind.OAUTH2:
        needed |= {"token_url": "OAuth 2 needs the address that gives tokens."}
    return {name: sentence for name, sentence in needed.items() if not form.get(name, "").strip()}


_KEYS = {
    AuthKind.BASIC: "HTTP Basic needs a key (a user).",
    AuthKind.HEADER: "The header needs its name, such as x-api-key.",
    AuthKind.OAUTH2: "OAuth 2 needs a client id.",
}


def new_source(form: Mapping[str, str]) -> NewSource:
    """Return what a form says of an LRS; without credentials whatever stands in their fields is left out."""
    auth = form.get("auth", AuthKind.BASIC.value)
    signs_in = auth != AuthKind.NONE
    oauth = auth == AuthKind.OAUTH2
    return NewSource(
        name=form.get("name", "").strip(),
        kind=form.get("kind", AUTO),
        url=form.get("url", "").strip(),
        key=form.get("key", "").strip() if signs_in else "",
        secret=form.get("secret", "") if signs_in else "",
        auth_kind=auth,
        options=SourceOptions(
            token_url=form.get("token_url", "").strip() if oauth else "",
            scope=form.get("scope", "").strip() if oauth else "",
            audience=form.get("audience", "").strip() if oauth else "",
        ),
    )
