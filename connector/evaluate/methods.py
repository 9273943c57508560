"""Which methods are measured: ours first, then the baselines that were asked for."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from connector.errors import BadInput
from connector.evaluate.baselines import OWN
from connector.evaluate.engines import Together
from connector.evaluate.libraries import FOREIGN, MISSING, is_installed
from connector.evaluate.onward import Onward
from connector.evaluate.protocols import Plan
from connector.evaluate.ranker import Ranker
from connector.evaluate.tuned import GRIDS, Tuned

SLIM_SITTINGS = 5
"""A plan that learns more often leaves SLIM out: it takes too long."""

Make = Callable[[int], Ranker]

ENGINES: Mapping[str, Callable[[], Ranker]] = {"onward": Onward, "together": Together}
"""What makes ours, the served one first."""
BASELINES: Mapping[str, Make] = {**OWN, **FOREIGN}
"""What makes each baseline of a seed, with the settings that its library ships."""
TUNED: Mapping[str, Make] = {**BASELINES, **{name: partial(Tuned, name, grid) for name, grid in GRIDS.items()}}
"""The same, tuned where there is something to tune."""
DEFAULT = tuple(name for name in BASELINES if name != "ease-500")


def chosen(
    engines: Sequence[str], baselines: Sequence[str], plan: Plan, seed: int, *, made: Mapping[str, Make] = BASELINES
) -> tuple[list[Ranker], dict[str, str]]:
    """Return the methods to measure, and why others are left out.

    Parameters
    ----------
    engines, baselines : sequence of str
        Names in `ENGINES` and `BASELINES`; none means the served engine, and all of `DEFAULT`.
    made : mapping of str to callable, optional
        What makes each baseline: `BASELINES` with the settings that libraries ship, `TUNED` with settings found out.

    Raises
    ------
    BadInput
        Where there is no method of a name.
    """
    _check("engine", engines, ENGINES)
    _check("baseline", baselines, BASELINES)
    left_out = {name: why for name in baselines or DEFAULT if (why := _why_not(name, plan))}
    names = [name for name in dict.fromkeys(baselines or DEFAULT) if name not in left_out]
    ours = [ENGINES[name]() for name in engines or tuple(ENGINES)[:1]]
    return [*ours, *(made[name](seed) for name in names)], left_out


def _check(kind: str, names: Sequence[str], known: Mapping[str, object]) -> None:
    for name in names:
        if name not in known:
            raise BadInput(f"There is no {kind} {name}: choose among {', '.join(known)}.")


def _why_not(name: str, plan: Plan) -> str:
    if name in FOREIGN and not is_installed():
        return MISSING
    if name == "slim" and len(plan) > SLIM_SITTINGS:
        return f"slim takes too long to learn {len(plan)} times: measure it under last-out or time-split"
    return ""
