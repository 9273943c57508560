"""What a step of the setup room is: the contract between the frame and the contents of each step.

A step keeps nothing of its own: how it stands is derived from the data, so it can be left and resumed anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from werkzeug.datastructures import MultiDict

ORDER = ("address", "lms", "lrs", "matching", "first", "page")
"""The keys of the steps, in the order in which they are shown."""


class Stage(StrEnum):
    """How far a step is: done; to be done by the reader; waiting for somebody else; or not possible yet."""

    DONE = "done"
    CURRENT = "current"
    WAITING = "waiting"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a step stands: one plain sentence, and what to do next ("" when nothing is)."""

    stage: Stage
    sentence: str
    next_action: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How a request reached us, as it was seen before any of it was believed.

    ``scheme`` and ``host`` (with its port) are what the browser used as far as we can tell, ``peer`` is the address
    that spoke to us; the ``forwarded_*`` are the raw headers, "" where there is none.
    """

    scheme: str
    host: str
    peer: str = ""
    forwarded_for: str = ""
    forwarded_proto: str = ""
    forwarded_host: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a step, by somebody who is signed in.

    ``page`` is what follows the step's own address ("" for the step itself), ``path`` the step's own address, which
    its forms are sent to; ``account`` is the number of who asks, None for who came by a launch.
    """

    origin: str
    path: str
    page: str
    query: Mapping[str, str]
    language: str
    account: int | None
    connection: Connection


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a step: a template of ``widgets`` and its view model, which it sees as ``step``.

    ``refresh`` is after how many seconds the page looks again, 0 for never; what it looks at again are the elements
    with ``data-live`` and an id.
    """

    template: str
    view: Any
    refresh: int = 0


@dataclass(frozen=True, slots=True)
class Went:
    """What was sent was done: go to ``page`` of the step, and say ``notice`` there once.

    ``told`` is what the audit line says beside the step's key: names and numbers of the site's own things, never
    anything of a person and never a secret.
    """

    notice: str = ""
    page: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was sent cannot be used: a sentence for each field that is wrong; "" is the form as a whole."""

    errors: Mapping[str, str]


class Step(Protocol):
    """One step of the setup room."""

    @property
    def key(self) -> str:
        """One of ``ORDER``; also the last part of the step's address."""

    @property
    def title(self) -> str:
        """What the step is called, two or three words."""

    def standing(self) -> Standing:
        """Return how the step stands, from the data; cheap, and it never asks anybody outside."""

    def view(self, asked: Asked, given: Mapping[str, str], errors: Mapping[str, str]) -> Shown:
        """Return the page; after a form that was wrong, ``given`` is what was sent and ``errors`` what was wrong.

        Raises
        ------
        UnknownName
            If the step has no such page.
        """

    def submit(self, asked: Asked, form: MultiDict[str, str]) -> Went | Shown | Wrong:
        """Do what a form of the step asks for; ``Shown`` answers with a page that is not kept, such as a one-time URL.

        The form's token was checked before. A ConnectorError that is raised is shown as an error of the whole form.
        """
