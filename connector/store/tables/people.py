"""Learners and the keyed hashes by which they are known."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint

from connector.store.tables.columns import at, metadata, no, of_tenant, own_id, to, words, yes
from connector.store.types import Number, Uuid16

learner = Table(
    "learner",
    metadata,
    own_id(),
    of_tenant(),
    yes("personal_rows"),
    no("objects"),
    yes("trains"),
    at("created_at"),
    at("launched_at", nullable=True),
    sqlite_autoincrement=True,  # a number is never given twice
)

identity = Table(
    "identity",
    metadata,
    own_id(),
    of_tenant(),
    to("learner_id", "learner.id"),
    Column("first_learner_id", Number, nullable=False),
    Column("kind", String(20), nullable=False),
    words("home_page", 500),
    Column("exact", LargeBinary(32), nullable=False),
    Column("folded", LargeBinary(32), nullable=False),
    Column("bare", LargeBinary(32), nullable=False),  # of the folded value alone, without kind and home page
    Column("sha1", LargeBinary(32), nullable=True),  # the same for a mailbox and its mbox_sha1sum
    words("shape", 80),
    no("from_launch"),
    no("from_statement"),
    UniqueConstraint("tenant_id", "exact"),
    Index(None, "tenant_id", "folded"),
    Index(None, "tenant_id", "bare"),
    Index(None, "tenant_id", "sha1"),
    Index(None, "tenant_id", "learner_id"),
    sqlite_autoincrement=True,  # a number is never given twice
)

identity_link = Table(  # which Identity was given to whom and why, so that it can be undone exactly
    "identity_link",
    metadata,
    own_id(),
    of_tenant(),
    to("identity_id", "identity.id"),
    Column("from_learner_id", Number, nullable=False),
    Column("to_learner_id", Number, nullable=False),
    Column("why", String(80), nullable=False),
    Column("batch", Uuid16, nullable=False),
    at("linked_at"),
    at("undone_at", nullable=True),
    Index(None, "tenant_id", "identity_id"),
)

launch_claim = Table(  # what a Launch said of somebody, as keyed hashes: what match rules are tried on
    "launch_claim",
    metadata,
    of_tenant(key=True),
    to("platform_id", "platform.id", key=True),
    to("learner_id", "learner.id", key=True),
    Column("kind", String(20), primary_key=True),
    Column("bare", LargeBinary(32), nullable=False),
    Column("sha1", LargeBinary(32), nullable=True),
    words("shape", 80),
    at("seen_at"),
    Index(None, "tenant_id", "bare"),
)

erased_person = Table(  # every digest under which somebody who was erased could come back
    "erased_person",
    metadata,
    of_tenant(key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    at("erased_at"),
)
