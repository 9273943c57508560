"""Sources, how far they were read, and what their verbs mean."""

from sqlalchemy import Column, LargeBinary, String, Table, Text, UniqueConstraint

from connector.store.tables.columns import at, metadata, no, of_tenant, own_id, to, words, yes
from connector.store.types import Json, Number, UtcDateTime

source = Table(
    "source",
    metadata,
    own_id(),
    of_tenant(),
    Column("name", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("url", Text, nullable=False),
    words("auth_kind", 20, "basic"),
    words("auth_key", 500),
    Column("sealed_secret", LargeBinary, nullable=True),
    Column("options", Json, nullable=True),  # what differs from the kind's profile, and how to get a token
    words("grain", 20, "course"),
    no("groups_count"),
    words("time_field", 20, "timestamp"),  # which of a Statement's times says when it happened
    words("push_key", 80),  # "" as long as nothing may be pushed
    Column("push_digest", LargeBinary, nullable=True),
    yes("active"),
    Column("probe", Json, nullable=True),
    at("created_at"),
    at("last_success_at", nullable=True),
    at("last_push_at", nullable=True),
    at("last_error_at", nullable=True),
    words("last_error", 2000),
    UniqueConstraint("tenant_id", "name"),
    sqlite_autoincrement=True,  # a number is never given twice
)

source_day = Table(  # a day of a Source that was read again to compare: what the LRS has, what we lacked
    "source_day",
    metadata,
    of_tenant(key=True),
    to("source_id", "source.id", key=True),
    Column("day", UtcDateTime, primary_key=True),
    Column("statements", Number, nullable=False),
    Column("repaired", Number, nullable=False),
    at("checked_at"),
)

source_cursor = Table(  # where the reads of a Source stand, by kind of walk; "all" is every Statement
    "source_cursor",
    metadata,
    of_tenant(key=True),
    to("source_id", "source.id", key=True),
    Column("walk", String(20), primary_key=True),
    Column("position", Json, nullable=False),
    at("high_water", nullable=True),
    at("moved_at"),
)

verb = Table(
    "verb",
    metadata,
    own_id(),
    of_tenant(),
    Column("iri", Text, nullable=False),
    UniqueConstraint("tenant_id", "iri"),
)

verb_map = Table(  # overrides of the default map; source 0 means every Source
    "verb_map",
    metadata,
    of_tenant(key=True),
    Column("source_id", Number, primary_key=True, server_default="0"),
    Column("verb_iri", String(500), primary_key=True),
    Column("signal", String(20), nullable=False),
)

ignore_rule = Table(  # Facts that count for nothing: all of its columns that are set have to fit; source 0 is every one
    "ignore_rule",
    metadata,
    own_id(),
    of_tenant(),
    Column("source_id", Number, nullable=False, server_default="0"),
    to("identity_id", "identity.id", nullable=True),
    to("activity_id", "activity.id", nullable=True),
    to("verb_id", "verb.id", nullable=True),
    at("since", nullable=True),
    at("until", nullable=True),
    words("finding", 60),
    at("made_at"),
)
