"""``POST /page`` and ``POST /act``: the page of a Visit, and what people do on it. GET never takes a Visit."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NewType

import structlog
from flask import Blueprint, Response, request
from pydantic import ValidationError

from connector.clock import Clock
from connector.domain import Audience, ItemId, Visit
from connector.errors import BadInput
from connector.feedback import Feedback
from connector.lti.codes import gettext_noop
from connector.lti.own_tokens import SessionKeys
from connector.lti.visit import encode_visit, open_visit, visit_expiry
from connector.serve import Admission, Serve, ServedPage
from connector.store.unavailable import DatabaseUnavailable
from connector.web import metrics
from connector.web.look import Look
from connector.web.schemas import Acts
from connector.web.security import framed_by
from connector.web.views import TOPIC, page_view, row_of_name
from widgets import render

log = structlog.get_logger()
Html = NewType("Html", str)
LARGEST_ACT = 64 * 1024
ON_OR_OFF = gettext_noop("personal_rows must be `on` or `off`.")
TOO_MANY_ACTS = gettext_noop("The list of acts is too long.")
OTHER_SHAPE = gettext_noop("The list of acts has another shape.")


@dataclass(frozen=True, slots=True)
class Pages:
    """Draws pages of Visits; shared by the launch and by ``/page``.

    ``ticket`` gives who administers the LMS a ticket for the console, "" to everybody else.
    """

    serve: Serve
    feedback: Feedback
    keys: SessionKeys
    admission: Admission
    clock: Clock
    look: Look
    ticket: Callable[[Visit], str] = lambda _visit: ""

    def answer(self, visit: Visit, again: str = "") -> Response:
        """Return the whole page of a Visit; ``again`` is the link that opens it anew, "" if there is none."""
        return self._drawn(self.serve.page(visit), again)

    def one_row(self, visit: Visit, name: str) -> Response:
        """Return one Row in full length; the page when the name means no Row."""
        if name.startswith(TOPIC):
            return self._drawn(self.serve.topic(visit, name.removeprefix(TOPIC)))
        wanted = row_of_name(name)
        return self._drawn(self.serve.row(visit, *wanted) if wanted else self.serve.page(visit))

    def visit_of_request(self) -> Visit:
        """Return the Visit from the Bearer header, else from the form field, if it is still admitted.

        Raises
        ------
        VisitRefused
            If it is not ours, is over, or was switched off.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        given = token.strip() if scheme.casefold() == "bearer" else request.form.get("visit", "")
        visit = open_visit(given, self.keys.find_session_key, self.clock)
        self.admission.require(visit)
        return visit

    def _drawn(self, page: ServedPage, again: str = "") -> Response:
        self._remember(page)
        now = self.clock()
        visit = replace(page.visit, expires_at=visit_expiry(page.visit.launched_at, now))
        drawn = page_view(page, self.look, token=self._token(visit), now=now, in_window=stands_alone())
        html = render(replace(drawn, console_ticket=self.ticket(page.visit), again=again))
        metrics.SLATES.labels(page.slate.state.value).inc()
        log.info("slate_served", state=page.slate.state.value, rows=len(page.slate.rows), late=page.slate.late)
        return framed_by(Response(str(html), mimetype="text/html"), page.frame_origins)

    def _token(self, visit: Visit) -> str:
        return encode_visit(visit, self.keys.session_key(visit.tenant))

    def _remember(self, page: ServedPage) -> None:
        """Keep the Slate record; a page that cannot be remembered is served all the same, and counted."""
        if page.personal_rows is None:  # nobody, or somebody who was erased since the Launch
            return
        try:
            self.feedback.shown(page.visit, page.id, page.slate, page.shown())
        except DatabaseUnavailable:
            metrics.FORGOTTEN.inc()
            log.warning("slate_not_kept")


def blueprint(pages: Pages) -> Blueprint:
    """Return the routes of a page and of what people do on it."""
    routes = Blueprint("page", __name__)

    @routes.post("/page")
    def page() -> Response:
        visit = pages.visit_of_request()
        row, own = request.form.get("row", ""), request.form.get("own_rows", "")
        if own in {"on", "off"} and visit.audience is Audience.INSTRUCTOR:
            visit = replace(visit, own_rows=own == "on")
        return pages.one_row(visit, row) if row else pages.answer(visit)

    @routes.post("/act")
    def act() -> Response:
        visit = pages.visit_of_request()
        if request.is_json:
            _keep_acts(pages.feedback, visit, _acts())
            return Response(status=204)
        return _switched(pages, visit, request.form.get("personal_rows", ""))

    return routes


def stands_alone() -> bool:
    """Return whether the browser will show the answer in a window of its own (Fetch Metadata 2.1), not in a frame."""
    return request.headers.get("Sec-Fetch-Dest", "") == "document"


def _acts() -> Acts:
    body = request.get_data(cache=False)  # at most LARGEST_REQUEST; a chunked body has no length beforehand
    if len(body) > LARGEST_ACT:
        raise BadInput(TOO_MANY_ACTS)
    try:
        return Acts.model_validate_json(body)
    except ValidationError as error:
        raise BadInput(OTHER_SHAPE) from error


def _keep_acts(feedback: Feedback, visit: Visit, acts: Acts) -> None:
    if acts.impressions:
        feedback.seen(visit, acts.slate, [seen.position for seen in acts.impressions])
    for click in acts.clicks:
        feedback.clicked(visit, acts.slate, ItemId(int(click.item)), click.position)


def _switched(pages: Pages, visit: Visit, wanted: str) -> Response:
    if wanted not in {"on", "off"}:
        raise BadInput(ON_OR_OFF)
    pages.feedback.switch_personal_rows(visit, on=wanted == "on")
    return pages.answer(visit)
