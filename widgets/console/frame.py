"""What is around every page of the console: who is signed in, where one is, what was wrong with a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from widgets.view import Theme


@dataclass(frozen=True, slots=True)
class StepLink:
    """One step in the list of steps; ``stage`` is done, current, waiting or blocked."""

    key: str
    title: str
    url: str
    stage: str
    sentence: str
    next_action: str
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of a page.

    ``who`` is the name of the account or Platform that is signed in, "" for nobody. ``room`` is "home" or "setup".
    ``home`` is the first room's address, ``base`` what forms' addresses begin with. ``errors`` has a sentence for each
    field, "" for the form as a whole. ``refresh`` is after how many seconds the page looks again (0 never) at
    ``live_url``. ``following`` is the next step, None at the last.
    """

    title: str
    language: str = "en"
    theme: Theme = Theme.AUTO
    static_url: str = "/static/"
    demo: bool = False
    token: str = ""
    who: str = ""
    room: str = ""
    home: str = "/admin"
    base: str = ""
    steps: tuple[StepLink, ...] = ()
    following: StepLink | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    refresh: int = 0
    live_url: str = ""

    @property
    def here(self) -> StepLink | None:
        """The step that is shown."""
        return next((step for step in self.steps if step.here), None)
