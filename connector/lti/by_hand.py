"""Registration by hand: which of our values goes where in an LMS, and which of theirs we need; types, and what follows.

The words of each LMS are data (``by_hand_words``); what can be wrong with what was typed is judged in
``by_hand_checks``. Nothing here asks anybody.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connector.lti.codes import gettext_noop
from connector.lti.dynamic import Tool

FIELDS = ("site", "client_id", "deployment", "issuer", "auth_url", "token_url", "jwks_url", "frame_origin")
"""The keys of what we need of an LMS, in the order in which they are asked for."""
SITE = "site"
"""As one of a field's ``hosts``: the host of the LMS's own address."""
CANVAS_JSON = "/lti/canvas.json"
_STAGE = re.compile(r"\.(beta|test)\.instructure\.com$")


@dataclass(frozen=True, slots=True)
class Ours:
    """A field of the LMS's form under its own name, and what goes into it.

    ``value`` may hold the names of ``our_values`` in braces; without braces it is what to choose or switch there.
    """

    name: str
    value: str

    @property
    def copied(self) -> bool:
        """Whether it is pasted; else it is chosen from what the form offers."""
        return "{" in self.value


@dataclass(frozen=True, slots=True)
class Theirs:
    """A value that we need of the LMS.

    Parameters
    ----------
    key : str
        One of ``FIELDS``.
    name : str
        What the LMS calls it.
    where : str
        Where it shows it; goes through gettext before it is shown.
    derived : str
        How it follows from the others, with the names of ``_known`` in braces; "" if it has to be typed.
    optional : bool
        Whether it may be left out without following from anything.
    hosts : tuple of str
        Domains of which one must be its host's, or ``SITE``; empty for anywhere.
    marks : str
        A regular expression that its values match as a whole; "" where nothing is known of their looks.
    example : str
        A value as the LMS shows it.
    """

    key: str
    name: str
    where: str = ""
    derived: str = ""
    optional: bool = False
    hosts: tuple[str, ...] = ()
    marks: str = ""
    example: str = ""

    @property
    def asked(self) -> bool:
        """Whether a person is asked for it first; else it follows, or is seldom needed."""
        return not self.derived and (not self.optional or self.key == "deployment")


@dataclass(frozen=True, slots=True)
class Lms:
    """One LMS and its words.

    Parameters
    ----------
    code : str
        What is kept of it with a Platform; ``other`` speaks the words of the specification.
    name : str
        What people call it.
    one_url : str
        Where an invite's address is pasted; "" if the LMS takes none.
    menu : str
        Where its form for a tool is.
    ours, theirs : tuple
        In the order of its forms.
    after : str
        What is done there after our side was pasted.
    pages : str
        A regular expression that paths of its own pages match from their start, which are no site's address.
    rooted : bool
        Whether it always stands at the root of its host, so that its address has no path.
    sources : tuple of str
        Where the words were read.
    read_on : str
        The day on which they were read (ISO 8601).
    tried : str
        What was tried of it, and what was not.

    All sentences go through gettext before they are shown; the names of fields do not.
    """

    code: str
    name: str
    one_url: str
    menu: str
    ours: tuple[Ours, ...]
    theirs: tuple[Theirs, ...]
    after: str
    sources: tuple[str, ...]
    tried: str
    read_on: str = "2026-11-22"
    pages: str = ""
    rooted: bool = True

    def field(self, key: str) -> Theirs | None:
        """Return what the LMS calls the value ``key``, None where it is not needed."""
        return next((one for one in self.theirs if one.key == key), None)


FRAME = Theirs(
    "frame_origin",
    "Another address of the frame",
    gettext_noop("Only if people see the page under one more address than the ones above."),
    optional=True,
    example="https://apps.lms.example.edu",
)
READ = gettext_noop("Read, not tried: the words are those of the vendor's documentation.")
UUID_SHAPE = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"


def our_values(tool: Tool) -> dict[str, str]:
    """Return what an LMS may want of us, by the names that ``Ours.value`` uses."""
    parts = urlsplit(tool.launch_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return {
        "name": tool.name,
        "description": tool.description,
        "login_url": tool.login_url,
        "launch_url": tool.launch_url,
        "jwks_url": tool.jwks_url,
        "origin": origin,
        "domain": parts.netloc,
        "canvas_json": f"{origin}{CANVAS_JSON}",
    }


def pasted(lms: Lms, tool: Tool) -> list[tuple[Ours, str]]:
    """Return the fields of the LMS's form with what goes into each, in the form's order."""
    values = our_values(tool)
    return [(one, one.value.format_map(values)) for one in lms.ours]


def completed(lms: Lms, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed, with what follows from it; "" for what neither was typed nor follows.

    The site's address is taken without its last slash; everything else is kept to the letter. Where it is not given,
    an issuer that is says it.
    """
    typed = {key: given.get(key, "").strip() for key in FIELDS}
    known = _known(typed)
    site = lms.field("site")
    if not typed["site"] and site is not None:
        known["site"] = _filled(site.derived, known) or typed["issuer"]
    known["site"] = known["site"].rstrip("/")
    followed = {one.key: _filled(one.derived, known) for one in lms.theirs if one.derived}
    return {key: typed[key] or followed.get(key, "") for key in FIELDS} | {"site": known["site"]}


def _known(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what other values can follow from: site, client id, Canvas' stage, and the parts of the keyset's URL."""
    keys, host = _split(typed["jwks_url"]), _split(typed["site"]).hostname or ""
    stage = _STAGE.search(host)
    return {
        "site": typed["site"],
        "client_id": typed["client_id"],
        "stage": f"{stage[1]}." if stage else "",
        "keys_origin": f"{keys.scheme}://{keys.netloc}" if keys.netloc else "",
        "keys_number": keys.path.rpartition("/")[2],
    }


def _split(url: str) -> "_Parts":
    try:
        parts = urlsplit(url)
        return _Parts(parts.scheme, parts.netloc, parts.path, parts.hostname)
    except ValueError:
        return _Parts("", "", "", None)


@dataclass(frozen=True, slots=True)
class _Parts:
    scheme: str
    netloc: str
    path: str
    hostname: str | None


def _filled(template: str, known: Mapping[str, str]) -> str:
    """Return ``template`` filled in, "" while something that it needs is missing (``stage`` may always be "")."""
    needed = set(re.findall(r"{(\w+)}", template)) - {"stage"}
    return template.format_map(known) if all(known[name] for name in needed) else ""
