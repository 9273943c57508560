"""Platforms, how they are registered and launched."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, UniqueConstraint

from connector.store.tables.columns import at, metadata, no, of_tenant, own_id, to, words, yes
from connector.store.types import Json

platform = Table(
    "platform",
    metadata,
    own_id(),
    of_tenant(),
    Column("name", String(80), nullable=False),
    Column("issuer", String(500), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("auth_url", Text, nullable=False),
    Column("token_url", Text, nullable=False, server_default=""),
    Column("jwks_url", Text, nullable=False),
    words("algorithm", 10, "RS256"),
    words("deployment_policy", 20, "approve"),
    Column("frame_origins", Json, nullable=False),
    Column("match_rules", Json, nullable=False),
    Column("switches", Json, nullable=False),
    words("product", 40),  # the product family that the LMS said at registration: moodle, canvas …
    Column("agreed", Json, nullable=True),  # what was agreed at a dynamic registration; None by hand
    yes("active"),
    no("admins_enter"),  # whoever administers the LMS may enter the console by a launch
    at("created_at"),
    at("launched_at", nullable=True),  # the newest launch that was accepted, and as what
    words("launched_as", 20),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("issuer", "client_id"),
    sqlite_autoincrement=True,  # a number is never given twice
)

invite = Table(  # a URL that registers an LMS, once; only the hash of its secret is kept
    "invite",
    metadata,
    own_id(),
    of_tenant(),
    words("name", 80),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("switches", Json, nullable=False),
    words("deployment_policy", 20, "approve"),
    at("made_at"),
    at("expires_at"),
    at("used_at", nullable=True),
    to("platform_id", "platform.id", nullable=True),
)

deployment = Table(
    "deployment",
    metadata,
    of_tenant(key=True),
    to("platform_id", "platform.id", key=True),
    Column("deployment_id", String(255), primary_key=True),
    words("state", 20, "approved"),
    at("first_seen_at"),
)

launch_state = Table(
    "launch_state",
    metadata,
    Column("state_hash", LargeBinary(32), primary_key=True),
    of_tenant(),
    to("platform_id", "platform.id"),
    Column("record", Json, nullable=False),
    at("expires_at"),
    at("used_at", nullable=True),
    Index(None, "expires_at"),
)
