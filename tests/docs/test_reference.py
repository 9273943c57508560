"""What the code has, the reference has, and nothing else."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import Counter, Histogram
from pydantic import SecretStr

from connector.administer import status
from connector.administer.site import init_site
from connector.app import create_app
from connector.clock import fixed
from connector.lti.codes import REFUSALS
from connector.recipes import packed
from connector.settings import Environment, Settings
from connector.statements.verbs import DEFAULT_VERB_MAP, IgnoredReason, fold_verb
from connector.store import database, tables
from connector.web import metrics
from lrs_adapters.registry import KINDS
from tests.conftest import NOW
from tests.docs.pages import REFERENCE, ROOT, named, names, rows

LEVELS = {"debug", "info", "warning", "error", "exception"}


def calls(folder: Path) -> Iterator[ast.Call]:
    for file in sorted(folder.rglob("*.py")):
        if "peers" not in file.parts:
            yield from (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call))


def is_log(call: ast.Call) -> bool:
    of = call.func
    return isinstance(of, ast.Attribute) and of.attr in LEVELS and ast.unparse(of.value) == "log"


def written_default(value: object) -> str:
    bare = value.get_secret_value() if isinstance(value, SecretStr) else value
    return f"`{bare}`" if bare != "" else "empty"


def test_every_setting_is_in_the_reference_with_its_default():
    documented = {row[0]: row[1] for row in named("settings.md")}
    fields = Settings.model_fields.items()
    assert documented == {f"ONWARD_{name.upper()}": written_default(field.default) for name, field in fields}


def test_every_launch_code_is_in_the_reference_with_its_status_and_remedy():
    documented = {row[0]: (row[1], row[2]) for row in named("launch-codes.md")}
    assert documented == {code: (str(refusal.status), refusal.admin) for code, refusal in REFUSALS.items()}


def test_every_finding_of_doctor_is_in_the_reference_with_its_severity():
    made = [
        call
        for call in calls(ROOT / "connector" / "administer")
        if isinstance(call.func, ast.Name) and call.func.id == "Finding"
    ]
    findings = {(call.args[1].value, call.args[0].attr.casefold()) for call in made}
    assert {(row[0], row[1]) for row in named("doctor.md")} == findings


def test_every_event_is_in_the_reference_with_its_level():
    logged = [call for package in ("connector", "lrs_adapters", "widgets") for call in calls(ROOT / package)]
    events = {(call.args[0].value, call.func.attr.replace("exception", "error")) for call in logged if is_log(call)}
    assert {(row[0], row[1]) for row in named("events.md")} == events


def test_every_metric_is_in_the_reference_with_its_labels():
    kept = [one for one in vars(metrics).values() if isinstance(one, Counter | Histogram)]
    counted = {
        one._name + ("_total" if isinstance(one, Counter) else ""): ", ".join(f"`{label}`" for label in one._labelnames)
        for one in kept
    }
    assert {row[0]: row[2] for row in named("metrics.md")} == counted


def test_every_kind_of_lrs_is_in_the_reference():
    assert tuple(names("adapters.md")) == KINDS


def test_every_table_is_in_the_reference():
    documented = names("schema.md")
    assert set(documented) == set(tables.metadata.tables)
    assert len(documented) == len(set(documented))


def test_the_default_verb_map_is_in_the_reference():
    documented = {fold_verb(row[0]): row[1] for row in named("verbs.md") if "://" in row[0]}
    assert documented == {iri: signal.value for iri, signal in DEFAULT_VERB_MAP.items()}


def test_every_reason_to_ignore_a_statement_is_in_the_reference():
    assert {name for name in names("verbs.md") if "://" not in name} == set(IgnoredReason)


@pytest.fixture
def app(tmp_path):
    key = "a key of thirty-two characters or more"
    url = f"sqlite:///{tmp_path / 'onward.db'}"
    init_site(url, key, fixed(NOW))
    settings = Settings(
        env=Environment.DEVELOPMENT, database_url=url, public_url="http://127.0.0.1:1", secret_key=SecretStr(key)
    )
    made = create_app(settings)
    yield made
    made.extensions["onward_engine"].dispose()


def test_every_route_is_in_the_reference(app):
    known = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}
    documented = [(row[0], method) for row in named("http.md") if row[0][0] == "/" for method in row[1].split(", ")]
    assert sorted(documented) == sorted(known)


def test_every_part_of_the_status_is_in_the_reference(sqlite_url):
    init_site(sqlite_url, "a key of thirty-two characters or more", fixed(NOW))
    engine = database.create_engine(sqlite_url)
    told = status.status(1, database.readers_of(engine), fixed(NOW))
    engine.dispose()
    cells = [row[0] for row in rows("status-json.md")[2:]]
    paths = {cell.split("`")[1].replace("[]", "") for cell in cells}
    assert {path.partition(".")[0] for path in paths} == set(told)
    assert {path.partition(".")[2] for path in paths if path.startswith("statements.")} == set(told["statements"])


def test_the_layout_of_packed_neighbours_is_the_one_that_is_read():
    letters = {"u8": "B", "u16": "H", "u32": "I", "f32": "f"}
    fields = [row for row in rows("packed-neighbours.md") if len(row) == 4 and row[2] in letters]
    layout = "".join(letters[row[2]] for row in fields)
    assert packed._HEADER.format + packed._NEIGHBOUR.format.removeprefix("<") == f"<{layout}"
    assert (packed._HEADER.size, packed._NEIGHBOUR.size) == (8, 16)


def test_the_figures_page_stays_marked_until_it_is_filled():
    text = (REFERENCE / "figures.md").read_text()
    unmeasured = [row for row in rows("figures.md")[2:] if not row[2]]
    assert bool(unmeasured) == ("To be filled in" in text)
