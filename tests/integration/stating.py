"""Small Statements as dicts, whole enough to be read; numbers name them, minutes order them."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from connector.domain import FactDraft, Rejected, VoidingDraft
from connector.statements.interpret import Interpreter

KEY = bytes(range(32))
LMS = "https://lms.example"
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
PAGE = "https://w3id.org/xapi/acrossx/activities/page"
ADL = "http://adlnet.gov/expapi/verbs/"
VIEWED = "http://id.tincanapi.com/verb/viewed"
LOGGED_IN = "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/login"


def course_iri(number: int) -> str:
    return f"{LMS}/course/view.php?id={number}"


def course(number: int, title: str = "", language: str = "en", kind: str = COURSE) -> dict[str, Any]:
    """A course; without ``title`` it has a name of its own, without ``kind`` no definition at all."""
    definition = {"type": kind, "name": {language: title or f"Course {number}"}} if kind else {}
    return {"id": course_iri(number), "definition": definition}


def page_in(number: int, *courses: int) -> dict[str, Any]:
    """A page and, as the Statement's context, the courses that it lies in."""
    return {
        "object": {"id": f"{LMS}/mod/page/view.php?id={number}", "definition": {"type": PAGE}},
        "context": {"contextActivities": {"parent": [course(one) for one in courses]}},
    }


def account(name: str) -> dict[str, Any]:
    return {"account": {"homePage": LMS, "name": name}}


def spellings(name: str) -> tuple[dict[str, str], ...]:
    """A mailbox, the same in capitals, and its SHA-1 sum, as Actors."""
    mailbox = f"mailto:{name}@lms.example"
    return (
        {"mbox": mailbox},
        {"mbox": f"mailto:{name.capitalize()}@LMS.example"},
        {"mbox_sha1sum": hashlib.sha1(mailbox.encode(), usedforsecurity=False).hexdigest()},
    )


def said(number: int, who: str = "ann", verb: str = "completed", about: int = 1, **fields: Any) -> dict[str, Any]:
    """Statement ``number``: at its own minute after START and stored then, unless ``fields`` say otherwise."""
    at = (START + timedelta(minutes=number)).isoformat()
    whole = {
        "id": str(UUID(int=number)),
        "actor": account(who),
        "verb": {"id": verb if ":" in verb else ADL + verb},
        "object": course(about),
        "timestamp": at,
        "stored": at,
    }
    return whole | fields


def voids(number: int, target: int, **fields: Any) -> dict[str, Any]:
    """Statement ``number``, by which the admin takes Statement ``target`` back."""
    reference = {"objectType": "StatementRef", "id": str(UUID(int=target))}
    return said(number, "admin", "voided", object=reference, **fields)


def group(*members: str, **fields: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": [account(name) for name in members]} | fields


def read(statements: Iterable[dict[str, Any]]) -> tuple[list[FactDraft], list[VoidingDraft], list[Rejected]]:
    """What the Interpreter leaves of a page."""
    facts: list[FactDraft] = []
    voidings: list[VoidingDraft] = []
    rejected: list[Rejected] = []
    interpreter = Interpreter(KEY)
    for statement in statements:
        one = interpreter.read(json.dumps(statement).encode())
        if isinstance(one, Rejected):
            rejected.append(one)
            continue
        facts += one.facts
        voidings += [one.voiding] if one.voiding else []
    return facts, voidings, rejected
