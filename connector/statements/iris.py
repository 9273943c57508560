"""Folding of IRIs, so that the spellings of one thing become one string.

Three rules, by what a string is used for: ``fold_item`` for Activities and Items (only compared, never opened: the
link that a Learner follows is made by ``page_of``), ``fold_term`` for vocabulary (Verbs, activity types),
``fold_address`` for addresses that tell two things apart by their scheme (home pages of accounts).
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

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
    folded = fold_address(iri)
    if folded.startswith("https://"):
        folded = fold_address("http://" + folded[8:])
    for variant, home in _SAME_VOCABULARY:
        if folded.startswith(variant):
            return Iri(home + folded[len(variant) :])
    return folded


def fold_address(iri: str) -> Iri:
    """Return the one spelling of an address whose scheme counts, such as the home page of an account.

    Scheme and host become lower case, the scheme's default port and trailing slashes (without a query or fragment)
    go. ``http`` and ``https`` stay two things. IRIs of other schemes are only stripped of blanks.
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


# --- Activities and Items ----------------------------------------------------------------------------------------

_HOW_ONE_CAME: Final = frozenset(
    (
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "_ga", "_gl", "fbclid", "msclkid", "yclid"),
        *("ttclid", "twclid", "igshid", "li_fat_id", "mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi"),
        *("vero_id", "oly_anon_id", "oly_enc_id", "mtm_campaign", "mtm_source", "mtm_medium", "forceview"),
    )
)
"""Parameters, folded, that say which campaign or link brought somebody, never what the page is. ``forceview`` is
Moodle's: it stands in its links to the previous and the next activity."""
_WHO_CAME: Final = frozenset({"sesskey", "moodlesession", "phpsessid", "jsessionid", "asp.net_sessionid"})
"""Parameters, folded, that carry somebody's session: they are kept nowhere."""
_CAMPAIGN: Final = "utm_"
_SESSION_IN_PATH: Final = re.compile(r";jsessionid=[^;/]*", re.IGNORECASE)
_PORT_OF_THE_WEB: Final = re.compile(r"(:(80|443)?|\s)+$")


@lru_cache(maxsize=4096)
def fold_item(iri: str) -> Iri:
    """Return the one spelling of an Activity's or Item's IRI: its key, not a link (``page_of`` is).

    Of web addresses ``http`` becomes ``https`` and the host lower case; user names, the ports 80 and 443, trailing
    slashes of the path, an empty query and an empty fragment go, and so do parameters that say how or by whom a page
    was reached (``utm_*``, ``gclid``, ``sesskey``, …). All other parameters stay in their order: ``id=`` says which
    page it is, Moodle's ``section=`` shows a part of a course, which has a meaning of its own. A fragment stays, since
    players of one page tell their lessons apart by it. IRIs of other schemes are only stripped of blanks.
    """
    web = _web_address(iri)
    if web is None:
        return Iri(iri.strip())
    return Iri(f"https://{web.host}{web.path.rstrip('/ ')}{web.query}{web.fragment}".strip())


def page_of(iri: str) -> str:
    """Return the address of an Item as it was seen, which a browser can open; "" where ``iri`` is no web address.

    Unlike ``fold_item`` it keeps scheme, port and slashes; user names and parameters that say how or by whom the page
    was reached are gone.
    """
    web = _web_address(iri)
    if web is None or not web.host:
        return ""
    return f"{web.scheme}://{web.host}{web.port}{web.path}{web.query}{web.fragment}".strip()


class _WebAddress(NamedTuple):
    """An http(s) IRI in parts, each with its own mark ("?", "#", ":"), without what says how one came."""

    scheme: str
    host: str
    port: str
    path: str
    query: str
    fragment: str


def _web_address(iri: str) -> _WebAddress | None:
    scheme, separator, rest = iri.strip().partition("://")
    scheme = scheme.lower()
    if not separator or scheme not in _DEFAULT_PORTS:
        return None
    authority, tail = _split_authority(rest)
    host = authority.rpartition("@")[2].strip().lower()
    bare_host = _PORT_OF_THE_WEB.sub("", host)
    before, _, fragment = tail.partition("#")
    path, _, query = before.partition("?")
    return _WebAddress(
        scheme,
        bare_host,
        host[len(bare_host) :],
        _SESSION_IN_PATH.sub("", path),
        _marked("?", "&".join(filter(_says_what, query.split("&")))),
        _marked("#", fragment),
    )


def _says_what(parameter: str) -> bool:
    """Tell a parameter that says what a page is from one that says how or by whom it was reached, and from none."""
    name = parameter.partition("=")[0].strip().casefold()
    return bool(parameter.strip()) and name not in _HOW_ONE_CAME | _WHO_CAME and not name.startswith(_CAMPAIGN)


def _marked(mark: str, text: str) -> str:
    return mark + text if text else ""
