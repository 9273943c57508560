"""What the setup room does about LMS and LRS: how they stand, and an LRS that is kept only once it answers."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from connector.administer import sources as use
from connector.administer.asking import as_stored, check_credentials
from connector.administer.sources import NewSource, Open, asked, kind_of
from connector.clock import Clock
from connector.domain import SourceId, TenantId
from connector.errors import BadInput
from connector.store import invites, platforms, sources
from connector.store.invites import InviteRecord
from connector.store.platforms import PlatformRecord
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from lrs_adapters.base import LRSError, LRSRefused, Probe
from lrs_adapters.endpoints import likely_kind
from lrs_adapters.profiles import XAPI
from lrs_adapters.registry import PROFILES

CheckUrl = Callable[[str], None]
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class PlatformSeen:
    """One LMS, and its Deployments that wait for approval."""

    record: PlatformRecord
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LmsState:
    """The LMSs of a Tenant, and the invites that are open."""

    platforms: tuple[PlatformSeen, ...]
    invites: tuple[InviteRecord, ...]

    @property
    def launched(self) -> tuple[PlatformRecord, ...]:
        """Those from which somebody has launched."""
        return tuple(one.record for one in self.platforms if one.record.launched_at is not None)


def lms_state(tenant: TenantId, readers: sessionmaker[Session], now: datetime) -> LmsState:
    """Return how the LMSs stand."""
    with readers.begin() as session:
        known = platforms.all_of(session, tenant)
        seen = tuple(PlatformSeen(one, _waiting(session, one)) for one in known)
        made = [invite for invite, _ in invites.all_of(session, tenant)]
    return LmsState(seen, tuple(one for one in made if one.used_at is None and one.expires_at > now))


def _waiting(session: Session, platform: PlatformRecord) -> tuple[str, ...]:
    return tuple(name for name, state in platforms.deployments(session, platform).items() if state == "pending")


# --- an LRS ------------------------------------------------------------------------------------------------------


class SourceFieldWrong(BadInput):
    """What was said of an LRS cannot be used; ``field`` is the one to look at first: url, key, secret or token_url."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Connected:
    """An LRS that answered: as which kind it is read, and what it showed."""

    name: str
    kind: str
    probe: Probe


def connect(
    new: NewSource,
    tenant: TenantId,
    sessions: sessionmaker[Session],
    seal: Seal,
    open_source: Open,
    check_url: CheckUrl,
    clock: Clock,
    readers: sessionmaker[Session],
) -> Connected:
    """Ask an LRS what it is, and keep it with what it showed; one that does not answer leaves nothing.

    Parameters
    ----------
    new : NewSource
        Its kind may be ``auto``: then the LRS is asked.

    Raises
    ------
    SourceFieldWrong
        If its name is taken, an address may not be asked, or the LRS does not answer as one does.
    BadInput
        For the rest: credentials of which a part is missing.
    """
    if any(one.name == new.name.strip() for one in lrs_seen(tenant, readers)):
        raise SourceFieldWrong("name", f"An LRS named {new.name.strip()} is connected already: choose another name.")
    if new.kind not in {AUTO, *PROFILES}:
        raise SourceFieldWrong("kind", "There is no such kind of LRS: choose one of the list.")
    _checked("url", new.url, check_url)
    if new.options.token_url:
        _checked("token_url", new.options.token_url, check_url)
    check_credentials(new.auth_kind, new.key, new.secret, new.options)
    kind, probe = _seen(new, seal, open_source)
    number = use.add(replace(new, kind=kind), tenant, sessions, seal, clock)
    with sessions.begin() as session:
        sources.keep_probe(session, tenant, number, asdict(probe) | {"at": clock().isoformat()})
    return Connected(new.name.strip(), kind, probe)


def _seen(new: NewSource, seal: Seal, open_source: Open) -> tuple[str, Probe]:
    try:
        kind = _kind(new, seal, open_source)
        return kind, asked(_unsaved(new, kind, seal), open_source)
    except LRSError as error:
        raise SourceFieldWrong(field_of(error), str(error)) from error


def _kind(new: NewSource, seal: Seal, open_source: Open) -> str:
    if new.kind != AUTO:
        return new.kind
    return likely_kind(new.url, "") or kind_of(_unsaved(new, XAPI.kind, seal), open_source)


def _unsaved(new: NewSource, kind: str, seal: Seal) -> SourceRecord:
    """Return a Source as it would be, so that it can be asked before anything is kept."""
    return SourceRecord(
        id=SourceId(0),
        name=new.name,
        kind=kind,
        url=new.url,
        auth_key=new.key,
        sealed_secret=seal.close(new.secret.encode()) if new.secret else None,
        grain=new.grain,
        groups_count=new.groups_count,
        active=False,
        probe=None,
        last_success_at=None,
        last_error_at=None,
        last_error="",
        auth_kind=new.auth_kind,
        options=as_stored(new.options, {}),
        time_field=new.time_field,
    )


def field_of(error: LRSError) -> str:
    """Return which field of an LRS to look at first when it fails like that."""
    sentence = str(error)
    if "token endpoint" in sentence:
        return "token_url"
    if "header" in sentence and isinstance(error, LRSRefused):
        return "key"
    return "secret" if sentence.startswith(("401", "403")) else "url"


def _checked(field: str, url: str, check_url: CheckUrl) -> None:
    try:
        check_url(url)
    except BadInput as error:
        raise SourceFieldWrong(field, str(error)) from error


def products() -> list[tuple[str, str]]:
    """Return the kinds of LRS that can be chosen, each with what people call it."""
    return [(kind, profile.product) for kind, profile in PROFILES.items()]


def lrs_seen(tenant: TenantId, readers: sessionmaker[Session]) -> list[SourceRecord]:
    """Return the Sources of a Tenant."""
    with readers.begin() as session:
        return sources.all_of(session, tenant)
