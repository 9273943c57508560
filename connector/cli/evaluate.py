"""``onward evaluate``: how good the recommendations are, on this site's past or on files."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from connector.cli.base import Ticker, as_json, quiet_log, say, the_site
from connector.errors import BadInput

if TYPE_CHECKING:
    from connector.evaluate.files import Read
    from connector.evaluate.measure import Comparison

PROTOCOLS = ("last-out", "time-split", "prequential")
FILE = click.Path(dir_okay=False, path_type=Path)
EVERY = 1_000


@click.command()
@click.option("--interactions", type=FILE, help="CSV: learner,item,timestamp[,signal,value]. This site if left out.")
@click.option("--items", type=FILE, help="CSV: item,title[,summary,language,topics].")
@click.option("--simulated", is_flag=True, help="Measure on a simulated site instead.")
@click.option(
    "--protocol", "protocols", type=click.Choice(PROTOCOLS), multiple=True, help="Repeatable; all if left out."
)
@click.option("--engine", "engines", multiple=True, metavar="NAME", help="Which of ours; the served one if left out.")
@click.option("--baseline", "baselines", multiple=True, metavar="NAME", help="Repeatable; all if left out.")
@click.option("--shuffle", is_flag=True, help="Deal the items out anew first: then nothing may beat popular.")
@click.option("--tune", is_flag=True, help="Find out the baselines' settings first, on what they learn from.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything by chance.")
@as_json
def evaluate(
    interactions: Path | None,
    items: Path | None,
    *,
    simulated: bool,
    protocols: Sequence[str],
    engines: Sequence[str],
    baselines: Sequence[str],
    shuffle: bool,
    tune: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Measure the recommendations on the past, beside simple methods and known libraries."""
    quiet_log()
    data = _data(interactions, items, simulated=simulated, seed=seed)
    log = _shuffled(data, seed) if shuffle else data.log
    done = [
        _compared(data, log, protocol, engines=engines, baselines=baselines, tune=tune, seed=seed)
        for protocol in protocols or PROTOCOLS
    ]
    from connector.evaluate.report import plain  # noqa: PLC0415 - numeric libraries

    told = {
        "seed": seed,
        "shuffled": shuffle,
        "tuned": tune,
        "unusable": {bad.file: {"count": bad.count, "first": bad.first} for bad in data.unusable},
        "protocols": [plain(one) for one in done],
    }
    say(told, as_json=as_json, lines=_lines(data, done, told))


def _data(interactions: Path | None, items: Path | None, *, simulated: bool, seed: int) -> "Read":
    """Return what is measured on: files, a simulated site, or this one."""
    from connector.evaluate import files, site  # noqa: PLC0415 - numeric libraries
    from connector.evaluate import simulated as simulator  # noqa: PLC0415 - numeric libraries

    if simulated and (interactions or items):
        raise BadInput("A simulated site needs no files: leave out --simulated, or the files.")
    if simulated:
        return simulator.simulated(seed=seed)
    if interactions:
        return files.read(interactions, items)
    if items:
        raise BadInput("Items alone are nothing to measure on: give --interactions too.")
    _, opened = the_site()
    return site.read_site(opened.tenant, opened.readers)


def _shuffled(data: "Read", seed: int) -> Any:
    from connector.evaluate.log import shuffled  # noqa: PLC0415 - numeric libraries

    return shuffled(data.log, seed)


def _compared(
    data: "Read", log: Any, protocol: str, *, engines: Sequence[str], baselines: Sequence[str], tune: bool, seed: int
) -> "Comparison":
    from connector.evaluate.measure import compared  # noqa: PLC0415 - numeric libraries
    from connector.evaluate.methods import BASELINES, TUNED, chosen  # noqa: PLC0415 - numeric libraries
    from connector.evaluate.protocols import planned  # noqa: PLC0415 - numeric libraries

    plan = planned(log, protocol)
    rankers, left_out = chosen(engines, baselines, plan, seed, made=TUNED if tune else BASELINES)
    ticker = Ticker(EVERY)
    try:
        done = compared(protocol, log, data.catalogue, plan, rankers, seed=seed, tell=ticker.tell)
    finally:
        ticker.end()
    done.left_out.update(left_out)
    return done


def _lines(data: "Read", done: Sequence["Comparison"], told: dict[str, Any]) -> Iterator[str]:
    from connector.evaluate.report import lines_of  # noqa: PLC0415 - numeric libraries

    for bad in data.unusable:
        if bad.count:
            yield f"{bad.count} rows of {bad.file} could not be used. The first:"
            yield from (f"  {reason}" for reason in bad.first)
    if told["shuffled"]:
        yield "Items were dealt out anew: whatever beats popular here has seen the answers."
    for one in done:
        yield ""
        yield from lines_of(one)
