"""Measure every state of the page and write docs/reference/gallery.md: ``make gallery``.

``python -m tests.e2e.gallery [--without-lighthouse | --only-lighthouse] [STATE …]`` measures some of it; what is not
measured stays as it was.
"""

import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from connector.web.gallery import states
from tests.e2e.gallery import strips, table
from tests.e2e.gallery.audit import Audit, audits
from tests.e2e.gallery.served import serving, weights
from tests.e2e.gallery.table import PAGE, Line
from tests.e2e.gallery.walk import walk
from tests.e2e.widgets.chromium import chromium

IMAGES = PAGE.parents[1] / "images" / "gallery"
LEAST_PERFORMANCE = 0.95
MORE_RUNS = 2
WITHOUT, ONLY = "--without-lighthouse", "--only-lighthouse"


def main(*arguments: str) -> int:
    """Measure the states named, or all, and write each line once it is known; return whether anything was found."""
    chosen = [name for name in states() if not _names(arguments) or name in arguments]
    found: list[str] = []
    with serving() as address:
        if ONLY not in arguments:
            _walk_all(address, chosen, found)
        if WITHOUT not in arguments:
            _audit_all(address, chosen, found)
    print(*found, sep="\n")
    print(f"{len(chosen)} states, {len(found)} things found. Written: {PAGE.name}")
    return min(len(found), 1)


def _names(arguments: tuple[str, ...]) -> list[str]:
    return [one for one in arguments if not one.startswith("--")]


def _walk_all(address: str, names: list[str], found: list[str]) -> None:
    with chromium() as browser:
        for name in names:
            walked = walk(browser, address, name)
            found += [f"{name}: {one}" for one in walked.found]
            strips.save(walked.shots, IMAGES / f"{name}.webp")
            _write(Line(name, len(walked.found), weights(address, name)))
            print(f"{name}: {walked.looked} views, {len(walked.found)} things found", flush=True)


def _audit_all(address: str, names: list[str], found: list[str]) -> None:
    told = _best_audits([f"{address}/gallery/{name}" for name in names])
    for name in names:
        audit = told[f"{address}/gallery/{name}"]
        found += [f"{name}: Lighthouse {audit}"] if _is_low(audit) else []
        _write(Line(name, None, weights(address, name), audit))


def _write(line: Line) -> None:
    PAGE.write_text(table.written(PAGE.read_text(), [line], list(states()), _when()))


def _best_audits(urls: list[str]) -> dict[str, Audit]:
    """Measure each address; one that is low again, up to twice, as a busy machine is no fault of a page."""
    told = audits(urls)
    for _ in range(MORE_RUNS):
        low = [url for url, audit in told.items() if _is_low(audit)]
        again = audits(low) if low else {}
        told |= {url: max(told[url], audit, key=lambda one: one.performance) for url, audit in again.items()}
    return told


def _is_low(audit: Audit) -> bool:
    return audit.performance < LEAST_PERFORMANCE or audit.accessibility < 1


def _when() -> str:
    model = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), ":unknown")
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {model.partition(':')[2].strip()}, {platform.system()}"
    )


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
