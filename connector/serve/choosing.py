"""Choosing: what a teacher may choose for a new link, and the signed answer to the Platform (Deep Linking 2.0)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.orm import Session, sessionmaker

from connector.clock import Clock
from connector.domain import Audience, Deed, Item, ItemId, ItemStatus, NeighbourKind, TenantId
from connector.errors import LaunchRefused
from connector.lti.deep_linking import Link, Selection, Signer, response
from connector.lti.keys import SigningKey
from connector.lti.own_tokens import SessionKeys
from connector.lti.selection import encode_selection, open_selection
from connector.store import items, models, platforms
from connector.store.platforms import PlatformRecord

log = structlog.get_logger()
MOST_OFFERED = 50


class ChoosingKeys(SessionKeys, Protocol):
    """The keys of all Tenants, those that sign messages too."""

    def signing_key(self, tenant: TenantId) -> SigningKey:
        """Return the key that signs LTI messages of this Tenant now."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The Items that a Row can hang on, by title: at most fifty of all that fit, and how many fit.

    ``deed`` is what Rows go by.
    """

    items: tuple[Item, ...]
    fitting: int
    frame_origins: tuple[str, ...]
    deed: Deed = Deed.COMPLETED


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser has to post back, and where to."""

    return_url: str
    token: str
    frame_origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    """What stands between a deep-linking request and its answer; holds no state."""

    readers: sessionmaker[Session]
    keys: ChoosingKeys
    clock: Clock
    launch_url: str

    def write(self, selection: Selection) -> str:
        """Write what was asked as a token for the page's form."""
        return encode_selection(selection, self.keys.session_key(selection.tenant))

    def read(self, token: str) -> Selection:
        """Read what ``write`` wrote; raises LaunchRefused."""
        return open_selection(token, self.keys.find_session_key, self.clock)

    def offer(self, selection: Selection, words: str, title_of: Callable[[Item], str]) -> Offer:
        """Offer Items that the Model has Neighbours of, so that their Row can be filled.

        Parameters
        ----------
        selection : Selection
            What was asked.
        words : str
            All of these have to be in an Item's title or IRI; in any case and order.
        title_of : callable
            What an Item is called in the teacher's language.
        """
        with self.readers.begin() as session:
            platform = self._platform(session, selection)
            known, deed = self._anchors(session, selection, platform), self._deed(session, selection)
        wanted = words.casefold().split()
        found = [one for one in known if all(word in _said(one, title_of) for word in wanted)]
        found.sort(key=lambda one: (title_of(one).casefold(), one.id))
        return Offer(tuple(found[:MOST_OFFERED]), len(found), platform.frame_origins, deed)

    def deed(self, selection: Selection) -> Deed:
        """Return what the Rows of links go by."""
        with self.readers.begin() as session:
            return self._deed(session, selection)

    def item(self, selection: Selection, number: ItemId) -> Item | None:
        """Return one of the Items that can be offered; None for any other."""
        with self.readers.begin() as session:
            known = self._anchors(session, selection, self._platform(session, selection))
        return next((one for one in known if one.id == number), None)

    def answer(self, selection: Selection, link: Link | None) -> Answer:
        """Sign the answer; no link means that nothing was chosen."""
        with self.readers.begin() as session:
            platform = self._platform(session, selection)
        signer = Signer(self.keys.signing_key(selection.tenant), platform.issuer, platform.client_id, self.launch_url)
        token = response(selection, [link] if link else [], signer, self.clock())
        log.info("content_answered", platform=platform.id, links=1 if link else 0)
        return Answer(selection.settings.return_url, token, platform.frame_origins)

    def _platform(self, session: Session, selection: Selection) -> PlatformRecord:
        """Return who asked; one that was switched off meanwhile gets no answer."""
        platform = platforms.by_id(session, selection.platform)
        if platform is None or not platform.active or platform.tenant != selection.tenant:
            raise LaunchRefused("registration_disabled")
        if platforms.deployment_state(session, platform, selection.deployment) not in {None, "approved"}:
            raise LaunchRefused("deployment_disabled")
        return platform

    def _deed(self, session: Session, selection: Selection) -> Deed:
        model = models.current(session, selection.tenant)
        return model.deed if model else Deed.COMPLETED

    def _anchors(self, session: Session, selection: Selection, platform: PlatformRecord) -> list[Item]:
        """Return the Items that may be named to who teaches there, and whose Row can be filled."""
        model = models.current(session, selection.tenant)
        if model is None:
            return []
        numbers = models.anchors(session, selection.tenant, model.id, NeighbourKind.TOGETHER)
        found = items.of_numbers(session, selection.tenant, numbers).values()
        viewer = {f"role:{role.value}" for role in Audience} | {f"platform:{platform.name}"}
        viewer.add(f"course:{selection.course}")
        return [one for one in found if _may_be_named(one, viewer)]


def _may_be_named(item: Item, viewer: set[str]) -> bool:
    named = item.status is ItemStatus.SHOWN and not item.sensitive and any(text.title for text in item.texts)
    return named and (not item.audience or not viewer.isdisjoint(item.audience))


def _said(item: Item, title_of: Callable[[Item], str]) -> str:
    return f"{title_of(item)} {item.iri}".casefold()
