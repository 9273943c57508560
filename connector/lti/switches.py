"""What an invite can switch on about people, each with the sentence that a data-protection officer reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from connector.lti.codes import gettext_noop


@dataclass(frozen=True, slots=True)
class Switches:
    """What a registration may ask for about people, besides ``sub``: nothing unless switched on."""

    username: bool = False
    idnumber: bool = False
    given_name: bool = False
    roster: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a switch is called, and what is done with what it brings; both go through gettext before they are shown."""

    name: str
    sentence: str


MEANINGS: Mapping[str, Meaning] = MappingProxyType(
    {
        "username": Meaning(
            gettext_noop("User name"),
            gettext_noop(
                "The platform sends each person's user name, even where it shares no names; a keyed hash of it is "
                "kept, to find the person's learning records."
            ),
        ),
        "idnumber": Meaning(
            gettext_noop("ID number"),
            gettext_noop(
                "The platform sends each person's ID number; a keyed hash of it is kept, to find the person's "
                "learning records."
            ),
        ),
        "given_name": Meaning(
            gettext_noop("Given name"),
            gettext_noop(
                "The platform sends each person's given name, some (Moodle) the whole name; the given name is shown to "
                "the person while the page is open, none is kept."
            ),
        ),
        "roster": Meaning(
            gettext_noop("Roster"),
            gettext_noop(
                "The platform would let this tool ask who is in each course, with ids and roles, and names where it "
                "shares them. This version never asks, so it needs no roster."
            ),
        ),
    }
)
"""By the names of the switches; all are off unless the invite says otherwise."""
