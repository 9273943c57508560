"""The verb map of the site: what each Verb means, where that comes from, and changes to it.

A change is a row beside the Facts: it takes effect at the next request and at the next training, for the past and the
future, and nothing is asked of the LRS again.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from connector.administer.verb_file import FileLine, read_lines, written
from connector.domain import Iri, Signal, TenantId
from connector.errors import BadInput, UnknownName
from connector.statements.iris import is_usable
from connector.statements.verbs import fold_verb
from connector.store import ignored, interactions, sources, verb_map
from connector.store.interactions import Meanings
from connector.store.verb_map import EVERY_SOURCE, LONGEST_VERB

DEFAULT = "default"
"""In the place of a Signal: take back what the site says of a Verb."""


class Whence(StrEnum):
    """Where the meaning of a Verb comes from."""

    UNKNOWN = "unknown"
    SOURCE = "source"
    SITE = "site"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class VerbLine:
    """One Verb: its Statements, what they mean before any guard (None: unknown), and who says so.

    ``source`` is set where the meaning is that of one Source only; ``gone`` is how many of ``statements`` are only
    counted any more, after the retention of ignored Facts: a change does not bring those back.
    """

    verb: str
    statements: int
    gone: int
    signal: Signal | None
    whence: Whence
    source: str = ""


def listed(tenant: TenantId, readers: sessionmaker[Session], source: str | None = None) -> list[VerbLine]:
    """Return every Verb that was seen or that the site says something of: unknown ones first, then by Statements.

    Raises
    ------
    UnknownName
        If there is no Source of that name.
    """
    with readers.begin() as session:
        named = _names(session, tenant)
        wanted = None if source is None else sources.by_name(session, tenant, source).id
        site = interactions.meanings(session, tenant)
        here, gone = _counted(session, tenant)
    if wanted is not None:
        named = {wanted: named[wanted]}
    for of, verb in site.overrides:
        if of in named or of == EVERY_SOURCE:
            here.setdefault((of or wanted or EVERY_SOURCE, verb), 0)
    return sorted(_lines(site, named, here, gone), key=_unknown_then_most)


def _names(session: Session, tenant: TenantId) -> dict[int, str]:
    return {int(one.id): one.name for one in sources.all_of(session, tenant)}


def _counted(session: Session, tenant: TenantId) -> tuple[dict[tuple[int, str], int], Counter[tuple[int, str]]]:
    here = {(one.source, one.verb): one.statements for one in verb_map.seen(session, tenant)}
    gone: Counter[tuple[int, str]] = Counter()
    for one in ignored.counts(session, tenant):
        gone[one.source, one.verb] += one.statements
    return here, gone


def _lines(
    site: Meanings, named: dict[int, str], here: dict[tuple[int, str], int], gone: Counter[tuple[int, str]]
) -> list[VerbLine]:
    """Add up the Sources for which a Verb means the same by the same word."""
    found: dict[tuple[str, Signal | None, Whence, str], tuple[int, int]] = {}
    for source, verb in here.keys() | gone.keys():
        if source not in named and source != EVERY_SOURCE:
            continue
        whence = _whence(site, source, verb)
        key = (verb, site.mapped(source, verb), whence, named[source] if whence is Whence.SOURCE else "")
        before = found.get(key, (0, 0))
        left = gone[source, verb]
        found[key] = (before[0] + here.get((source, verb), 0) + left, before[1] + left)
    return [
        VerbLine(verb, statements, left, signal, whence, source)
        for (verb, signal, whence, source), (statements, left) in found.items()
    ]


def _whence(site: Meanings, source: int, verb: str) -> Whence:
    if source != EVERY_SOURCE and (source, fold_verb(verb)) in site.overrides:
        return Whence.SOURCE
    if (EVERY_SOURCE, fold_verb(verb)) in site.overrides:
        return Whence.SITE
    return Whence.UNKNOWN if site.mapped(source, verb) is None else Whence.DEFAULT


def _unknown_then_most(line: VerbLine) -> tuple[bool, int, str, str]:
    return line.whence is not Whence.UNKNOWN, -line.statements, line.verb, line.source


# --- changes -----------------------------------------------------------------------------------------------------


def set_signal(
    verb: str, signal: str, tenant: TenantId, sessions: sessionmaker[Session], source: str | None = None
) -> Iri:
    """Say what a Verb means, for one Source or for all; return the Verb as the map folds it.

    Parameters
    ----------
    signal : str
        A ``Signal``, or ``default``: what the site said is taken back.

    Raises
    ------
    BadInput
        If the Verb is no IRI, or the Signal unknown.
    UnknownName
        If there is no Source of that name.
    """
    folded, wanted = usable_verb(verb), _signal(signal)
    with sessions.begin() as session:
        of = EVERY_SOURCE if source is None else int(sources.by_name(session, tenant, source).id)
        _put(session, tenant, [(of, folded, wanted)])
    return folded


def usable_verb(verb: str) -> Iri:
    """Return a Verb as the map folds it; raises BadInput for what can be none."""
    folded = fold_verb(verb)
    if not is_usable(folded) or not folded.partition(":")[0] or len(folded) > LONGEST_VERB:
        raise BadInput(f"{verb!r} is no verb: give its IRI, of at most {LONGEST_VERB} characters.")
    return folded


def _signal(word: str) -> Signal | None:
    """Return the Signal of a word, None for ``default``."""
    word = word.strip().casefold()
    if word == DEFAULT:
        return None
    try:
        return Signal(word)
    except ValueError as error:
        known = ", ".join([*(one.value for one in Signal), DEFAULT])
        raise BadInput(f"There is no signal {word!r}. Signals: {known}.") from error


def _put(session: Session, tenant: TenantId, changes: Sequence[tuple[int, Iri, Signal | None]]) -> None:
    """Make the changes in order, so that the last word on a Verb counts."""
    last = {(source, verb): signal for source, verb, signal in changes}
    verb_map.put(session, tenant, [(*key, signal) for key, signal in last.items() if signal is not None])
    for (source, verb), signal in last.items():
        if signal is None:
            verb_map.remove(session, tenant, source, verb)


# --- files -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerbImport:
    """What an import did: lines taken, lines without a Signal passed over, and why others could not be taken."""

    taken: int
    passed_over: int
    refused: tuple[str, ...]


def export(file: Path, tenant: TenantId, readers: sessionmaker[Session]) -> int:
    """Write all that the site says of Verbs, and the unknown ones without a Signal; return how many lines.

    Raises
    ------
    BadInput
        If the file is there already, or cannot be written.
    """
    with readers.begin() as session:
        named = _names(session, tenant)
        overrides = interactions.meanings(session, tenant).overrides
    said = [
        FileLine(0, verb, signal, named.get(source, ""))
        for (source, verb), signal in sorted(overrides.items())
        if source == EVERY_SOURCE or source in named
    ]
    unknown = [line for line in listed(tenant, readers) if line.whence is Whence.UNKNOWN]
    lines = [*said, *(FileLine(0, line.verb, "", "") for line in unknown)]
    written(file, lines)
    return len(lines)


def import_map(file: Path, tenant: TenantId, sessions: sessionmaker[Session]) -> VerbImport:
    """Take the lines of a file over, as ``set_signal`` would each; Verbs that it does not name stay as they are.

    Raises
    ------
    BadInput
        If the file as a whole cannot be read.
    """
    lines, refused = read_lines(file)
    filled = [line for line in lines if line.signal]
    changes: list[tuple[int, Iri, Signal | None]] = []
    with sessions.begin() as session:
        numbers = {name: number for number, name in _names(session, tenant).items()} | {"": EVERY_SOURCE}
        for line in filled:
            try:
                changes.append((_source(line, numbers), usable_verb(line.verb), _signal(line.signal)))
            except (BadInput, UnknownName) as error:
                refused.append(f"{file.name}, entry {line.number}: {error}")
        _put(session, tenant, changes)
    return VerbImport(len(changes), len(lines) - len(filled), tuple(refused))


def _source(line: FileLine, numbers: dict[str, int]) -> int:
    if line.source not in numbers:
        raise UnknownName(f"There is no source {line.source!r}.")
    return numbers[line.source]
