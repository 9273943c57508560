"""Sources: connect an LRS, test what it does, change it, take it away."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.asking import AuthKind, SourceOptions, as_stored, check_credentials, options_in
from connector.clock import Clock
from connector.domain import SourceId, TenantId
from connector.errors import BadInput
from connector.store import sources
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from lrs_adapters.base import LRSProtocolError, Probe, StatementSource
from lrs_adapters.profiles import XAPI, XAPI_2
from lrs_adapters.registry import DUMP

GRAINS = ("course", "activity")
TIME_FIELDS = ("timestamp", "stored")

Open = Callable[[SourceRecord], StatementSource]


@dataclass(frozen=True, slots=True)
class NewSource:
    """What an operator says of an LRS.

    ``key`` is the key of Basic, the name of the header, or the client id, by ``auth_kind``.
    """

    name: str
    kind: str
    url: str
    key: str
    secret: str
    grain: str = "course"
    auth_kind: str = AuthKind.BASIC
    options: SourceOptions = field(default_factory=SourceOptions)
    groups_count: bool = False
    time_field: str = "timestamp"


def add(new: NewSource, tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock) -> SourceId:
    """Add an LRS; the secret is sealed before it is stored.

    Raises
    ------
    BadInput
        If the name is taken or empty, the grain or the field of time unknown, the credentials incomplete; or if it
        names files of this machine (see ``connector.administer.files``).
    """
    if new.kind == DUMP or new.url.lower().startswith("file:"):
        raise BadInput("Files of this machine are connected by its own command line only: `--kind dump --file PATH`.")
    check_credentials(new.auth_kind, new.key, new.secret, new.options)
    return keep(new, tenant, sessions, seal, clock)


def keep(new: NewSource, tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock) -> SourceId:
    """Write a Source whose credentials and address were checked; raises BadInput for the rest."""
    if not new.name.strip():
        raise BadInput("A source needs a name.")
    _one_of("grain", new.grain, GRAINS)
    _one_of("field of time", new.time_field, TIME_FIELDS)
    values: dict[str, Any] = {
        "name": new.name.strip(),
        "kind": new.kind,
        "url": new.url,
        "auth_kind": new.auth_kind,
        "auth_key": new.key,
        "sealed_secret": seal.close(new.secret.encode()) if new.secret else None,
        "options": as_stored(new.options, {}),
        "grain": new.grain,
        "groups_count": new.groups_count,
        "time_field": new.time_field,
    }
    with sessions.begin() as session:
        return sources.add(session, tenant, values, clock())


def _one_of(what: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise BadInput(f"The {what} must be one of: {', '.join(known)}.")


# --- changes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What an operator changes of a Source; None leaves a thing as it is."""

    url: str | None = None
    kind: str | None = None
    auth_kind: str | None = None
    key: str | None = None
    secret: str | None = None
    options: SourceOptions | None = None
    grain: str | None = None
    groups_count: bool | None = None
    time_field: str | None = None
    active: bool | None = None


def change(
    name: str, wanted: SourceChange, tenant: TenantId, sessions: sessionmaker[Session], seal: Seal
) -> tuple[str, ...]:
    """Change a Source; what was read of it stays. Return a sentence for each thing that does not follow by itself.

    Raises
    ------
    UnknownName
        If there is no such Source.
    BadInput
        If the result could not be asked, or would make files of an LRS or the other way round.
    """
    with sessions.begin() as session:
        record = sources.by_name(session, tenant, name)
        values = _changed(record, wanted, seal)
        sources.change(session, tenant, record.id, values)
    return _consequences(record, wanted, values)


def _changed(record: SourceRecord, wanted: SourceChange, seal: Seal) -> dict[str, Any]:
    """Return the columns that get a new value."""
    values = {name: value for name in _COLUMNS if (value := getattr(wanted, name)) is not None}
    _one_of("grain", values.get("grain", record.grain), GRAINS)
    _one_of("field of time", values.get("time_field", record.time_field), TIME_FIELDS)
    _stays_what_it_is(record, values)
    if wanted.options is not None:
        values["options"] = as_stored(wanted.options, record.options)
    return values | _changed_credentials(record, wanted, seal)


_COLUMNS = ("url", "kind", "auth_kind", "grain", "groups_count", "time_field", "active")
"""The fields of ``SourceChange`` that are columns as they are."""


