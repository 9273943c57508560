"""Train on 10,000 learners x 2,000 items x 0.5 M interactions: seconds, peak memory, and a known yardstick beside it.

Run from the checkout: ``python -m tests.bench.bench_train [--json FILE]``. The yardstick is scikit-learn's
``NearestNeighbors`` (cosine, brute force) over the same matrix in the same process: it gives neither support, order nor
a floor, so the ratio says what those cost, on any machine.
"""

import argparse
import json
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sklearn.neighbors import NearestNeighbors

from connector.recipes.packed import pack
from connector.recommend.popular import site_list
from connector.recommend.together import CosineNeighbours, lists
from tests.bench.generate import Shape, generated

SIZE = Shape(learners=10_000, items=2_000, mean=50)
TASTES = Shape(learners=10_000, items=2_000, mean=50, tastes=20, loyalty=0.5)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", type=Path)
    target = arguments.parse_args().json
    results = {"machine": _machine(), "noise": measured(SIZE, 7), "tastes": measured(TASTES, 7)}
    _print_table(results)
    if target:
        target.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


def measured(shape: Shape, seed: int) -> dict[str, float]:
    """Return seconds and MiB of each step; memory is the process's peak so far."""
    columns = generated(shape, seed)
    before = _peak()
    matrix, building = _timed(columns.matrix)
    fitted, fitting = _timed(lambda: CosineNeighbours().fit(matrix.weights, when=matrix.when))
    peak = _peak()
    packed, packing = _timed(lambda: [pack(found) for found in lists(fitted, matrix)])
    _, popular = _timed(lambda: pack(site_list(matrix)))
    _, yardstick = _timed(lambda: _nearest(matrix.weights.T.tocsr()))
    return {
        "interactions": matrix.interactions,
        "anchors with neighbours": len(packed),
        "packed MiB": round(sum(map(len, packed)) / 2**20, 2),
        "build s": building,
        "fit s": fitting,
        "pack s": packing,
        "site popularity s": popular,
        "NearestNeighbors s": yardstick,
        "fit over NearestNeighbors": round(fitting / yardstick, 2),
        "peak MiB before": before,
        "peak MiB after fit": peak,
    }


def _nearest(items: Any) -> Any:
    return NearestNeighbors(n_neighbors=51, metric="cosine", algorithm="brute").fit(items).kneighbors(items)


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.perf_counter()
    done = work()
    return done, round(time.perf_counter() - begun, 3)


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def _machine() -> str:
    return f"{platform.machine()}, Python {platform.python_version()}"


def _print_table(results: dict[str, Any]) -> None:
    print(f"{'':28}{'noise':>12}{'20 tastes':>12}   ({results['machine']})")
    for name, value in results["noise"].items():
        print(f"{name:28}{value:>12,}{results['tastes'][name]:>12,}")


if __name__ == "__main__":
    main()
