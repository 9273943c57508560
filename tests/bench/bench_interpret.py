"""Print how many Statements a second one core decodes and interprets: ``python tests/bench/bench_interpret.py [FILE]``.

FILE has one Statement a line; without it, the recorded Moodle statements of the unit tests are read over and over.
"""

import sys
import time
from pathlib import Path

from connector.statements.interpret import Interpreter

RECORDED = Path(__file__).parents[1] / "unit" / "statements" / "recorded"
WANTED = 50_000


def statements(argv: list[str]) -> list[bytes]:
    if argv:
        return [line for line in Path(argv[0]).read_bytes().splitlines() if line.strip()]
    return [path.read_bytes() for path in sorted(RECORDED.glob("*.json"))]


def main(argv: list[str]) -> None:
    some = statements(argv)
    many = (some * (WANTED // len(some) + 1))[:WANTED]
    interpreter = Interpreter(b"a key for measuring only")
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for raw in many:
            interpreter.read(raw)
        best = max(best, len(many) / (time.perf_counter() - start))
    size = sum(map(len, many)) / len(many)
    print(f"{best:,.0f} statements/s, one core, best of 3 runs of {len(many):,} ({size:,.0f} bytes each)")


if __name__ == "__main__":
    main(sys.argv[1:])
