"""What was shown and what was done: Slates, Events, the audit, Jobs."""

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from connector.store.tables.columns import at, metadata, of_tenant, own_id, to, words
from connector.store.types import Json, Uuid16

slate = Table(
    "slate",
    metadata,
    Column("id", Uuid16, primary_key=True),
    of_tenant(),
    to("learner_id", "learner.id", nullable=True),
    Column("model_version", Integer, nullable=True),
    to("platform_id", "platform.id", nullable=True),
    words("placement"),
    words("state", 20),
    Column("shown", LargeBinary, nullable=False),  # item numbers, u32 little-endian, in page order
    Column("seen", LargeBinary, nullable=False),  # one bit a position
    at("shown_at"),
    Index(None, "tenant_id", "learner_id"),
    Index(None, "tenant_id", "shown_at"),
)

event = Table(
    "event",
    metadata,
    own_id(),
    of_tenant(),
    Column("slate_id", Uuid16, nullable=True),
    to("learner_id", "learner.id", nullable=True),
    to("item_id", "item.id", nullable=True),
    Column("kind", String(30), nullable=False),
    at("at"),
    Index(None, "tenant_id", "learner_id"),
    Index(None, "tenant_id", "at"),
)

audit = Table(
    "audit",
    metadata,
    own_id(),
    of_tenant(),
    Column("kind", String(60), nullable=False),
    words("code", 60),
    Column("detail", Json, nullable=False),
    at("at"),
    Index(None, "tenant_id", "at"),
)

job = Table(
    "job",
    metadata,
    own_id(),
    of_tenant(),
    Column("kind", String(40), nullable=False),
    words("scope", 80),
    words("state", 20, "waiting"),
    words("owner", 80),
    at("leased_until", nullable=True),
    Column("progress", Json, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    words("last_error", 2000),
    at("due_at"),
    at("started_at", nullable=True),
    at("finished_at", nullable=True),
    UniqueConstraint("tenant_id", "kind", "scope"),
)