def _stays_what_it_is(record: SourceRecord, values: dict[str, Any]) -> None:
    """Refuse to turn an LRS into files of this machine, or files into an LRS: their positions mean other things."""
    is_file = str(values.get("url", record.url)).lower().startswith("file:")
    if (values.get("kind", record.kind) == DUMP) != (record.kind == DUMP) or is_file != (record.kind == DUMP):
        raise BadInput("Files cannot become an LRS, nor an LRS files: add another source.")


def _changed_credentials(record: SourceRecord, wanted: SourceChange, seal: Seal) -> dict[str, Any]:
    if (wanted.auth_kind, wanted.key, wanted.secret, wanted.options) == (None, None, None, None):
        return {}
    kind = wanted.auth_kind or record.auth_kind
    other = kind != record.auth_kind
    key = wanted.key if wanted.key is not None else ("" if other else record.auth_key)
    secret = "" if other and wanted.secret is None and kind != AuthKind.NONE else wanted.secret
    check_credentials(kind, key, secret, wanted.options or options_in(record.options))
    values: dict[str, Any] = {"auth_key": key}
    if wanted.secret or other:
        values["sealed_secret"] = seal.close(wanted.secret.encode()) if wanted.secret else None
    return values


def _consequences(record: SourceRecord, wanted: SourceChange, values: dict[str, Any]) -> tuple[str, ...]:
    """Return what the operator has to do so that what was read before is as if it were read now."""
    again = f"read everything once more with `onward sync --source {record.name} --from-start`"
    said = []
    if values.get("grain", record.grain) != record.grain:
        said.append(f"The grain decides how statements are read, so it holds for what comes from now on: {again}.")
    before = options_in(record.options).since_field
    other_marks = wanted.options is not None and wanted.options.since_field != before
    if values.get("kind", record.kind) != record.kind or other_marks:
        said.append(f"How far the reading has come was measured in the old way: {again}.")
    return tuple(said)


# --- asking ------------------------------------------------------------------------------------------------------


def test(
    name: str,
    tenant: TenantId,
    readers: sessionmaker[Session],
    sessions: sessionmaker[Session],
    open_source: Open,
    clock: Clock,
) -> Probe:
    """Ask the LRS for what it is and one page, and keep what that showed, with its time.

    Raises
    ------
    UnknownName
        If there is no such Source.
    LRSError
        If it does not answer, refuses, or talks nonsense.
    """
    with readers.begin() as session:
        record = sources.by_name(session, tenant, name)
    probe = asked(record, open_source)
    with sessions.begin() as session:
        sources.keep_probe(session, tenant, record.id, asdict(probe) | {"at": clock().isoformat()})
    return probe


def recognise(
    name: str, tenant: TenantId, readers: sessionmaker[Session], sessions: sessionmaker[Session], open_source: Open
) -> str:
    """Ask the LRS as any is asked, and keep as which kind it showed itself; return that kind.

    Raises as ``test``; the Source then stays of the generic kind.
    """
    with readers.begin() as session:
        record = sources.by_name(session, tenant, name)
    kind = kind_of(record, open_source)
    with sessions.begin() as session:
        sources.change(session, tenant, record.id, {"kind": kind})
    return kind


def kind_of(record: SourceRecord, open_source: Open) -> str:
    """Ask an LRS as any is asked, and return as which kind it shows itself."""
    try:
        probe = asked(replace(record, kind=XAPI.kind), open_source)
    except LRSProtocolError:  # some that know 2.0 alone answer 400 to 1.0.3
        probe = asked(replace(record, kind=XAPI_2.kind), open_source)
        return probe.likely_kind or XAPI_2.kind
    only_2 = bool(probe.versions) and all(version.startswith("2.") for version in probe.versions)
    return probe.likely_kind or (XAPI_2.kind if only_2 else XAPI.kind)


def asked(record: SourceRecord, open_source: Open) -> Probe:
    """Ask an LRS for what it is and one page."""
    source = open_source(record)
    try:
        return source.probe()
    finally:
        source.close()


def remove(name: str, tenant: TenantId, sessions: sessionmaker[Session]) -> None:
    """Take a Source and its Facts away; raises UnknownName."""
    with sessions.begin() as session:
        sources.remove(session, tenant, name)
