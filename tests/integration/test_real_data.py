"""Real statements end to end, each accounted for; the truth is told from the files by other means than ours."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from connector.administer.account import Account, account
from connector.clock import fixed
from connector.domain import Rejected
from connector.statements.interpret import Interpreter
from connector.store import learners
from connector.sync import sync
from lrs_adapters.dump import DumpSource
from tests.integration.site_under_test import open_site, reading
from tests.integration.stating import KEY
from tests.real_data import folder

pytestmark = pytest.mark.slow

VIDEO = "https://w3id.org/xapi/video/"


def read_in(engine, now, path: Path) -> tuple[Account, int]:
    """The account after reading a file or folder, and how many learners it brought."""
    site = open_site(engine, now)
    source = DumpSource(str(path))
    sync(replace(reading(site, [], fixed(now)), source=source))
    with site.readers.begin() as session:
        return account(session, site.tenant), learners.count(session, site.tenant)


def word_of(statement):
    return statement["verb"]["id"].rpartition("/")[2]


def watched_to_the_threshold(statement):
    """The video profile's rule for `terminated`, written out once more."""
    progress = statement["result"]["extensions"].get(f"{VIDEO}extensions/progress")
    threshold = statement["context"]["extensions"].get(f"{VIDEO}extensions/completion-threshold")
    return progress is not None and threshold is not None and progress >= float(threshold)


def test_22000_statements_of_fun_mooc_are_each_accounted_for(engine, now):
    path = folder("xapi/ralph")
    told = [json.loads(line) for line in gzip.decompress((path / "statements.json.gz").read_bytes()).splitlines()]
    words = Counter(map(word_of, told))
    ends = [one for one in told if word_of(one) == "terminated"]
    seen = sum(map(watched_to_the_threshold, ends))
    found, people = read_in(engine, now, path)
    assert (found.seen, found.quarantined, found.voided) == (len({one["id"] for one in told}), {}, 0)
    assert found.signals == {  # every video lies in a course: what completes it is progress of the course
        "viewed": words["played"] + words["paused"] + words["seeked"] + words["interacted"],
        "started": words["initialized"],
        "progressed": words["completed"] + seen,
    }
    assert found.ignored == {"verb_neutral": len(ends) - seen, "verb_unknown": words["downloaded"]}
    assert people == len({json.dumps(one["actor"]["account"], sort_keys=True) for one in told}) == 1_452


def is_of_a_person(statement):
    return statement["object"].get("objectType", "Activity") != "Activity"


def is_of_a_question(statement):
    """A question that says in nothing it lies: there is no Item for it to be a part of."""
    around = statement.get("context", {}).get("contextActivities", {})
    asks = statement["object"].get("definition", {}).get("type", "").endswith("cmi.interaction")
    return asks and not (around.get("parent") or around.get("grouping"))


def test_the_dave_set_is_accounted_for_to_the_last_statement(engine, now):
    path = folder("xapi/dave/resources/public/data")
    told = {one["id"]: one for file in sorted(path.rglob("*.json")) for one in json.loads(file.read_text())}
    strange = [one for one in told.values() if "xapinet.org" in one["verb"]["id"] or word_of(one) == "recommended"]
    no_items = [one for one in strange if is_of_a_person(one) or is_of_a_question(one)]
    questions = [one for one in told.values() if one["verb"]["id"].endswith("dod-isd/verbs/answered")]
    found, _ = read_in(engine, now, path)
    assert found.seen == len(told) == 609
    assert found.ignored == {
        "verb_unknown": len(strange) - len(no_items),
        "not_an_item": len(no_items) + len(questions),
    }
    assert found.kept == 609 - len(strange) - len(questions)
    assert found.quarantined == {}


def test_the_real_moodle_statements_are_accounted_for_to_the_last(engine, now):
    path = folder("moodle-statements/all.jsonl")
    told = [json.loads(line) for line in path.read_text().splitlines()]
    found, _ = read_in(engine, now, path)
    assert found.seen == len(told) == 131
    assert found.kept + found.ignored.total() == 131
    assert found.quarantined == {}
    on_course = [one for one in told if word_of(one) == "completed" and "/course/view.php" in one["object"]["id"]]
    assert found.signals["completed"] == len(on_course) == 3


# --- the templates of the conformance suite ----------------------------------------------------------------------

