"""Fit neighbours for top-50, side by side with libraries that people would pick: seconds and memory, S and M.

Run from the checkout: ``python -m tests.bench.bench_fit [S] [M]``. Each method gets a process of its own with the same
CSR matrix in memory, two threads, and three runs after two that warm up, the first on 50
learners; the median counts. CPU is that of all
threads: on a machine that is busy with other work it says more than the wall clock does. Memory is the peak above what
the process held before the fit. Libraries that are not installed (extra ``bench``) are left out. ``together`` is
everything: decay, damping, support, who followed, and the chance floor; ``20 tastes`` is the same where there is
structure to be found. ``all kinds`` is everything that training fits from interactions with a given choice: *together*,
*next*, *near*, and *latent* up to the size that it is tried at. The others count and take a cosine. Where both sizes
are run, the last lines say how often M's seconds and memory are those of S.
"""

import argparse
import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_array, csr_matrix

from tests.bench.generate import Shape, generated

SIZES = {"S": (10_000, 2_000), "M": (100_000, 10_000)}
RUNS = 3
THREADS = 2
TOP = 50


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("sizes", nargs="*", default=["S", "M"])
    arguments.add_argument("--one", nargs=2, metavar=("METHOD", "FILE"))
    given = arguments.parse_args()
    if given.one:
        print(json.dumps(measured(given.one[0], Path(given.one[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        tables = {size: _table(size, Path(folder)) for size in given.sizes}
    if tables.keys() == SIZES.keys():
        _print_growth(tables["S"], tables["M"])


def measured(method: str, file: Path) -> dict[str, float]:
    """Return median seconds and CPU seconds of the method, and the peak in MiB above what was held before."""
    weights, when = _loaded(file)
    METHODS[method][1](weights[:TOP], when[:TOP])  # what is imported and compiled is not counted
    before = _peak_reset()
    runs = [_timed(METHODS[method][1], weights, when) for _ in range(RUNS + 1)]
    walls, processors = zip(*runs[1:], strict=True)
    return {
        "s": statistics.median(walls),
        "CPU s": statistics.median(processors),
        "MiB": _held("VmHWM") - before,
        "first s": runs[0][0],
    }


def _timed(fit: Callable[[csr_array, csr_array], Any], weights: csr_array, when: csr_array) -> tuple[float, float]:
    begun, spent = time.perf_counter(), time.process_time()
    fit(weights, when)
    return time.perf_counter() - begun, time.process_time() - spent


def _peak_reset() -> float:
    """Make the peak begin anew where the system lets us, and return MiB held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _held("VmRSS")


def _held(name: str) -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith(name)) / 1024


def _implicit(weights: csr_array, _when: csr_array) -> None:
    from implicit.nearest_neighbours import CosineRecommender  # noqa: PLC0415 - of extra bench

    CosineRecommender(K=TOP, num_threads=THREADS).fit(csr_matrix(weights), show_progress=False)


def _sparse_dot_topn(weights: csr_array, _when: csr_array) -> None:
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415 - of extra bench

    lengths = np.sqrt(np.bincount(weights.indices, weights.data**2, minlength=weights.shape[1]))
    unit = csr_matrix((weights.data / lengths[weights.indices], weights.indices, weights.indptr), shape=weights.shape)
    sp_matmul_topn(unit.T.tocsr(), unit, TOP + 1, n_threads=THREADS)


def _together(weights: csr_array, when: csr_array) -> None:
    from connector.recommend.together import CosineNeighbours  # noqa: PLC0415 - the others' processes do without

    CosineNeighbours(TOP, threads=THREADS).fit(weights, when=when)


def _all_kinds(weights: csr_array, when: csr_array) -> None:
    from connector.recommend.kinds import NEAR_KINDS, Design, Site, fitted  # noqa: PLC0415 - the others do without
    from connector.recommend.matrix import InteractionMatrix  # noqa: PLC0415

    learners, items = (np.arange(length) for length in weights.shape)
    site = Site.of(InteractionMatrix(learners, items, weights, when), ())
    _together(weights, when)
    fitted(site, Design(TOP, latent=True), NEAR_KINDS)


METHODS: dict[str, tuple[str, Callable[[csr_array, csr_array], None]]] = {
    "implicit": ("implicit", _implicit),
    "sparse-dot-topn": ("sparse_dot_topn", _sparse_dot_topn),
    "together": ("numba", _together),
    "all kinds": ("numba", _all_kinds),
}


def _loaded(file: Path) -> tuple[csr_array, csr_array]:
    with np.load(file) as kept:
        shape, indices, starts = tuple(kept["shape"]), kept["indices"], kept["starts"]
        return tuple(csr_array((kept[name], indices, starts), shape=shape) for name in ("weights", "when"))


def _kept(shape: Shape, file: Path) -> Path:
    matrix = generated(shape, 7).matrix()
    weights, when = matrix.weights, matrix.when
    np.savez(
        file, shape=weights.shape, indices=weights.indices, starts=weights.indptr, weights=weights.data, when=when.data
    )
    return file


def _table(size: str, folder: Path) -> dict[str, dict[str, float]]:
    learners, items = SIZES[size]
    file = _kept(Shape(learners, items, 50), folder / f"{size}.npz")
    rows = {name: _run(name, file) for name, (module, _) in METHODS.items() if importlib.util.find_spec(module)}
    if size == "S":
        tastes = _kept(Shape(learners, items, 50, tastes=20, loyalty=0.5), folder / "tastes.npz")
        rows["together, 20 tastes"] = _run("together", tastes)
    print(f"\n{size}: {learners:,} learners x {items:,} items\n{'':22}{'s':>9}{'CPU s':>9}{'MiB':>9}{'first s':>9}")
    for name, row in rows.items():
        print(f"{name:22}" + "".join(f"{value:9.2f}" for value in row.values()))
    for ours, other in product(("together", "all kinds"), ("implicit", "sparse-dot-topn")):
        if other in rows:
            walls, processors = (rows[other][each] / rows[ours][each] for each in ("s", "CPU s"))
            print(f"{ours} is {walls:.2f} x as fast as {other} ({processors:.2f} x by CPU)")
    return rows


def _print_growth(small: dict[str, dict[str, float]], large: dict[str, dict[str, float]]) -> None:
    print("\nfrom S to M, ten times the interactions and fifty times the pairs of learner and item:")
    for name in [name for name in small if name in large]:
        walls, memory = (large[name][each] / small[name][each] for each in ("s", "MiB"))
        print(f"{name:22}{walls:6.1f} x the seconds, {memory:.1f} x the memory")


def _run(method: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.bench_fit", "--one", method, str(file)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


if __name__ == "__main__":
    main()
