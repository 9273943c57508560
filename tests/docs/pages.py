"""Reading the documentation as the tests need it: tables, headings, links, shell commands."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def every_page() -> list[Path]:
    """The README and all of docs/."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def rows(page: str) -> list[list[str]]:
    """The cells of all table rows of a reference page, headings among them."""
    lines = (REFERENCE / page).read_text(encoding="utf-8").splitlines()
    found = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in found]


def named(page: str) -> list[list[str]]:
    """The rows whose first cell is one name in backticks, the name bare."""
    return [[row[0].strip("`"), *row[1:]] for row in rows(page) if re.fullmatch(r"`[^`]+`", row[0])]


def names(page: str) -> list[str]:
    return [row[0] for row in named(page)]


def sections(page: str) -> dict[str, str]:
    """Third-level headings in backticks, each with the text below it."""
    parts = re.split(r"^### `([^`]+)`$", (REFERENCE / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], (re.split(r"^#", text, flags=re.MULTILINE)[0] for text in parts[2::2]), strict=True))


def links(page: Path) -> Iterator[str]:
    """The targets of all links and images that are not on the web."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchors(page: Path) -> set[str]:
    """The anchors that forges make of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-") for heading in headings}


def shell_lines(page: Path) -> list[str]:
    """The commands of all sh blocks, continued lines joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.replace("\\\n", " ").splitlines() if line.strip()]


def onward_commands(page: Path) -> list[list[str]]:
    """The arguments of every ``onward …`` in a page's sh blocks, without redirections."""
    found = (re.match(r"(?:sudo -u onward |\.venv/bin/)?onward (.*)", line) for line in shell_lines(page))
    return [shlex.split(re.split(r"\s[<>|]\s", match[1])[0]) for match in found if match]
