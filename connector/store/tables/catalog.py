"""Items, what is written about them, and where catalogues come from."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from connector.store.tables.columns import at, metadata, no, of_tenant, own_id, to, words, yes
from connector.store.types import Json, Number

family = Table("family", metadata, own_id(), of_tenant())

item = Table(
    "item",
    metadata,
    own_id(),
    of_tenant(),
    Column("iri", Text, nullable=False),
    to("family_id", "family.id"),
    no("family_fixed"),  # by hand: no rule changes it
    words("page", 2000),  # the IRI as it was seen, which a browser can open; "iri" is folded
    words("type", 500),
    words("status", 20, "shown"),
    words("url", 2000),
    no("in_catalog"),
    at("catalog_at", nullable=True),
    words("feed", 80),  # the feed that brought it; "" for a file
    yes("visible"),  # what the feed says; "status" is what people say
    yes("enrolable"),
    Column("minutes", Integer, nullable=True),
    words("level", 80),
    words("language", 35),
    words("provider", 200),
    words("image_url", 2000),
    words("image", 22),  # the key of its Picture; "" while there is none, and a poster is drawn
    Column("topics", Json, nullable=True),
    Column("skills", Json, nullable=True),
    Column("prerequisites", Json, nullable=True),
    Column("audience", Json, nullable=True),
    no("sensitive"),
    at("starts_at", nullable=True),
    at("ends_at", nullable=True),
    Column("renewal_days", Integer, nullable=True),
    at("created_at"),
    UniqueConstraint("tenant_id", "iri"),
    CheckConstraint("status IN ('shown', 'blocked', 'hidden')", name="status"),
    sqlite_autoincrement=True,  # a number is never given twice
)

image = Table(  # the Picture behind an address that the catalogue names; a cache: all of it can be fetched again
    "image",
    metadata,
    of_tenant(key=True),
    Column("url_digest", LargeBinary(32), primary_key=True),  # SHA-256 of the address
    words("key", 22),  # what pages call it; "" while there is none
    Column("small", LargeBinary, nullable=True),
    Column("wide", LargeBinary, nullable=True),
    Column("size", Number, nullable=False, server_default="0"),  # bytes of both
    Column("tries", Integer, nullable=False, server_default="0"),  # without a good end, in a row
    words("last_error", 300),
    at("due_at"),
    at("fetched_at", nullable=True),
    Index(None, "key"),
)

item_text = Table(
    "item_text",
    metadata,
    of_tenant(key=True),
    to("item_id", "item.id", key=True),
    Column("language", String(35), primary_key=True),
    Column("title", String(500), nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    no("from_catalog"),
    at("seen_at"),
)

activity = Table(
    "activity",
    metadata,
    own_id(),
    of_tenant(),
    Column("iri", Text, nullable=False),
    words("type", 500),
    to("item_id", "item.id", nullable=True),
    no("part"),
    no("by_hand"),  # where it belongs was fixed by hand: no Statement changes it
    UniqueConstraint("tenant_id", "iri"),
    sqlite_autoincrement=True,  # a number is never given twice
)

feed = Table(  # where a catalogue comes from, again and again
    "feed",
    metadata,
    own_id(),
    of_tenant(),
    Column("name", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("url", Text, nullable=False),
    Column("sealed_token", LargeBinary, nullable=True),
    Column("options", Json, nullable=True),
    yes("active"),
    at("created_at"),
    at("last_success_at", nullable=True),
    at("last_error_at", nullable=True),
    words("last_error", 2000),
    UniqueConstraint("tenant_id", "name"),
)
