"""All that is kept of Statements."""

from sqlalchemy import Column, Float, Index, LargeBinary, SmallInteger, String, Table, UniqueConstraint

from connector.store.tables.columns import at, metadata, of_tenant, own_id, to, words
from connector.store.types import Number, Uuid16

fact = Table(  # no foreign keys: PostgreSQL looks up each for each Fact; who removes what they name removes Facts
    "fact",
    metadata,
    own_id(),
    Column("tenant_id", Number, nullable=False),
    Column("source_id", Number, nullable=False),
    Column("statement_id", Uuid16, nullable=False),
    Column("member", SmallInteger, nullable=False, server_default="0"),
    Column("identity_id", Number, nullable=True),
    Column("activity_id", Number, nullable=True),
    Column("verb_id", Number, nullable=False),
    Column("attempt", Uuid16, nullable=True),
    Column("flags", SmallInteger, nullable=False, server_default="0"),
    Column("score", Float, nullable=True),
    Column("progress", SmallInteger, nullable=True),
    at("stored", nullable=True),
    at("timestamp"),
    UniqueConstraint("tenant_id", "source_id", "statement_id", "member"),
    Index(None, "tenant_id", "identity_id"),
)

voided_statement = Table(  # a tombstone: the target may be here, come later, or never come
    "voided_statement",
    metadata,
    of_tenant(key=True),
    to("source_id", "source.id", key=True),
    Column("statement_id", Uuid16, primary_key=True),
    Column("voided_by", Uuid16, nullable=False),
    at("stored", nullable=True),
)

ignored_count = Table(  # what is left of ignored Facts after their retention
    "ignored_count",
    metadata,
    of_tenant(key=True),
    to("source_id", "source.id", key=True),
    Column("reason", String(40), primary_key=True),
    Column("verb_iri", String(500), primary_key=True),
    Column("statements", Number, nullable=False),
    Column("sample_id", Uuid16, nullable=True),
)

quarantine = Table(
    "quarantine",
    metadata,
    own_id(),
    of_tenant(),
    to("source_id", "source.id"),
    Column("reason", String(60), nullable=False),
    words("readable_id", 64),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    at("seen_at"),
    UniqueConstraint("tenant_id", "source_id", "sha256"),
)
