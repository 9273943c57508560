"""How the contract's tests fill and open a running Ralph."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import requests

from connector.demo.ralph import Ralph
from lrs_adapters.base import StatementSource
from lrs_adapters.registry import open_source
from tests.contract.statement_source_contract import LrsUnderTest

HELD = "statements/fs_lrs.jsonl"
POST_AT_MOST = 100


class RalphUnderTest(LrsUnderTest):
    """Empties the Ralph that it is given: its file backend reads its file anew for each request."""

    late_by = timedelta(days=1)
    again = 10

    def __init__(self, ralph: Ralph) -> None:
        self._ralph = ralph
        (ralph.folder / HELD).write_text("")

    def add(self, statements: Sequence[dict[str, Any]]) -> None:
        for first in range(0, len(statements), POST_AT_MOST):
            posted = requests.post(
                f"{self._ralph.url}/statements",
                json=list(statements[first : first + POST_AT_MOST]),
                auth=(self._ralph.key, self._ralph.secret),
                timeout=30,
            )
            assert posted.status_code == 200, posted.text

    def open(self, page_size: int) -> StatementSource:
        return open_source("ralph", self._ralph.url, self._ralph.key, self._ralph.secret, page_size=page_size)
