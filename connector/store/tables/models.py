"""Models, their Neighbours, and what people decided about Rows."""

from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from connector.store.tables.columns import at, metadata, of_tenant, own_id, to, words
from connector.store.types import Json, Number

model = Table(
    "model",
    metadata,
    own_id(),
    of_tenant(),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("parameters", Json, nullable=False),
    Column("scale", Json, nullable=False),
    Column("learner_count", Integer, nullable=False),
    Column("item_count", Integer, nullable=False),
    Column("interaction_count", Number, nullable=False),
    Column("neighbour_count", Number, nullable=False, server_default="0"),
    words("fingerprint", 64),
    at("data_as_of", nullable=True),
    at("trained_at"),
    at("published_at", nullable=True),
    UniqueConstraint("tenant_id", "version"),
    sqlite_autoincrement=True,  # a number is never given twice: processes remember lists by it
)

neighbours = Table(
    "neighbours",
    metadata,
    of_tenant(key=True),
    to("model_id", "model.id", key=True),
    Column("kind", String(20), primary_key=True),
    Column("anchor_id", Number, primary_key=True),  # 0 is the whole site
    Column("packed", LargeBinary, nullable=False),
)

recipe_book = Table(  # what people decided about Rows, every version of the document; the newest is the one that counts
    "recipe_book",
    metadata,
    of_tenant(key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    words("made_by", 80),
    words("note", 500),
    at("made_at"),
)
