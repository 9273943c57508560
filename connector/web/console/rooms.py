"""``/admin``: the rooms of the console. One guard before all of them; steps bring their own contents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from connector.administer.accounts import Accounts
from connector.administer.lamps import Lamps
from connector.administer.setup_audit import SetupAudit
from connector.administer.signing_in import Doorkeeper
from connector.errors import ConnectorError, UnknownName
from connector.web.console.connection import connection_of
from connector.web.console.door import PATH, Door
from connector.web.console.doors import CLAIM, ENTER, SIGN_IN, Doors
from connector.web.console.drawing import SETUP, Drawing
from connector.web.console.ready import SAMPLE_URL, lamp_view
from connector.web.console.steps import Asked, Shown, Stage, Standing, Step, Went, Wrong
from connector.web.look import Look
from lrs_adapters.base import LRSError
from widgets.console.frame import StepLink
from widgets.console.rooms import HomeView

WRONG = 422
STEP_RULES = (f"{SETUP}/<key>", f"{SETUP}/<key>/<path:page>")


@dataclass(frozen=True, slots=True)
class Console:
    """Everything that the console is made of; ``sample`` gives the page as learners see it, None without an LMS."""

    accounts: Accounts
    doorkeeper: Doorkeeper
    lamps: Lamps
    audit: SetupAudit
    steps: tuple[Step, ...]
    door: Door
    look: Look
    sample: Callable[[], Response | None]


def blueprint(console: Console) -> Blueprint:
    """Return the routes of the console."""
    routes = Blueprint("console", __name__)
    drawing = Drawing(console.door, console.look)
    doors, rooms = Doors(console.accounts, console.doorkeeper, console.door, drawing), Rooms(console, drawing)
    routes.before_request(doors.guard)
    routes.after_request(doors.finish)
    routed: tuple[tuple[str, Callable[..., BaseResponse], str], ...] = (
        ("/setup", doors.way_in, "GET"),
        (CLAIM, doors.claim_page, "GET"),
        (CLAIM, doors.claim, "POST"),
        (SIGN_IN, doors.sign_in_page, "GET"),
        (SIGN_IN, doors.sign_in, "POST"),
        (f"{PATH}/sign-out", doors.sign_out, "POST"),
        (ENTER, doors.enter, "POST"),
        (PATH, rooms.home, "GET"),
        (SAMPLE_URL, rooms.sample, "GET"),
        (SETUP, rooms.setup, "GET"),
        *((rule, rooms.step, "GET") for rule in STEP_RULES),
        *((rule, rooms.sent, "POST") for rule in STEP_RULES),
    )
    for rule, view, method in routed:
        routes.add_url_rule(rule, view.__name__, view, methods=[method])
    routes.register_error_handler(ConnectorError, drawing.failed)
    return routes


@dataclass(frozen=True, slots=True)
class Rooms:
    """What somebody sees who is signed in."""

    console: Console
    drawing: Drawing

    def home(self) -> Response:
        """Show the lamps."""
        steps = self._steps()
        done = sum(1 for one in steps if one.stage == Stage.DONE)
        view = HomeView(tuple(lamp_view(lamp) for lamp in self.console.lamps.all()), done, len(steps))
        return self.drawing.page("console_home.html", "Is everything well?", view, room="home")

    def sample(self) -> Response:
        """Show the page as everybody would see it."""
        return self.console.sample() or abort(404, "No learning platform is registered yet.")

    def setup(self) -> Response:
        """List the steps."""
        return self.drawing.page("console_setup.html", "Setup", room="setup", steps=self._steps())

    def step(self, key: str, page: str = "") -> Response:
        """Show a step."""
        step = self._step(key)
        return self._shown(step, step.view(self._asked(step, page), {}, {}))

    def sent(self, key: str, page: str = "") -> BaseResponse:
        """Do what a form of a step asks for."""
        step = self._step(key)
        asked = self._asked(step, page)
        done = self._done(step, asked)
        if isinstance(done, Wrong):
            shown = step.view(asked, self._given(), done.errors)
            return self._shown(step, shown, errors=done.errors)
        self.console.audit.changed(step.key, g.console_who, done.told if isinstance(done, Went) else {})
        if isinstance(done, Shown):
            return self._shown(step, done)
        answer = redirect(f"{asked.path}/{done.page}" if done.page else asked.path, 303)
        if done.notice:
            self.console.door.leave_notice(answer, g.console_secret, done.notice)
        return answer

    def _done(self, step: Step, asked: Asked) -> Went | Shown | Wrong:
        try:
            return step.submit(asked, request.form)
        except (ConnectorError, LRSError) as error:
            return Wrong({"": str(error)})

    def _given(self) -> Mapping[str, str]:
        return {name: value for name, value in request.form.items() if name != "csrf"}

    def _step(self, key: str) -> Step:
        found = next((one for one in self.console.steps if one.key == key), None)
        if found is None:
            raise UnknownName("There is no such step.")
        return found

    def _asked(self, step: Step, page: str) -> Asked:
        return Asked(
            origin=self.console.door.origin,
            path=f"{SETUP}/{step.key}",
            page=page,
            query=request.args.to_dict(),
            language="en",
            account=g.console_who.account,
            connection=connection_of(request),
        )

    def _shown(self, step: Step, shown: Shown, errors: Mapping[str, str] | None = None) -> Response:
        steps = self._steps(step.key)
        place = [one.key for one in steps].index(step.key)
        return self.drawing.page(
            shown.template,
            step.title,
            shown.view,
            room="setup",
            steps=steps,
            following=steps[place + 1] if place + 1 < len(steps) else None,
            errors=errors or {},
            refresh=shown.refresh,
            status=WRONG if errors else 200,
        )

    def _steps(self, here: str = "") -> tuple[StepLink, ...]:
        return tuple(_link(one, one.standing(), here) for one in self.console.steps)


def _link(step: Step, standing: Standing, here: str) -> StepLink:
    return StepLink(
        key=step.key,
        title=step.title,
        url=f"{SETUP}/{step.key}",
        stage=standing.stage.value,
        sentence=standing.sentence,
        next_action=standing.next_action,
        here=step.key == here,
    )
