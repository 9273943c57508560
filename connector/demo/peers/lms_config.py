"""What the demo LMS is told at its start: one JSON file, read once."""

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Person:
    """Somebody whom a visitor can be; ``completed`` holds course numbers."""

    user_id: str
    given_name: str
    family_name: str
    locale: str
    role: str
    summary: str
    shares_name: bool
    start_course: int
    completed: tuple[int, ...]

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def learns(self) -> bool:
        """Whether this person can complete courses; an instructor cannot."""
        return self.role == "learner"


@dataclass(frozen=True)
class Course:
    """A course with a page here; ``hidden`` courses answer 404, as for a learner of Moodle."""

    number: int
    title: str
    summary: str
    language: str
    minutes: int
    level: str
    topics: tuple[str, ...]
    provider: str
    hidden: bool


@dataclass(frozen=True)
class Tool:
    """The registered tool: where logins start and launches arrive, and the ids of its registration."""

    login_url: str
    launch_url: str
    client_id: str
    deployment_id: str

    @property
    def origin(self) -> str:
        """Scheme, host and port of the launch URL."""
        parts = urlsplit(self.launch_url)
        return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Lrs:
    """Where completions go: the endpoint without /statements, and its credential."""

    endpoint: str
    key: str
    secret: str


@dataclass(frozen=True)
class Config:
    """Everything the demo LMS knows; people and courses by their number, in the order of the file."""

    issuer: str
    port: int
    state: Path
    tool: Tool
    lrs: Lrs
    people: dict[str, Person]
    courses: dict[int, Course]


def read_config(path: Path) -> Config:
    """Read the file; unknown or missing names raise ``TypeError`` or ``KeyError``."""
    given = json.loads(path.read_text(encoding="utf-8"))
    people = [Person(**{**person, "completed": tuple(person["completed"])}) for person in given["people"]]
    courses = [Course(**{**course, "topics": tuple(course["topics"])}) for course in given["courses"]]
    return Config(
        issuer=given["issuer"],
        port=given["port"],
        state=Path(given["state"]),
        tool=Tool(**given["tool"]),
        lrs=Lrs(**given["lrs"]),
        people={person.user_id: person for person in people},
        courses={course.number: course for course in courses},
    )
