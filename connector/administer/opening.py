"""Opening a Source: its secret unsealed, each address checked before it is asked."""

from datetime import timedelta
from functools import partial

from connector.administer.asking import auth_of, options_in
from connector.administer.sources import Open
from connector.outside.urls import UrlRules, check_url
from connector.store.seal import Seal
from connector.store.sources import SourceRecord
from lrs_adapters.base import StatementSource
from lrs_adapters.registry import DUMP, open_source
from lrs_adapters.transport import Patience

PROBING = Patience(
    connect=timedelta(seconds=3),
    read=timedelta(seconds=10),
    whole=timedelta(seconds=20),
    retries=1,
    longest_wait=timedelta(seconds=2),
)
"""How long somebody waits who has just said where an LRS is: seconds."""


def opener_of(seal: Seal, rules: UrlRules, patience: Patience | None = None) -> Open:
    """Return what opens a Source.

    ``patience`` is None for that of a read, which outlasts an LRS that is down for a while.
    """
    check = partial(check_url, rules=rules)

    def open_record(record: SourceRecord) -> StatementSource:
        secret = seal.open(record.sealed_secret).decode() if record.sealed_secret else ""
        return open_source(
            record.kind,
            record.url,
            auth=None if record.kind == DUMP else auth_of(record, secret),
            check_url=check,
            patience=patience,
            **options_in(record.options).in_place_of_the_profile(),
        )

    return open_record
