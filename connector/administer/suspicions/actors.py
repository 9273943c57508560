"""One person who completes what others did: everything, for many, or in the same second as somebody else."""

from collections.abc import Callable, Iterator

from connector.administer.suspicions.base import Desk, Suspicion, settle_command
from connector.store import completers
from connector.store.completers import Completer, Twin

WRONG_ACTOR = "wrong_actor"

# one person completes (almost) everything: enough Items, of all that anybody completed, and far above the next person
FEWEST_ITEMS = 10
SHARE_OF_ITEMS = 0.5
TIMES_THE_NEXT = 3
FEWEST_OTHERS = 5
FEW_BURSTS = 2
# one person completes the same again and again, and does next to nothing else there
FEWEST_COMPLETIONS = 20
TIMES_EACH = 5
SHARE_OF_OTHER_ACTS = 0.1
# one person completes what somebody else completes in the same second
FEWEST_SHARED = 10
SHARE_SHARED = 0.8


def wrong_actors(desk: Desk) -> Iterator[Suspicion]:
    """Yield each person who completes too much for one, in Sources that name enough others."""
    known = completers.completers(desk.session, desk.look)
    others = {source: number - 1 for source, number in completers.people(desk.session, desk.look.tenant).items()}
    crowded = {source for source, number in others.items() if number >= FEWEST_OTHERS}
    told: dict[tuple[int, int], tuple[str, int, str]] = {}
    for source in sorted(crowded):
        here = [one for one in known if one.source == source]
        for tell in (_completes_everything, _completes_for_many):
            found = tell(desk, here)
            if found is not None:
                told.setdefault((source, found[0].identity), (found[1], found[0].completions, str(found[0].sample)))
    for twin in _shadows(desk):
        if twin.source in crowded:
            told.setdefault((twin.source, twin.identity), _shadow_words(desk, twin))
    words = desk.people({identity for _, identity in told})
    for (source, identity), (seen, count, sample) in told.items():
        yield _wrong_actor(desk, source, identity, f"{words[identity]} {seen}", count, sample)


def _completes_everything(desk: Desk, here: list[Completer]) -> tuple[Completer, str] | None:
    first, next_most = _two(here, lambda one: one.items)
    if first is None or first.items < FEWEST_ITEMS or first.items < TIMES_THE_NEXT * next_most:
        return None
    if _is_a_burst(desk, first):
        return None
    every = completers.completed_items(desk.session, desk.look)[first.source]
    if first.items < SHARE_OF_ITEMS * every:
        return None
    return first, f"completed {first.items} of the {every} items that anybody completed; the next person {next_most}."


def _is_a_burst(desk: Desk, one: Completer) -> bool:
    """Say whether one or two bursts make up so much of what was completed that they are the fault, not the person."""
    own = [burst.items for burst in desk.bursts if (burst.source, burst.identity) == (one.source, one.identity)]
    return 0 < len(own) <= FEW_BURSTS and one.items - sum(own) < FEWEST_ITEMS


def _completes_for_many(desk: Desk, here: list[Completer]) -> tuple[Completer, str] | None:
    first, next_most = _two(here, lambda one: one.completions)
    if first is None or first.completions < max(FEWEST_COMPLETIONS, TIMES_EACH * first.items):
        return None
    if first.completions < TIMES_THE_NEXT * next_most:
        return None
    acts = completers.other_acts(desk.session, desk.look, first.source, first.identity)
    if acts > SHARE_OF_OTHER_ACTS * first.completions:
        return None
    return first, f"completed {first.items} items {first.completions} times and did {acts} other things there."


def _two(here: list[Completer], by: Callable[[Completer], int]) -> tuple[Completer | None, int]:
    """Return who has most, and what the next one has (0 where nobody is)."""
    ordered = sorted(here, key=by, reverse=True)
    return (ordered[0] if ordered else None), (by(ordered[1]) if len(ordered) > 1 else 0)


def _shadows(desk: Desk) -> Iterator[Twin]:
    """Yield who shares nearly all moments of completion with others, and far more of them than the next person."""
    by_source: dict[int, list[Twin]] = {}
    for twin in completers.twins(desk.session, desk.look):
        by_source.setdefault(twin.source, []).append(twin)
    for first, *rest in by_source.values():
        enough = first.shared >= max(FEWEST_SHARED, SHARE_SHARED * first.moments)
        if enough and all(first.shared >= TIMES_THE_NEXT * one.shared for one in rest):
            yield first


def _shadow_words(desk: Desk, twin: Twin) -> tuple[str, int, str]:
    sample = completers.sample_of(desk.session, desk.look, twin.source, twin.identity)
    seen = f"shares {twin.shared} of {twin.moments} completions with somebody else: the same item in the same second."
    return seen, twin.moments, str(sample)


def _wrong_actor(desk: Desk, source: int, identity: int, seen: str, count: int, sample: str) -> Suspicion:
    number = f"{WRONG_ACTOR}-{source}-{identity}"
    verbs = completers.completing_verbs(desk.session, desk.look, source, identity)
    return Suspicion(
        number,
        WRONG_ACTOR,
        source,
        seen,
        count,
        sample,
        "xAPI-vle/moodle-logstore_xapi#135: a course's completion carries the admin's e-mail address;"
        " davidpesce/moodle-mod_tincanlaunch#181: the actor of what cron sends is the admin.",
        settle_command(number),
        tuple({"source_id": source, "identity_id": identity, "verb_id": verb} for verb in verbs),
    )
