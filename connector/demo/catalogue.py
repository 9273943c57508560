"""The demo's courses: ``catalog.csv`` with the demo LMS's address filled in."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

CATALOG = Path(__file__).with_name("catalog.csv")
PLACEHOLDER = "{LMS}"
FIRST_NUMBER = 11
CMI5_PROVIDER = "Kestrel Learning"


@dataclass(frozen=True, slots=True)
class DemoCourse:
    """One line of the catalogue.

    ``number`` is the course's number in the demo LMS (its LTI context id); ``url`` is "" for the one course that has no
    page there; ``level`` is beginner, intermediate or advanced; ``status`` is shown, hidden or blocked.
    """

    number: int
    iri: str
    url: str
    title: str
    summary: str
    language: str
    minutes: int
    level: str
    topics: tuple[str, ...]
    provider: str
    status: str

    @property
    def topic(self) -> str:
        """The first, main topic."""
        return self.topics[0]

    @property
    def is_cmi5(self) -> bool:
        """Whether its content reports by cmi5; all other courses are Moodle's own."""
        return self.provider == CMI5_PROVIDER


def demo_courses(base_url: str) -> tuple[DemoCourse, ...]:
    """Return the catalogue in file order, with IRIs and URLs under ``base_url`` (no trailing slash)."""
    lines = csv.DictReader(io.StringIO(filled_catalogue(base_url)))
    return tuple(_course(number, line) for number, line in enumerate(lines, start=FIRST_NUMBER))


def filled_catalogue(base_url: str) -> str:
    """Return ``catalog.csv`` as text for ``onward catalog import``, with ``base_url`` filled in."""
    return CATALOG.read_text(encoding="utf-8").replace(PLACEHOLDER, base_url)


def _course(number: int, line: dict[str, str]) -> DemoCourse:
    return DemoCourse(
        number=number,
        iri=line["iri"],
        url=line["url"],
        title=line["title"],
        summary=line["summary"],
        language=line["language"],
        minutes=int(line["minutes"]),
        level=line["level"],
        topics=tuple(line["topics"].split("|")),
        provider=line["provider"],
        status=line["status"],
    )
