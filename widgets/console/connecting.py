"""View models of the steps that connect: LMS, LRS, matching."""

from dataclasses import dataclass

from widgets.console.rooms import LampView


@dataclass(frozen=True, slots=True)
class LinkView:
    """A page to choose."""

    url: str
    name: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class OpenInviteView:
    """An invite that nobody has used yet: its number, and a sentence."""

    number: int
    sentence: str


@dataclass(frozen=True, slots=True)
class LmsView:
    """The LMSs that are registered, the invites that are open, and the LMSs to choose from."""

    registered: tuple[LampView, ...]
    invites: tuple[OpenInviteView, ...]
    choices: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True)
class PasteView:
    """One field of the LMS's form; what is not ``copied`` is chosen there."""

    name: str
    value: str
    copied: bool


@dataclass(frozen=True, slots=True)
class AskedView:
    """One value of the LMS that we ask for, under its own name."""

    key: str
    name: str
    value: str
    hint: str
    example: str
    required: bool


@dataclass(frozen=True, slots=True)
class SwitchView:
    """One switch about people, and its sentence for the data-protection officer."""

    key: str
    name: str
    sentence: str
    on: bool


@dataclass(frozen=True, slots=True)
class WordsView:
    """One LMS in its own words: by one URL (``one_url`` is where it is pasted, "" if it takes none), and by hand.

    ``page`` is what its forms' addresses begin with; ``here`` are the names that were typed for it, of the two forms.
    """

    name: str
    page: str
    one_url: str
    switches: tuple[SwitchView, ...]
    menu: str
    paste: tuple[PasteView, ...]
    after: str
    asked: tuple[AskedView, ...]
    more: tuple[AskedView, ...]
    tried: str
    sources: tuple[str, ...]
    read_on: str
    here: tuple[str, str] = ("", "")
    json_url: str = ""


@dataclass(frozen=True, slots=True)
class InviteView:
    """An invite's address, which is shown this once."""

    url: str
    where: str
    until: str
    asks: tuple[tuple[str, str], ...]
    lms: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """One LRS, what it showed when it was asked, and what to heed."""

    name: str
    light: str
    sentence: str
    facts: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LrsView:
    """The LRSs that are connected, and the form for one more; a secret is never in it."""

    sources: tuple[SourceView, ...]
    kinds: tuple[tuple[str, str], ...]
    ways: tuple[tuple[str, str], ...]
    given: dict[str, str]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule: what it compares, how it would do, and what can be done with it (``apply``, ``remove`` or "")."""

    rule: str
    words: str
    home_page: str
    matched: str
    trouble: str
    state: str
    act: str
    warning: str = ""


@dataclass(frozen=True, slots=True)
class SightView:
    """One Platform with one Source: the rate, what to do, the rules, and what does not match as shapes."""

    number: int
    platform: str
    source: str
    light: str
    sentence: str
    advice: tuple[str, ...]
    rules: tuple[RuleView, ...]
    shapes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class MatchView:
    """All sights, and what is known of one identifier that was typed (which is not shown again)."""

    sights: tuple[SightView, ...]
    platforms: tuple[tuple[str, str], ...]
    tried: tuple[str, ...] = ()
    missing: str = ""
