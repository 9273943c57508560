"""Feedback: what was shown, what was seen, what people did. More data for the next training, and their switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Audience, ItemId, Slate, Visit
from connector.store import events, learners


@dataclass(frozen=True, slots=True)
class Feedback:
    """Keeps what happened on pages."""

    sessions: sessionmaker[Session]
    clock: Clock

    def shown(self, visit: Visit, page: UUID, slate: Slate, items: Sequence[ItemId]) -> None:
        """Keep the Slate record of a page that a learner got; previews leave none.

        ``items`` are those of its Cards in page order, ``page`` is the number that Impressions will name.
        """
        if visit.audience is not Audience.LEARNER:
            return
        with self.sessions.begin() as session:
            events.keep_slate(
                session,
                visit.tenant,
                slate=page,
                learner=visit.learner,
                model_version=slate.model_version,
                platform=visit.platform,
                placement=visit.placement,
                state=slate.state.value,
                items=items,
                now=self.clock(),
            )

    def seen(self, visit: Visit, slate: UUID, positions: Sequence[int]) -> bool:
        """Note Impressions by their positions on the page; False when that page was not shown to this Learner."""
        with self.sessions.begin() as session:
            return events.mark_seen(session, visit.tenant, slate, visit.learner, positions)

    def clicked(self, visit: Visit, slate: UUID, item: ItemId, position: int) -> bool:
        """Note a Click; False when that Item did not stand there on a page shown to this Learner."""
        with self.sessions.begin() as session:
            if events.shown_at(session, visit.tenant, slate, visit.learner, position) != item:
                return False
            events.add(session, visit.tenant, "click", slate=slate, learner=visit.learner, item=item, now=self.clock())
        return True

    def switch_personal_rows(self, visit: Visit, *, on: bool) -> bool:
        """Keep the Learner's switch; works at the next request. False when nobody is there to keep it for."""
        if visit.learner is None or visit.audience is not Audience.LEARNER:
            return False
        with self.sessions.begin() as session:
            if learners.record(session, visit.tenant, visit.learner) is None:
                return False
            learners.set_personal_rows(session, visit.tenant, visit.learner, on=on)
            kind = "personal_rows_on" if on else "personal_rows_off"
            events.add(session, visit.tenant, kind, slate=None, learner=visit.learner, item=None, now=self.clock())
        return True