PLACES = {
    "agents": "actor",
    "groups": "actor",
    "activities": "object",
    "verbs": "verb",
    "results": "result",
    "contexts": "context",
    "substatements": "object",
}

REFUSED = {
    "activities/no_id": "bad_activity_id",
    "activities/numeric_name": "bad_object",
    "activities/string_name": "bad_object",
    "agents/account_no_homepage": "bad_account",
    "agents/account_no_name": "bad_account",
    "groups/identified_account_no_homepage": "bad_account",
    "groups/identified_account_no_name": "bad_account",
    "statements/no_actor": "no_actor",
    "statements/no_object": "no_object",
    "statements/no_verb": "no_verb",
    "statements/object_activity": "bad_activity_id",
    "statements/object_statementref_no_id": "bad_statement_ref",
    "statements/verb": "no_verb",
    "verbs/no_id": "no_verb",
    "verbs/voided": "bad_voiding",  # a voiding verb on an Activity
}
"""Templates that break the specification in what we read, each with the reason under which it has to be set aside."""

NOT_LOOKED_AT = {
    "activities/description_invalid": "descriptions are not read",
    "activities/interaction_type_invalid_iri": "interactions are not read",
    "activities/interaction_type_invalid_numeric": "interactions are not read",
    "activities/interaction_type_invalid_object": "interactions are not read",
    "activities/interaction_type_invalid_string": "interactions are not read",
    "activities/name_invalid": "a language tag that is none: its title is one among others",
    "activities/numeric_description": "descriptions are not read",
    "activities/string_description": "descriptions are not read",
    "contexts/invalid_activity": "an unknown kind of context activity is not read",
    "groups/anonymous_no_member": "a Group of nobody: counted as ignored",
    "statements/actor": "an Agent without identifier: counted as ignored, no_actor",
    "statements/authority": "the authority is not read",
    "statements/multiple_actor": "a key that comes twice: the last one counts, as JSON readers do",
    "statements/object_actor": "an Agent as the object is not read",
    "substatements": "nothing within a SubStatement is read",
}
"""Templates that break it where we do not look: they are read, and the reason why that is right."""


def templates():
    root = folder("xapi/lrs-conformance/test")
    for version in ("v1_0_3", "v2_0"):
        for file in sorted((root / version / "templates").rglob("*.json")):
            yield root / version / "templates", file


def whole(base: Path, file: Path) -> bytes:
    """A Statement around one template; a whole Statement stays as it is but for the time that every stored one has."""
    when = b', "timestamp": "2026-01-01T00:00:00Z"}'
    if file.parent.name == "statements":
        return file.read_bytes().rstrip().removesuffix(b"}") + when
    around = json.loads((base / "statements" / "default.json").read_text())
    around[PLACES[file.parent.name]] = json.loads(file.read_text())
    return json.dumps(around).encode().removesuffix(b"}") + when


def test_each_conformance_template_is_read_or_set_aside_for_the_right_reason():
    reader, met = Interpreter(KEY), set()
    for base, file in templates():
        name = f"{file.parent.name}/{file.stem}"
        found = reader.read(whole(base, file))
        assert (found.reason if isinstance(found, Rejected) else None) == REFUSED.get(name), name
        met.add(name)
    assert set(REFUSED) <= met
    assert {name for name in NOT_LOOKED_AT if "/" in name} <= met
    assert (
        not {name for name in met if "invalid" in name and "/" in name}
        - set(REFUSED)
        - set(NOT_LOOKED_AT)
        - {name for name in met if name.startswith("substatements/")}
    )


def test_the_conformance_templates_come_through_a_sync_with_every_one_counted(engine, now, tmp_path):
    texts = {b"".join(whole(base, file).splitlines()): name_of(file) for base, file in templates()}
    (tmp_path / "templates.ndjson").write_bytes(b"\n".join(sorted(texts)) + b"\n")
    readable = {same_form(text) for text, name in texts.items() if name not in REFUSED}
    found, _ = read_in(engine, now, tmp_path)
    assert sum(found.quarantined.values()) == sum(name in REFUSED for name in texts.values())
    assert found.seen == len(readable)


def name_of(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


def same_form(text: bytes) -> str:
    """What is one Statement however it is written: by its id, else by what it says."""
    told = json.loads(text)
    return str(told.get("id") or json.dumps(told, sort_keys=True))
