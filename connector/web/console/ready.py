"""The step "here is your page": what it would show to everybody, how the parts stand, and what a teacher does next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from connector.administer.lamps import Lamp, Lamps, Light
from connector.errors import BadInput, UnknownName
from connector.web.console.steps import Asked, Shown, Stage, Standing, Went, Wrong
from widgets.console.rooms import LampView, ReadyView, RowSample

TEMPLATE = "console_ready.html"
SAMPLE_URL = "/admin/sample"
MOST_TITLES = 6
SNIPPET = (
    '<iframe src="https://your.moodle/mod/lti/launch.php?id=CMID&amp;triggerview=0"'
    ' title="Learn next" width="100%" height="220" style="border:0"></iframe>'
)
"""What shows an activity's Row in a page of Moodle; docs/how-to/placements/moodle.md says more."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The Rows that everybody would see now, and the name of the LMS in which."""

    platform: str
    rows: tuple[RowSample, ...]


@dataclass(frozen=True, slots=True)
class ReadyStep:
    """The last step; done when a learner has seen a Row."""

    lamps: Lamps
    sample: Callable[[], Sample | None]
    key: str = "page"
    title: str = "Your page"

    def standing(self) -> Standing:
        """Return what is lacking until a learner sees a Row."""
        return standing_of(self.lamps.until_shown())

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:  # noqa: ARG002 - a step's signature
        """Show the Rows, the lamps, and what to do next in the LMS."""
        if asked.page:
            raise UnknownName("There is no such page.")
        sample, lamps = self.sample(), tuple(lamp_view(lamp) for lamp in self.lamps.all())
        missing = "" if sample and sample.rows else "There is no row to show yet: the lamps below say what is lacking."
        view = ReadyView(
            rows=tuple(RowSample(row.heading, row.titles[:MOST_TITLES]) for row in sample.rows) if sample else (),
            lamps=lamps,
            platform=sample.platform if sample else "",
            sample_url=SAMPLE_URL,
            snippet=SNIPPET,
            missing=missing,
        )
        return Shown(TEMPLATE, view)

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:  # noqa: ARG002 - a step's signature
        """Refuse: nothing is sent from here."""
        raise BadInput("There is nothing to send here.")


def standing_of(lamps: Mapping[str, Lamp]) -> Standing:
    """Return how far the site is from showing a Row to a learner."""
    for key in ("lms", "model"):
        if lamps[key].light is Light.ERROR:
            return Standing(Stage.BLOCKED, lamps[key].sentence, lamps[key].next_action)
    rows = lamps["rows"]
    if rows.light is Light.OK:
        return Standing(Stage.DONE, rows.sentence)
    if rows.light is Light.OFF:
        return Standing(Stage.WAITING, "No learner has seen the page in the last day.", "Place it, and open it once.")
    return Standing(Stage.CURRENT, rows.sentence, rows.next_action)


def lamp_view(lamp: Lamp) -> LampView:
    """Return a lamp as it is drawn, its next action linked to the step that it is done in."""
    url = f"/admin/setup/{lamp.step}" if lamp.step and lamp.next_action else ""
    return LampView(lamp.name, lamp.light.value, lamp.sentence, lamp.next_action, url)
