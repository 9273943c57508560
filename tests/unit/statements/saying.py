"""Small Statements for the tests: who said what of which Activity, as bytes."""

import json
from pathlib import Path

from connector.domain import FactDraft, Signal
from connector.statements.interpret import Interpreter, ReadStatement
from connector.statements.items import Grain
from connector.statements.verbs import DEFAULT_VERB_MAP, Ignored, signal_of

KEY = b"0123456789abcdef0123456789abcdef"
ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
ADL = "http://adlnet.gov/expapi/verbs/"
TYPES = "http://adlnet.gov/expapi/activities/"
COURSE_TYPE = "https://w3id.org/xapi/cmi5/activitytype/course"
ANN = {"account": {"homePage": "https://moodle.example", "name": "4"}}
COURSE = {"id": "https://moodle.example/course/view.php?id=4", "definition": {"type": COURSE_TYPE}}
RECORDED = Path(__file__).parent / "recorded"
ABSENT = object()


def activity(iri="https://moodle.example/mod/page/view.php?id=14", type_iri="", **definition) -> dict:
    return {"id": iri, "definition": ({"type": type_iri} if type_iri else {}) | definition}


def statement(**fields) -> dict:
    """A whole Statement; each field can be given, ``ABSENT`` takes it out."""
    whole = {
        "id": ID,
        "actor": ANN,
        "verb": {"id": f"{ADL}completed"},
        "object": COURSE,
        "timestamp": "2026-11-22T01:42:55.000Z",
    }
    return {name: value for name, value in (whole | fields).items() if value is not ABSENT}


def around(**lists) -> dict:
    return {"contextActivities": lists}


def read(raw: bytes, grain: Grain = Grain.COURSE):
    return Interpreter(KEY, grain).read(raw)


def said(grain: Grain = Grain.COURSE, **fields):
    """What the Interpreter makes of ``statement(**fields)``."""
    return read(json.dumps(statement(**fields)).encode(), grain)


def fact(grain: Grain = Grain.COURSE, **fields) -> FactDraft:
    """The first Fact of ``statement(**fields)``, which must be readable."""
    found = said(grain, **fields)
    assert isinstance(found, ReadStatement), found
    return found.facts[0]


def recorded(name: str, grain: Grain = Grain.COURSE) -> FactDraft:
    """The first Fact of a recorded Moodle statement."""
    found = read((RECORDED / f"{name}.json").read_bytes(), grain)
    assert isinstance(found, ReadStatement), found
    return found.facts[0]


def meaning(one: FactDraft) -> Signal | Ignored:
    """What a Fact means by the default verb map."""
    part = one.activity.part if one.activity and one.activity.item_iri else None
    return signal_of(DEFAULT_VERB_MAP.get(one.verb), flags=one.flags, progress=one.progress, part=part)
