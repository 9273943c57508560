"""Tenants and what they choose."""

from sqlalchemy import Column, LargeBinary, SmallInteger, String, Table

from connector.store.tables.columns import at, metadata, of_tenant, own_id
from connector.store.types import Json, Number

tenant = Table(
    "tenant",
    metadata,
    own_id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("current_model_id", Number, nullable=True),  # no foreign key: it would close a circle with model
    Column("erasures", Number, nullable=False, server_default="0"),  # names kept in memory are good for one value of it
    at("created_at"),
)

revision = Table(  # how often what pages are made of was changed; triggers raise it (connector.store.revisions)
    "revision",
    metadata,
    of_tenant(key=True),
    Column("lane", SmallInteger, primary_key=True),
    Column("value", Number, nullable=False),
)

choice = Table(  # what sites choose, as data: thresholds, retentions, consent text
    "choice",
    metadata,
    of_tenant(key=True),
    Column("name", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)

secret = Table(  # sealed with the site's secret key: hashing key, session key, signing keys
    "secret",
    metadata,
    of_tenant(key=True),
    Column("name", String(120), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    at("created_at"),
    at("retired_at", nullable=True),
)
