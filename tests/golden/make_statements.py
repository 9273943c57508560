"""Writes statements.ndjson and catalogue.csv: 200 Statements of invented people, the same each time.

Run ``python -m tests.golden.make_statements`` only to change what the golden test is about; then look at each changed
line, and write the pages anew (see test_golden.py).

Three circles of twelve people each have six courses; everybody completed five of the six of their own circle. Twenty
more Statements tell of ada (two completions in baking), ben (one, in knots), and zoe (who only looked around), and say
what must not matter: a voided completion, a repeated one, a failure, a login, a Group, a verb that nobody knows.
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

HERE = Path(__file__).parent
LMS = "https://lms.example"
BEGIN = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ADL = "http://adlnet.gov/expapi/verbs/"
VIEWED = "http://id.tincanapi.com/verb/viewed"
COURSE = "https://w3id.org/xapi/cmi5/activitytype/course"
CIRCLES = {
    "baking": ("Sourdough", "Puff Pastry", "Rye Bread", "Ovens", "Flour", "Yeast"),
    "knots": ("Bowline", "Splices", "Hitches", "Rope Care", "Rigging", "Lashings"),
    "stars": ("Telescopes", "Star Maps", "Planets", "Comets", "Night Vision", "Eclipses"),
}
COURSES = [(title, circle) for circle, titles in CIRCLES.items() for title in titles]
PEOPLE = 12


def main() -> None:
    lines = [json.dumps(statement, sort_keys=True) for statement in statements()]
    (HERE / "statements.ndjson").write_text("\n".join(lines) + "\n")
    with (HERE / "catalogue.csv").open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(catalogue())


def statements() -> list[dict[str, Any]]:
    """All Statements in the order in which the LRS stored them."""
    told = [*_circles(), *_ada_ben_and_zoe(), *_what_does_not_matter()]
    told.sort(key=lambda one: one["timestamp"])
    for number, one in enumerate(told, 1):
        one["stored"] = (BEGIN + timedelta(days=70, seconds=number)).isoformat()
    return told


def catalogue() -> list[list[str]]:
    head = ["iri", "url", "title", "summary", "language", "minutes", "level", "topics", "status"]
    return [head, *(_entry(number, *course) for number, course in enumerate(COURSES))]


def _entry(number: int, title: str, circle: str) -> list[str]:
    """Yeast is blocked; Comets has no title, so that the Statements' stands."""
    status = "blocked" if title == "Yeast" else "shown"
    told = "" if title == "Comets" else title
    return [_iri(number), f"{LMS}/go/{number}", told, f"All about {circle}.", "en", "45", "beginner", circle, status]


def _circles() -> list[dict[str, Any]]:
    rng, told = Random(11), []
    for place, circle in enumerate(CIRCLES):
        for person in range(PEOPLE):
            chosen = rng.sample(range(place * 6, place * 6 + 6), 5)
            days = sorted(rng.sample(range(60), 5))
            told += [
                _said(f"{circle}{person:02}", "completed", number, days=day, minutes=person)
                for number, day in zip(chosen, days, strict=True)
            ]
    return told


def _ada_ben_and_zoe() -> list[dict[str, Any]]:
    return [
        _said("ada", "initialized", 0, days=61),
        _said("ada", "completed", 0, days=62),
        _said("ada", "completed", 1, days=64, result={"success": True, "score": {"scaled": 0.9}}),
        _said("ada", "initialized", 8, days=65),
        _said("ada", "progressed", 8, days=66, result=_progress(40)),
        _said("ben", "passed", 6, days=63),
        _said("zoe", VIEWED, 12, days=63),
        _said("zoe", VIEWED, 13, days=63),
    ]


def _what_does_not_matter() -> list[dict[str, Any]]:
    wrong = _said("ada", "completed", 4, days=64, minutes=9)
    reference = {"objectType": "StatementRef", "id": wrong["id"]}
    crowd = {"objectType": "Group", "member": [_account("ada"), _account("ben")]}
    return [
        wrong,
        _said("admin", "voided", 0, days=65, object=reference),
        _said("ada", "completed", 0, days=66, minutes=3),
        _said("ben", "failed", 7, days=64, result={"success": False}),
        _said("ben", "completed", 8, days=64, result={"completion": True, "success": False}),
        _said("ada", "https://verbs.example/waved-at", 12, days=64),
        _said("crowd", "completed", 14, days=64, actor=crowd),
        _said("ben", "terminated", 6, days=64),
        _said("zoe", "https://xapi.edlm/profiles/edlm-lms/concepts/verbs/enrolled", 14, days=64),
        _said("admin", VIEWED, 0, days=65, object={"id": LMS, "definition": {"type": _LMS_TYPE}}),
        _said("noone", "completed", 3, days=65, actor={"objectType": "Group", "member": []}),
        _said("mail", "completed", 15, days=65, actor={"mbox": "mailto:mia@post.example"}),
    ]


_LMS_TYPE = "http://id.tincanapi.com/activitytype/lms"


def _progress(per_cent: int) -> dict[str, Any]:
    return {"extensions": {"https://w3id.org/xapi/cmi5/result/extensions/progress": per_cent}}


def _said(who: str, verb: str, number: int, *, days: int, minutes: int = 0, **fields: Any) -> dict[str, Any]:
    at = BEGIN + timedelta(days=days, minutes=minutes, hours=number)
    whole = {
        "id": str(UUID(int=Random(f"{who} {verb} {number} {days} {minutes}").getrandbits(128), version=4)),
        "actor": _account(who),
        "verb": {"id": verb if ":" in verb else ADL + verb},
        "object": {"id": _iri(number), "definition": {"type": COURSE, "name": {"en": COURSES[number][0]}}},
        "timestamp": at.isoformat(),
    }
    return whole | fields


def _account(name: str) -> dict[str, Any]:
    return {"account": {"homePage": LMS, "name": name}}


def _iri(number: int) -> str:
    return f"{LMS}/course/view.php?id={number + 1}"


if __name__ == "__main__":
    main()
