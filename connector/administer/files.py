"""Files of this machine as a Source: for who works at its own command line, and for nobody else.

The guard of outbound addresses has no say here, since nothing is asked over a network. So the web layer must never
reach this module; a contract in ``setup.cfg`` sees to that.
"""

import os
from dataclasses import replace
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from connector.administer import sources
from connector.administer.asking import AuthKind
from connector.administer.sources import NewSource
from connector.clock import Clock
from connector.domain import SourceId, TenantId
from connector.errors import BadInput
from connector.store.seal import Seal
from lrs_adapters.registry import DUMP


def files_at(path: Path) -> str:
    """Return the ``file:`` address of a file or folder.

    Raises
    ------
    BadInput
        It is not there, or this user may not read it.
    """
    whole = path.expanduser().absolute()
    if not whole.exists():
        raise BadInput(f"There is no file or folder {whole}: check the path.")
    if not os.access(whole, os.R_OK | (os.X_OK if whole.is_dir() else 0)):
        raise BadInput(f"{whole} cannot be read by this user: give it that right.")
    return whole.as_uri()


def add_files(
    new: NewSource, path: Path, tenant: TenantId, sessions: sessionmaker[Session], seal: Seal, clock: Clock
) -> SourceId:
    """Add the file or folder at ``path`` as a Source; kind, address and credentials of ``new`` do not matter.

    Raises
    ------
    BadInput
        As ``files_at`` and ``sources.keep``.
    """
    whole = replace(new, kind=DUMP, url=files_at(path), auth_kind=AuthKind.NONE, key="", secret="")
    return sources.keep(whole, tenant, sessions, seal, clock)
