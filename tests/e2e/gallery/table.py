"""The table of docs/reference/gallery.md: one line for each state, measured; what is not measured anew stays."""

from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "gallery.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"
STAMP, STAMP_END = "<!-- when -->", "<!-- /when -->"
COLUMNS = (
    "state",
    "axe",
    "performance",
    "accessibility",
    "LCP (ms)",
    "CLS",
    "TBT (ms)",
    "HTML (B, gz)",
    "CSS + JS (B, gz)",
)
UNMEASURED = "—"


@dataclass(frozen=True)
class Line:
    """One state as it was measured; ``None`` where it was not."""

    name: str
    axe: int | None
    weights: tuple[int, int]
    audit: object | None = None

    def cells(self) -> list[str]:
        audit = self.audit
        scores = [UNMEASURED] * 5
        if audit is not None:
            exact = (f"{audit.performance:.2f}", f"{audit.accessibility:.2f}", f"{audit.lcp:.0f}")
            scores = [*exact, f"{audit.cls:.3f}", f"{audit.tbt:.0f}"]
        return [
            f"[`{self.name}`](#{self.name})",
            UNMEASURED if self.axe is None else str(self.axe),
            *scores,
            *(f"{one:,}" for one in self.weights),
        ]


def known_lines(text: str) -> dict[str, list[str]]:
    """Return the cells of each line that the page has, by state."""
    between = text.partition(BEGIN)[2].partition(END)[0].splitlines()[2:]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in between if line.startswith("|")]
    return {row[0].split("`")[1]: row for row in rows}


def written(text: str, lines: list[Line], states: list[str], when: str) -> str:
    """Return the page with these lines in the place of older ones, those of states that are gone left out."""
    old = known_lines(text)
    rows = old | {line.name: _newer(line.cells(), old.get(line.name)) for line in lines}
    table = [COLUMNS, ["---"] * len(COLUMNS), *(rows[name] for name in states if name in rows)]
    drawn = "".join(f"| {' | '.join(row)} |\n" for row in table)
    pictures = "".join(
        f"\n### {name}\n\n![{name} in four frames](../images/gallery/{name}.webp)\n" for name in states if name in rows
    )
    head, _, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2].partition("## Pictures\n")[0]
    page = f"{head}{BEGIN}{drawn}{END}{tail}## Pictures\n{pictures}"
    before, _, after = page.partition(STAMP)
    return f"{before}{STAMP}{when}{STAMP_END}{after.partition(STAMP_END)[2]}"


def _newer(cells: list[str], old: list[str] | None) -> list[str]:
    """Return the cells with the old ones where nothing new was measured."""
    return [was if new == UNMEASURED else new for new, was in zip(cells, old or cells, strict=True)]
