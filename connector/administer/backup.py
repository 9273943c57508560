"""Backup and restore of a site: one file, made while the site runs.

SQLite is copied by its own backup interface, PostgreSQL by ``pg_dump`` and ``pg_restore``, which have to be installed.
The secret key is not in the backup: without it the sealed parts stay closed.
"""

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from connector.errors import BadInput, NotReady
from connector.store import database

LONGEST_RUN = 6 * 3600


def backup(engine: Engine, file: Path) -> int:
    """Write a consistent copy of the database to the new file ``file``, mode 600; return its size in bytes.

    Raises
    ------
    BadInput
        If the file exists or the copy fails.
    NotReady
        If PostgreSQL's tools are missing.
    """
    if file.exists():
        raise BadInput(f"{file} exists: choose a new name, backups are never overwritten.")
    if not file.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {file.absolute().parent}: make it first.")
    with TemporaryDirectory(dir=file.absolute().parent) as folder:
        copy = Path(folder) / "copy"
        if engine.dialect.name == "postgresql":
            _postgres(engine, ["pg_dump", "--format=custom", "--no-owner", f"--file={copy}"])
        else:
            database.copy_sqlite(str(engine.url.database), copy)
        copy.chmod(0o600)
        shutil.move(copy, file)
    return file.stat().st_size


Prepare = Callable[[Engine], None]


def as_it_is(_restored: Engine) -> None:
    """Change nothing in what was restored."""


def restore(engine: Engine, file: Path, prepare: Prepare = as_it_is) -> None:
    """Put the database of a backup in the place of the present one. Stop the server and the worker first.

    On SQLite the present database is kept beside it as ``….before-restore``, and nothing changes unless ``prepare``
    succeeds; on PostgreSQL all is restored in one transaction, or nothing, and ``prepare`` comes right after it.

    Parameters
    ----------
    prepare : callable
        What to do with the restored database before anything serves it: its schema, erasures since.

    Raises
    ------
    BadInput
        If the file is no backup of Onward, or of the other database.
    NotReady
        If PostgreSQL's tools are missing.
    WrongSchema
        If the backup is of a newer version than this.
    """
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    if engine.dialect.name == "postgresql":
        _check_beginning(file, b"PGDMP", "PostgreSQL")
        _check_dump_is_ours(engine, file)
        engine.dispose()
        _postgres(engine, ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file)])
        prepare(engine)
        return
    _check_beginning(file, b"SQLite format 3\0", "SQLite")
    _check_is_ours(file)
    _put_in_place(Path(str(engine.url.database)), file, engine, prepare)


def _postgres(engine: Engine, command: Sequence[str]) -> str:
    """Run a tool of PostgreSQL on our database, and return what it printed.

    Address and password go through the environment, never through arguments.
    """
    if shutil.which(command[0]) is None:
        raise NotReady(f"`{command[0]}` is not installed: install PostgreSQL's client package.")
    url = engine.url
    names = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    environment = os.environ | {name: str(value) for name, value in names.items() if value}
    writes = command[0] == "pg_restore" and not any(one.startswith("--file=") for one in command)
    target = [*command, f"--dbname={url.database}"] if writes else list(command)
    done = subprocess.run(  # noqa: S603 - a fixed program, found on the operator's own PATH
        target, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_RUN
    )
    if done.returncode:
        raise BadInput(f"`{command[0]}` failed: {done.stderr.strip()[:500]}")
    return done.stdout


def _check_beginning(file: Path, beginning: bytes, kind: str) -> None:
    with file.open("rb") as opened:
        if opened.read(len(beginning)) != beginning:
            raise BadInput(f"{file} is no backup of Onward on {kind}.")


def _check_dump_is_ours(engine: Engine, file: Path) -> None:
    """Read the schema's version out of a dump, without a database."""
    told = _postgres(engine, ["pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)])
    found = re.search(r"^COPY .*alembic_version .*\n(.+)\n\\\.$", told, flags=re.MULTILINE)
    if found is None:
        raise BadInput(f"{file} is a dump of PostgreSQL, but not of Onward.")
    database.refuse_newer_schema(found[1])


def _check_is_ours(file: Path) -> None:
    engine = database.create_engine(f"sqlite:///{file}")
    try:
        found = database.schema_of(engine)
        if found is None:
            raise BadInput(f"{file} is a SQLite file, but not of Onward.")
        database.refuse_newer_schema(found)
    finally:
        engine.dispose()


def _put_in_place(live: Path, file: Path, engine: Engine, prepare: Prepare) -> None:
    engine.dispose()
    with TemporaryDirectory(dir=live.absolute().parent) as folder:
        copy = Path(folder) / "restored"
        copy.touch(mode=0o600)
        database.copy_sqlite(str(file), copy)
        _prepare_copy(copy, prepare)
        if live.exists():
            kept = live.with_name(live.name + ".before-restore")
            kept.unlink(missing_ok=True)
            database.copy_sqlite(str(live), kept)
            kept.chmod(0o600)
        for old in (live.with_name(live.name + "-wal"), live.with_name(live.name + "-shm")):
            old.unlink(missing_ok=True)
        copy.replace(live)


def _prepare_copy(copy: Path, prepare: Prepare) -> None:
    """Prepare the copy, and leave it as one file without a write-ahead log."""
    engine = database.create_engine(f"sqlite:///{copy}")
    try:
        prepare(engine)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
