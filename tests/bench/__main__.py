"""All figures, one after the other: ``make bench`` (a quarter of an hour; leave the machine alone meanwhile)."""

import subprocess
import sys

PARTS = ("bench_interpret", "bench_sync", "bench_train", "bench_fit", "bench_site", "bench_page")

for part in PARTS:
    print(f"\n## {part}\n", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.bench.{part}"], check=True)
