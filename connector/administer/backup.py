"""Backup and restore of a site: one file, made while the site runs.

SQLite is copied by its own backup interface, PostgreSQL by ``pg_dump`` and ``pg_restore``, which have to be installed.
The secret key is not in the backup: without it the sealed parts stay closed.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
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


def restore(engine: Engine, file: Path) -> None:
    """Put the database of a backup in the place of the present one. Stop the server and the worker first.

    On SQLite the present database is kept beside it as ``….before-restore``; on PostgreSQL all is restored in one
    transaction, or nothing.

    Raises
    ------
    BadInput
        If the file is no backup of Onward, or of the other database.
    NotReady
        If PostgreSQL's tools are missing.
    WrongSchema
        If the backup is of a newer version than this (SQLite).
    """
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    if engine.dialect.name == "postgresql":
        _check_beginning(file, b"PGDMP", "PostgreSQL")
        engine.dispose()
        _postgres(engine, ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(file)])
        return
    _check_beginning(file, b"SQLite format 3\0", "SQLite")
    _check_is_ours(file)
    _put_in_place(Path(str(engine.url.database)), file, engine)


def _postgres(engine: Engine, command: Sequence[str]) -> None:
    """Run a tool of PostgreSQL; address and password go through the environment, never through arguments."""
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
    target = [*command, f"--dbname={url.database}"] if command[0] == "pg_restore" else list(command)
    done = subprocess.run(  # noqa: S603 - a fixed program, found on the operator's own PATH
        target, env=environment, capture_output=True, text=True, check=False, timeout=LONGEST_RUN
    )
    if done.returncode:
        raise BadInput(f"`{command[0]}` failed: {done.stderr.strip()[:500]}")


def _check_beginning(file: Path, beginning: bytes, kind: str) -> None:
    with file.open("rb") as opened:
        if opened.read(len(beginning)) != beginning:
            raise BadInput(f"{file} is no backup of Onward on {kind}.")


def _check_is_ours(file: Path) -> None:
    engine = database.create_engine(f"sqlite:///{file}")
    try:
        found = database.schema_of(engine)
        if found is None:
            raise BadInput(f"{file} is a SQLite file, but not of Onward.")
        database.refuse_newer_schema(found)
    finally:
        engine.dispose()


def _put_in_place(live: Path, file: Path, engine: Engine) -> None:
    engine.dispose()
    if live.exists():
        kept = live.with_name(live.name + ".before-restore")
        kept.unlink(missing_ok=True)
        database.copy_sqlite(str(live), kept)
    for old in (live, live.with_name(live.name + "-wal"), live.with_name(live.name + "-shm")):
        old.unlink(missing_ok=True)
    database.copy_sqlite(str(file), live)
    live.chmod(0o600)
