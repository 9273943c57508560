"""The page as everybody would see it now: of nobody's history, made from the site's own data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Response

from connector.clock import Clock
from connector.domain import Audience, PlatformId, TenantId, Visit
from connector.lti.visit import visit_expiry
from connector.web.console.ready import Sample
from connector.web.page import Pages
from connector.web.views import page_view
from widgets.console.rooms import RowSample
from widgets.sentences import heading
from widgets.wording import wording_for


class Place(Protocol):
    """Where a sample is shown: an LMS that may launch, by its number, name and one of its Deployments."""

    @property
    def platform(self) -> PlatformId:
        """Its number."""

    @property
    def name(self) -> str:
        """What it is called here."""

    @property
    def deployment(self) -> str:
        """A Deployment that is admitted, "" for none yet."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Makes the page that somebody who teaches sees; ``place`` is None as long as no LMS is registered."""

    tenant: TenantId
    pages: Pages
    clock: Clock
    place: Callable[[], Place | None]

    def rows(self) -> Sample | None:
        """Return the Rows in words; None without an LMS."""
        place = self.place()
        if place is None:
            return None
        served = self.pages.serve.page(self._visit(place))
        drawn = page_view(served, self.pages.look, token="", now=self.clock())
        words = wording_for("en")
        rows = [
            RowSample(str(heading(row, words).striptags()), tuple(card.title for card in row.cards))
            for row in drawn.rows
        ]
        return Sample(place.name, tuple(rows))

    def page(self) -> Response | None:
        """Return the page itself; None without an LMS."""
        place = self.place()
        return self.pages.answer(self._visit(place)) if place is not None else None

    def _visit(self, place: Place) -> Visit:
        now = self.clock()
        return Visit(
            tenant=self.tenant,
            platform=place.platform,
            deployment=place.deployment,
            learner=None,
            audience=Audience.INSTRUCTOR,
            placement="",
            course=None,
            given_name="",
            locale="",
            return_url="",
            launched_at=now,
            expires_at=visit_expiry(now, now),
        )
