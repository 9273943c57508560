"""View models of the console's own pages: sign-in, claim, home, and the steps of the frame."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LampView:
    """One thing that is well or not: ``light`` is ok, warning, error, waiting or off."""

    name: str
    light: str
    sentence: str
    next_action: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class EntryView:
    """The page for who is not signed in; ``name`` and ``code`` are what was typed, ``to`` where they wanted to go."""

    name: str = ""
    code: str = ""
    to: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class HomeView:
    """The lamps, and how many of the steps are done."""

    lamps: tuple[LampView, ...]
    steps_done: int
    steps: int


@dataclass(frozen=True, slots=True)
class AddressView:
    """What was looked at, and the server's clock for who compares it with their own."""

    lamps: tuple[LampView, ...]
    clock: str
    browser: LampView | None = None


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One LRS that is read: ``share`` is per cent, None where it cannot be known; ``line`` says it in words."""

    name: str
    light: str
    line: str
    share: int | None = None


@dataclass(frozen=True, slots=True)
class FirstView:
    """The first sync and training; ``results`` are (what became of Statements, how many, what that means)."""

    readings: tuple[ReadingView, ...]
    training: LampView | None
    worker_missing: bool
    can_ask: bool
    label: str
    results: tuple[tuple[str, str, str], ...] = ()
    more: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowSample:
    """One Row as the page would show it."""

    heading: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadyView:
    """Here is your page: what it would show to everybody now, how the parts stand, and HTML to paste in the LMS."""

    rows: tuple[RowSample, ...]
    lamps: tuple[LampView, ...]
    platform: str
    sample_url: str
    snippet: str
    missing: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A sentence and one way on."""

    sentence: str
    url: str
    link: str
    warning: str = ""
