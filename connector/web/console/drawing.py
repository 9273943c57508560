"""Pages of the console, drawn in their frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, g, request

from connector.administer.signing_in import form_token
from connector.errors import BadInput, Busy, ConnectorError, NotReady, UnknownName
from connector.web.console.door import PATH, Door
from connector.web.look import STATIC_URL, Look
from widgets.console import Frame, render_console
from widgets.console.frame import StepLink
from widgets.console.rooms import MessageView
from widgets.view import Theme

SETUP = f"{PATH}/setup"
STATUS: dict[type[ConnectorError], int] = {UnknownName: 404, Busy: 503, NotReady: 503, BadInput: 400}


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws pages for the session of the present request (``g.console_secret``, ``g.console_who``)."""

    door: Door
    look: Look

    def page(
        self,
        template: str,
        title: str,
        view: Any = None,
        *,
        room: str = "",
        steps: tuple[StepLink, ...] = (),
        following: StepLink | None = None,
        errors: Mapping[str, str] | None = None,
        refresh: int = 0,
        status: int = 200,
    ) -> Response:
        """Return a page; a browser that holds no secret yet gets one, for the forms' tokens."""
        frame = Frame(
            title=title,
            theme=Theme.AUTO,
            static_url=STATIC_URL,
            demo=self.look.demo,
            token=form_token(self._secret()),
            who=g.console_who.name if g.get("console_who") else "",
            room=room,
            home=PATH,
            base=f"{SETUP}/" if g.get("console_who") else f"{PATH}/",
            steps=steps,
            following=following,
            errors=errors or {},
            notice=self.door.notice_of(request),
            refresh=refresh,
            live_url=f"{request.path}?live=1",
        )
        answer = Response(str(render_console(template, frame, view)), status=status, mimetype="text/html")
        if frame.notice:
            self.door.notice_said(answer)
        return answer

    def message(self, title: str, sentence: str, status: int, *, url: str = PATH, link: str = "Go on") -> Response:
        """Return a page with one sentence and one way on."""
        return self.page("console_message.html", title, MessageView(sentence, url, link), status=status)

    def failed(self, error: ConnectorError) -> Response:
        """Answer an error of ours."""
        status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)
        return self.message("That did not work", str(error), status)

    def _secret(self) -> str:
        if not g.console_secret:
            g.console_secret = g.console_given = self.door.new_secret()
        return str(g.console_secret)
