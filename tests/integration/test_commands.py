"""The command line, command by command: what it says, what it keeps to itself, how it ends."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import structlog

from connector.cli import COMMANDS
from connector.store import database
from tests.integration import command
from tests.integration.command import SECRET
from tests.integration.stating import LMS, said

PLATFORM = ("--issuer", LMS, "--client-id", "c1", "--auth-url", f"{LMS}/auth", "--jwks-url", f"{LMS}/jwks")


# --- setting up --------------------------------------------------------------------------------------------------


def test_init_makes_key_schema_and_keys_once(bare, tmp_path):
    first = bare("init")
    key = (tmp_path / "onward.key").read_text()
    assert first.code == 0
    for made in (
        "onward.key (mode 600)",
        "database schema",
        "identifier-hashing key",
        "session key",
        "LTI signing key",
    ):
        assert made in first.out
    assert stat.S_IMODE((tmp_path / "onward.key").stat().st_mode) == 0o600
    second = bare("init")
    assert second.code == 0
    assert "nothing: all was there" in second.out
    assert (tmp_path / "onward.key").read_text() == key
    assert key.strip() not in first.out + first.err + second.out


def test_before_init_every_command_says_what_to_run(bare):
    for arguments in (["status"], ["sync"], ["train"], ["doctor"], ["source", "list"], ["item", "list"], ["upgrade"]):
        answer = bare(*arguments)
        assert answer.code == 1, arguments
        assert "onward init" in answer.err, arguments
        assert "Traceback" not in answer.err


def test_another_key_is_told_in_a_sentence(onward, monkeypatch):
    monkeypatch.setenv("ONWARD_SECRET_KEY", "another key of more than thirty-two characters")
    answer = onward("status")
    assert answer.code == 1
    assert "sealed with another secret key" in answer.err


def test_a_key_file_that_others_can_read_is_refused(onward, tmp_path):
    (tmp_path / "onward.key").chmod(0o644)
    answer = onward("status")
    assert answer.code == 1
    assert "chmod 600" in answer.err


def test_settings_masks_secrets(onward, monkeypatch):
    monkeypatch.setenv("ONWARD_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("ONWARD_METRICS_TOKEN", "t" * 40)
    monkeypatch.setenv("ONWARD_DATABASE_URL", "postgresql://me:topsecret@db/onward")
    shown = json.loads(onward("settings", "--json").out)
    assert shown["ONWARD_SECRET_KEY"] == shown["ONWARD_METRICS_TOKEN"] == "********"
    assert shown["ONWARD_DATABASE_URL"] == "postgresql://me:********@db/onward"
    assert "topsecret" not in onward("settings").out


def test_a_setting_that_is_wrong_is_named(onward, monkeypatch):
    monkeypatch.setenv("ONWARD_WORKERS", "many")
    answer = onward("status")
    assert answer.code == 1
    assert "ONWARD_WORKERS" in answer.err


@pytest.fixture
def older(onward, monkeypatch, tmp_path):
    """This version needs one schema more than the database has."""
    folder = tmp_path / "migrations"
    shutil.copytree(database.MIGRATIONS, folder)
    (folder / "versions" / "0002_next.py").write_text(
        'revision = "0002"\ndown_revision = "0001"\nbranch_labels = None\ndepends_on = None\n\n\n'
        "def upgrade() -> None:\n    pass\n"
    )
    monkeypatch.setattr(database, "MIGRATIONS", folder)
    return onward


def test_an_old_schema_is_refused_by_all_but_upgrade_which_mends_it(older):
    for arguments in (["status"], ["sync"], ["doctor"], ["recommend", "--learner", "mbox:a@b.example"]):
        answer = older(*arguments)
        assert answer.code == 1
        assert "run `onward upgrade`" in answer.err
    assert "from 0001 to 0002" in older("upgrade").out
    assert older("status").code == 0
    assert "is at 0002" in older("upgrade").out


def test_a_schema_of_a_newer_version_is_refused_by_upgrade_too(onward, environment):
    engine = database.create_engine(environment["DATABASE_URL"])
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    for name in ("status", "upgrade", "init"):
        answer = onward(name)
        assert answer.code == 1
        assert "newer than this version knows" in answer.err


# --- sources and platforms ---------------------------------------------------------------------------------------


def test_a_secret_is_nowhere_in_clear(connected, tmp_path, environment):
    listed = connected("source", "list").out + connected("source", "list", "--json").out + connected("settings").out
    assert SECRET not in listed + connected("status", "--json").out
    if environment["DATABASE_URL"].startswith("sqlite"):
        for file in tmp_path.glob("onward.db*"):
            assert SECRET.encode() not in file.read_bytes()
    answer = connected("backup", tmp_path / "kept")
    assert answer.code == 0, answer.err
    assert SECRET.encode() not in (tmp_path / "kept").read_bytes()


def test_a_source_is_listed_tested_and_removed(connected, lrs):
    lrs.hold([said(1), said(2)])
    assert [one["name"] for one in json.loads(connected("source", "list", "--json").out)] == ["lrs"]
    tested = connected("source", "test", "lrs")
    assert tested.code == 0
    assert "lrs answers." in tested.out
    assert "1.0.3, 2.0.0" in tested.out
    assert json.loads(connected("source", "test", "lrs", "--json").out)["statements"] == 2
    assert connected("source", "remove", "lrs", told="n\n").code == 1
    assert connected("source", "remove", "lrs", "--yes").code == 0
    assert json.loads(connected("source", "list", "--json").out) == []
    again = connected("source", "remove", "lrs", "--yes")
    assert again.code == 1
    assert "There is no source 'lrs'" in again.err


def test_a_source_is_refused_twice_and_with_a_wrong_kind_or_address(connected, lrs, monkeypatch):
    options = ("--url", lrs.url, "--key", "k", "--secret-stdin")
    assert "exists already" in connected("source", "add", "lrs", *options, told="x").err
    assert connected("source", "add", "new", *options, "--kind", "unheard-of", told="x").code == 2
    assert connected("source", "add", "new", told="x").code == 2
    assert connected("source", "add", "new", "--url", "ftp://x", "--key", "k", "--secret-stdin", told="x").code == 1
    monkeypatch.setenv("ONWARD_ENV", "production")
    refused = connected("source", "add", "new", *options, told="x")
    assert refused.code == 1
    assert "https://" in refused.err


def test_a_wrong_secret_is_told_by_test_sync_status_and_doctor(onward, lrs):
    onward("source", "add", "lrs", "--url", lrs.url, "--key", "reader", "--secret-stdin", told="wrong\n")
    for arguments in (["source", "test", "lrs"], ["sync"]):
        answer = onward(*arguments)
        assert answer.code == 1
        assert "401: key or secret wrong" in answer.err
    assert "401" in json.loads(onward("status", "--json").out)["sources"][0]["last_error"]
    assert "source_failed" in onward("doctor", "--json").out


def test_a_platform_is_added_listed_shown_and_switched_off(onward):
    added = onward("platform", "add", "moodle", *PLATFORM, "--deployment", "1", "--match", "username")
    assert added.code == 0, added.err
    (listed,) = json.loads(onward("platform", "list", "--json").out)
    assert listed == {
        "name": "moodle",
        "issuer": LMS,
        "client_id": "c1",
        "product": "",
        "active": True,
        "deployments": {"1": "approved"},
        "new_deployments": "known",
        "pending": 0,
        "last_launch": None,
        "last_launch_as": "",
        "match": {"username": LMS},
        "frame_origins": [LMS],
    }
    assert "https://onward.example/lti/login" in onward("platform", "show").out
    assert onward("platform", "disable", "moodle").code == 0
    assert json.loads(onward("platform", "list", "--json").out)[0]["active"] is False
    assert onward("platform", "enable", "moodle").code == 0
    assert "There is no platform 'other'. Platforms: moodle" in onward("platform", "disable", "other").err


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (("--match", "email"), "There is no match rule 'email'"),
        (("--frame-origin", f"{LMS}/path"), "has a path"),
        (("--token-url", "gopher://x"), "token url cannot be used"),
    ],
)
def test_a_platform_with_a_wrong_field_is_refused_with_the_fields_name(onward, wrong, sentence):
    answer = onward("platform", "add", "moodle", *PLATFORM, *wrong)
    assert answer.code == 1
    assert sentence in answer.err
    assert json.loads(onward("platform", "list", "--json").out) == []


# --- the command itself ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_so_have_its_own(name, monkeypatch, capsys):
    run = command.call(monkeypatch, capsys)
    shown = run(name, "--help")
    assert shown.code == 0
    assert shown.out.startswith(f"Usage: onward {name}")
    _, _, commands = shown.out.partition("Commands:\n")
    for line in commands.splitlines():
        assert run(name, line.split()[0], "--help").code == 0
    structlog.reset_defaults()


def test_help_names_every_command_and_wrong_usage_ends_with_2(monkeypatch, capsys):
    run = command.call(monkeypatch, capsys)
    assert all(name in run("--help").out for name in COMMANDS)
    assert run("unheard-of").code == 2
    assert run("status", "--unheard-of").code == 2
    structlog.reset_defaults()


def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(bare, monkeypatch, tmp_path):
    monkeypatch.setenv("ONWARD_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("ONWARD_DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder/onward.db")
    answer = bare("status")
    assert answer.code == 1
    assert answer.err.startswith("onward: The database does not answer now: ")


def test_status_never_loads_the_numeric_libraries(onward):
    told = (
        "import sys; from connector.cli import onward; onward(['status'], standalone_mode=False); "
        "print(sorted({'numpy', 'numba', 'scipy', 'sklearn', 'flask'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", told],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    assert done.stdout.splitlines()[-1] == "[]"
