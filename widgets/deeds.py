"""What people did with an Item, in words: one set of sentences for each Deed that a site goes by.

Watching is a start of something that plays; a heading says so, a sentence about several people says "started".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from widgets.view import Deed

Plural = tuple[str, str]


def gettext_noop(message: str) -> str:
    """Mark a message for translation and return it as it is."""
    return message


def ngettext_noop(one: str, many: str) -> Plural:
    """Mark a message and its plural for translation and return both as they are."""
    return one, many


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one Deed; each is a message or a message and its plural.

    ``later`` and ``too`` are about other people, ``both`` about an Anchor and this; ``of_later`` counts people under
    the Anchor's own heading; ``who_…`` name the Anchor, ``of_who_…`` count too; ``here`` to
    ``people_of_course`` are of popularity, ``lately…`` of the last 30 days.
    """

    you: str
    later: str
    both: str
    too: str
    of_later: Plural
    who_later: str
    of_who_later: Plural
    who_too: str
    of_who_too: Plural
    here: str
    in_course: str
    people: Plural
    people_of_course: Plural
    lately: Plural
    lately_in_course: Plural


COMPLETED = Sentences(
    you=gettext_noop("You completed %(title)s"),
    later=gettext_noop("Other people completed this later"),
    both=gettext_noop("Other people completed both"),
    too=gettext_noop("Other people completed this too"),
    of_later=ngettext_noop(
        "%(number)s of %(base)s person completed this later", "%(number)s of %(base)s people completed this later"
    ),
    who_later=gettext_noop("People who completed %(title)s completed this later"),
    of_who_later=ngettext_noop(
        "%(number)s of the %(base)s person who completed %(title)s completed this later",
        "%(number)s of the %(base)s people who completed %(title)s completed this later",
    ),
    who_too=gettext_noop("People who completed %(title)s completed this too"),
    of_who_too=ngettext_noop(
        "%(number)s of the %(base)s person who completed %(title)s completed this too",
        "%(number)s of the %(base)s people who completed %(title)s completed this too",
    ),
    here=gettext_noop("Completed by people here"),
    in_course=gettext_noop("Completed by people in this course"),
    people=ngettext_noop("%(number)s person completed this", "%(number)s people completed this"),
    people_of_course=ngettext_noop(
        "%(number)s person in this course completed this", "%(number)s people in this course completed this"
    ),
    lately=ngettext_noop(
        "Completed by %(number)s person here in the last 30 days",
        "Completed by %(number)s people here in the last 30 days",
    ),
    lately_in_course=ngettext_noop(
        "Completed by %(number)s person in this course in the last 30 days",
        "Completed by %(number)s people in this course in the last 30 days",
    ),
)
STARTED = Sentences(
    you=gettext_noop("You started %(title)s"),
    later=gettext_noop("Other people started this later"),
    both=gettext_noop("Other people started both"),
    too=gettext_noop("Other people started this too"),
    of_later=ngettext_noop(
        "%(number)s of %(base)s person started this later", "%(number)s of %(base)s people started this later"
    ),
    who_later=gettext_noop("People who started %(title)s started this later"),
    of_who_later=ngettext_noop(
        "%(number)s of the %(base)s person who started %(title)s started this later",
        "%(number)s of the %(base)s people who started %(title)s started this later",
    ),
    who_too=gettext_noop("People who started %(title)s started this too"),
    of_who_too=ngettext_noop(
        "%(number)s of the %(base)s person who started %(title)s started this too",
        "%(number)s of the %(base)s people who started %(title)s started this too",
    ),
    here=gettext_noop("Started by people here"),
    in_course=gettext_noop("Started by people in this course"),
    people=ngettext_noop("%(number)s person started this", "%(number)s people started this"),
    people_of_course=ngettext_noop(
        "%(number)s person in this course started this", "%(number)s people in this course started this"
    ),
    lately=ngettext_noop(
        "Started by %(number)s person here in the last 30 days",
        "Started by %(number)s people here in the last 30 days",
    ),
    lately_in_course=ngettext_noop(
        "Started by %(number)s person in this course in the last 30 days",
        "Started by %(number)s people in this course in the last 30 days",
    ),
)
ENROLLED = Sentences(
    you=gettext_noop("You enrolled in %(title)s"),
    later=gettext_noop("Other people enrolled in this later"),
    both=gettext_noop("Other people enrolled in both"),
    too=gettext_noop("Other people enrolled in this too"),
    of_later=ngettext_noop(
        "%(number)s of %(base)s person enrolled in this later", "%(number)s of %(base)s people enrolled in this later"
    ),
    who_later=gettext_noop("People who enrolled in %(title)s enrolled in this later"),
    of_who_later=ngettext_noop(
        "%(number)s of the %(base)s person who enrolled in %(title)s enrolled in this later",
        "%(number)s of the %(base)s people who enrolled in %(title)s enrolled in this later",
    ),
    who_too=gettext_noop("People who enrolled in %(title)s enrolled in this too"),
    of_who_too=ngettext_noop(
        "%(number)s of the %(base)s person who enrolled in %(title)s enrolled in this too",
        "%(number)s of the %(base)s people who enrolled in %(title)s enrolled in this too",
    ),
    here=gettext_noop("People here enrolled in this"),
    in_course=gettext_noop("People in this course enrolled in this"),
    people=ngettext_noop("%(number)s person enrolled in this", "%(number)s people enrolled in this"),
    people_of_course=ngettext_noop(
        "%(number)s person in this course enrolled in this", "%(number)s people in this course enrolled in this"
    ),
    lately=ngettext_noop(
        "%(number)s person here enrolled in the last 30 days",
        "%(number)s people here enrolled in the last 30 days",
    ),
    lately_in_course=ngettext_noop(
        "%(number)s person in this course enrolled in the last 30 days",
        "%(number)s people in this course enrolled in the last 30 days",
    ),
)
OPENED = Sentences(
    you=gettext_noop("You opened %(title)s"),
    later=gettext_noop("Other people opened this later"),
    both=gettext_noop("Other people opened both"),
    too=gettext_noop("Other people opened this too"),
    of_later=ngettext_noop(
        "%(number)s of %(base)s person opened this later", "%(number)s of %(base)s people opened this later"
    ),
    who_later=gettext_noop("People who opened %(title)s opened this later"),
    of_who_later=ngettext_noop(
        "%(number)s of the %(base)s person who opened %(title)s opened this later",
        "%(number)s of the %(base)s people who opened %(title)s opened this later",
    ),
    who_too=gettext_noop("People who opened %(title)s opened this too"),
    of_who_too=ngettext_noop(
        "%(number)s of the %(base)s person who opened %(title)s opened this too",
        "%(number)s of the %(base)s people who opened %(title)s opened this too",
    ),
    here=gettext_noop("Opened by people here"),
    in_course=gettext_noop("Opened by people in this course"),
    people=ngettext_noop("%(number)s person opened this", "%(number)s people opened this"),
    people_of_course=ngettext_noop(
        "%(number)s person in this course opened this", "%(number)s people in this course opened this"
    ),
    lately=ngettext_noop(
        "Opened by %(number)s person here in the last 30 days",
        "Opened by %(number)s people here in the last 30 days",
    ),
    lately_in_course=ngettext_noop(
        "Opened by %(number)s person in this course in the last 30 days",
        "Opened by %(number)s people in this course in the last 30 days",
    ),
)
OF_WHO_SUCCEEDED = ngettext_noop(
    "%(number)s of the %(base)s person who succeeded at %(title)s took this",
    "%(number)s of the %(base)s people who succeeded at %(title)s took this",
)
SENTENCES: Mapping[Deed, Sentences] = {
    Deed.COMPLETED: COMPLETED,
    Deed.STARTED: STARTED,
    Deed.WATCHED: STARTED,
    Deed.ENROLLED: ENROLLED,
    Deed.OPENED: OPENED,
}
BECAUSE: Mapping[Deed, str] = {
    Deed.COMPLETED: gettext_noop("Because you completed %(title)s"),
    Deed.STARTED: gettext_noop("Because you started %(title)s"),
    Deed.WATCHED: gettext_noop("Because you watched %(title)s"),
    Deed.ENROLLED: gettext_noop("Because you enrolled in %(title)s"),
    Deed.OPENED: gettext_noop("Because you opened %(title)s"),
}
"""The heading of a Row, by what this person did with its Anchor."""
