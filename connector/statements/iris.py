"""Folding of IRIs, so that the spellings of one thing become one string.

Vocabulary (Verbs, activity types) and Activities are folded by different rules: a Verb is only ever compared, but an
Activity's IRI may become the link that a Learner follows.
"""

from functools import lru_cache
from typing import Final

from connector.domain import Iri

LONGEST_IRI: Final = 2000
"""Bytes in UTF-8; a PostgreSQL index entry holds no more than about 2,700."""

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_SAME_VOCABULARY: Final = (
    ("http://www.adlnet.gov/", "http://adlnet.gov/"),
    ("http://w3id.org/xapi/adl/verbs/", "http://adlnet.gov/expapi/verbs/"),
    ("http://activitystrea.ms/schema/1.0/", "http://activitystrea.ms/"),
)


@lru_cache(maxsize=4096)
def fold_term(iri: str) -> Iri:
    """Return the one spelling of a Verb or activity type.

    ``https`` becomes ``http``, the host lower case, a trailing slash goes, and vocabularies that moved get one home:
    ``activitystrea.ms/schema/1.0/X`` is ``activitystrea.ms/X``, ``w3id.org/xapi/adl/verbs/X`` is
    ``adlnet.gov/expapi/verbs/X``. The result is for comparison and is seldom an address that answers.
    """
    folded = fold_activity(iri)
    if folded.startswith("https://"):
        folded = fold_activity("http://" + folded[8:])
    for variant, home in _SAME_VOCABULARY:
        if folded.startswith(variant):
            return Iri(home + folded[len(variant) :])
    return folded


def fold_activity(iri: str) -> Iri:
    """Return the one spelling of an Activity's IRI.

    Scheme and host become lower case, the scheme's default port and trailing slashes (without a query or fragment)
    go. ``http`` and ``https`` stay two things, since the IRI may become a start link and must keep working; to see them
    as one Item is for a Family. IRIs of other schemes are only stripped of blanks.
    """
    iri = iri.strip()
    scheme, separator, rest = iri.partition("://")
    port = _DEFAULT_PORTS.get(scheme.lower())
    if not separator or port is None:
        return Iri(iri)
    authority, tail = _split_authority(rest)
    user, at, host = authority.rpartition("@")
    return Iri(f"{scheme.lower()}://{user}{at}{host.lower().removesuffix(port)}{_without_slashes(tail)}")


def _split_authority(rest: str) -> tuple[str, str]:
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    return rest[:end], rest[end:]


def _without_slashes(tail: str) -> str:
    return tail if "?" in tail or "#" in tail else tail.rstrip("/")


def is_usable(iri: str) -> bool:
    """Say whether ``iri`` has a scheme, no control characters, and a length that an index can hold."""
    return ":" in iri and iri.isprintable() and len(iri.encode()) <= LONGEST_IRI
