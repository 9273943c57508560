"""What of an IRI or a title says only which run, version or language of a thing it is; the rest is the thing.

A *stem* is what is left without the mark: equal stems with different marks look like one Family. The stem of an IRI is
no address, the mark is "" where there is none.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple


class Marked(NamedTuple):
    """A stem and the mark that was taken out of it, both in lower case."""

    stem: str
    mark: str


# --- runs and versions in IRIs -----------------------------------------------------------------------------------

_SEASON: Final = "spring|summer|autumn|fall|winter|sose|wise|ws|ss|ht|vt"
_TERM: Final = rf"(?:(?:t|q|s|term|semester|trimester)\d{{1,2}}|(?:{_SEASON}))"
_YEAR: Final = r"(?:19|20)\d\d"
_END: Final = r"(?=$|[/;])"
_RUN_IN_IRI: Final = re.compile(
    rf"[-_.+:](?:{_YEAR}(?:[-_]?{_TERM})?|{_TERM}[-_]?{_YEAR}|(?:run|session|cohort)[-_]?\d{{1,2}}){_END}"
    rf"|(?<=/)(?:{_YEAR}[-_]?{_TERM}|{_TERM}[-_]?{_YEAR}){_END}",  # a year alone may be a number of something
    re.IGNORECASE,
)
_VERSION_IN_IRI: Final = re.compile(rf"[-_./+:]v(?:ersion)?[-_]?\d+(?:[._]\d+)*{_END}", re.IGNORECASE)


def without_run(iri: str) -> Marked:
    """Take a run out of the path of an IRI: ``excel-2024-T1`` leaves ``excel``."""
    return _taken_out(_RUN_IN_IRI, iri)


def without_version(iri: str) -> Marked:
    """Take a version out of the path of an IRI: ``excel/v2`` leaves ``excel``."""
    return _taken_out(_VERSION_IN_IRI, iri)


def _taken_out(mark: re.Pattern[str], iri: str) -> Marked:
    """Take the last such mark out of what comes before query and fragment."""
    path = re.split("[?#]", iri, maxsplit=1)[0]
    found = list(mark.finditer(path))
    if not found:
        return Marked(iri.lower(), "")
    start, end = found[-1].span()
    return Marked((path[:start] + iri[end:]).lower(), path[start:end].lower())


# --- languages in IRIs -------------------------------------------------------------------------------------------

_LANGUAGES: Final = frozenset(
    (
        *("af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu"),
        *("fa", "fi", "fr", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "kk", "km"),
        *("kn", "ko", "lb", "lo", "lt", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne", "nl", "nn", "no"),
        *("pa", "pl", "ps", "pt", "rm", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "th"),
        *("tl", "tr", "uk", "ur", "uz", "vi", "zh", "zu"),
    )
)
"""Languages of ISO 639-1 that courses are held in."""
_LANGUAGE_PARAMETERS: Final = frozenset({"lang", "language", "locale", "hl", "setlang", "lng"})
_TAG: Final = re.compile(r"([a-z]{2})(?:[-_][a-z]{2}|[-_][a-z]{4})?")
_SUFFIX: Final = re.compile(r"[-_.]([a-z]{2}(?:[-_][a-z]{2})?)$")


def without_language(iri: str) -> Marked:
    """Take a language out of an IRI: a segment of its path, a parameter, the first label of its host, or the end.

    ``https://a.example/de/excel``, ``https://a.example/excel?lang=de``, ``https://de.a.example/excel`` and
    ``https://a.example/excel-de`` leave ``https://a.example/excel``.
    """
    folded = iri.lower()
    return next((found for found in _language_readings(folded) if found.mark), Marked(folded, ""))


def _language_readings(iri: str) -> Iterator[Marked]:
    before, hash_mark, fragment = iri.partition("#")
    path, _, query = before.partition("?")
    tail = hash_mark + fragment
    stem, mark = _without_parameter(query)
    yield Marked(f"{path}{'?' if stem else ''}{stem}{tail}", mark)
    rest = before[len(path) :] + tail
    start, segments = _host_and_segments(path)
    for place, segment in enumerate(segments):
        if _is_language(segment):
            yield Marked("/".join([start, *segments[:place], *segments[place + 1 :]]) + rest, segment)
    label, _, domain = start.rpartition("/")[2].partition(".")
    if segments and "." in domain and _is_language(label):
        yield Marked("/".join([start.removesuffix(f"{label}.{domain}") + domain, *segments]) + rest, label)
    suffix = _SUFFIX.search(path)
    if suffix and _is_language(suffix[1]):
        yield Marked(path[: suffix.start()] + rest, suffix[1])


def _host_and_segments(path: str) -> tuple[str, list[str]]:
    scheme, separator, rest = path.partition("://")
    if not separator:
        return path, []
    host, *segments = rest.split("/")
    return f"{scheme}://{host}", segments


def _without_parameter(query: str) -> Marked:
    parameters = [one for one in query.split("&") if one]
    for place, parameter in enumerate(parameters):
        name, _, value = parameter.partition("=")
        if name in _LANGUAGE_PARAMETERS and _is_language(value):
            return Marked("&".join(parameters[:place] + parameters[place + 1 :]), value)
    return Marked(query, "")


def _is_language(text: str) -> bool:
    tag = _TAG.fullmatch(text)
    return tag is not None and tag[1] in _LANGUAGES


# --- titles ------------------------------------------------------------------------------------------------------

_SEASON_IN_TITLE: Final = (
    f"{_SEASON}|frühjahr|frühling|sommer|herbst|sommersemester|wintersemester|hiver|printemps|été|automne|"
    "primavera|verano|otoño|invierno"
)
_TERM_IN_TITLE: Final = rf"(?:(?:t|q|s|term|semester|trimester|quarter)\s?\d{{1,2}}|(?:{_SEASON_IN_TITLE}))"
_DASHES: Final = "\N{EN DASH}\N{EM DASH}-"
_YEARS: Final = rf"{_YEAR}(?:\s?[/{_DASHES}]\s?(?:{_YEAR}|\d\d))?"
_RUN: Final = (
    rf"(?:{_TERM_IN_TITLE}[\s/-]*)?{_YEARS}(?:[\s/-]*{_TERM_IN_TITLE})?|(?:run|cohort|kohorte|durchgang)\s?\d{{1,2}}"
)
_VERSION: Final = r"(?:v|ver\.|version|release|rev\.)\s?\d+(?:\.\d+)*|\d+[a-z]{2}\sed(?:ition|\.)|\d+\.\sauflage"
_RUN_IN_TITLE, _VERSION_IN_TITLE = (
    re.compile(rf"(?P<stem>.*?\w)[\s,:|/()\[\]{_DASHES}]*(?<!\w)(?P<mark>{mark})[)\]]?", re.IGNORECASE)
    for mark in (_RUN, _VERSION)
)
_CODE: Final = re.compile(
    r"[\[(]?(?P<start>[A-Z]{2,8}[ -]?\d{2,5}[A-Z]?)\b.*|.*[\[(](?P<end>[A-Z]{2,8}[ -]?\d{2,5})[\])]"
)
_SHORTEST_STEM: Final = 3


def title_without_run(title: str) -> Marked:
    """Take a run out of the end of a title: "Excel (Spring 2024)" leaves "excel"."""
    return _title_without(_RUN_IN_TITLE, title)


def title_without_version(title: str) -> Marked:
    """Take a version out of the end of a title: "Excel (Version 3)" leaves "excel"."""
    return _title_without(_VERSION_IN_TITLE, title)


def _title_without(pattern: re.Pattern[str], title: str) -> Marked:
    found = pattern.fullmatch(title.strip())
    if found is None or len(found["stem"]) < _SHORTEST_STEM:
        return Marked(title.strip().casefold(), "")
    return Marked(found["stem"].casefold(), found["mark"].casefold())


def code_in(title: str) -> str:
    """Return the course code that a title begins with or ends with in brackets ("DL101: …", "… (DL-101)"), else ""."""
    found = _CODE.fullmatch(title.strip())
    return (found["start"] or found["end"]).replace(" ", "").replace("-", "") if found else ""


# --- Open edX ----------------------------------------------------------------------------------------------------

_COURSE_KEY: Final = re.compile(
    r"(?P<place>|https?://[^/?#]+/(?:[^?#]*/)?)"
    r"course-v1(?::|%3A)(?P<course>[\w.~-]+(?:\+|%2B)[\w.~-]+?)(?:\+|%2B)(?P<run>[\w.~-]+)"
    r"(?:/(?:about|info|home|course)?)?",
    re.IGNORECASE,
)


def open_edx_course(iri: str) -> Marked | None:
    """Return the course and run of an Open edX course key (``course-v1:ORG+COURSE+RUN``), bare or as a course's page.

    The stem holds the host, so that two sites keep their courses apart. None for anything else, such as a page in it.
    """
    found = _COURSE_KEY.fullmatch(iri)
    if found is None:
        return None
    host = "/".join(found["place"].split("/")[2:3])
    course = found["course"].lower().replace("%2b", "+")
    return Marked(f"{host.lower()} {course}", found["run"].lower())
