"""The schema: what is kept, and nothing else. Every table but ``tenant`` is led by its Tenant.

``fact`` is all that is kept of a Statement; the small tables beside it say what Facts mean, so that a changed verb map,
roll-up, family, merge or un-merge takes effect at the next request and the next training without touching a Fact.
Names of people are nowhere; identifiers are keyed hashes. A login under way (``launch_state``) is sealed.
"""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from connector.store.types import Json, Number, UtcDateTime, Uuid16

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Number, primary_key=True, autoincrement=True)


def _tenant(*, key: bool = False) -> Column[int]:
    return Column("tenant_id", Number, ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=key, nullable=False)


def _to(name: str, target: str, *, nullable: bool = False, key: bool = False) -> Column[int]:
    return Column(name, Number, ForeignKey(target, ondelete="CASCADE"), primary_key=key, nullable=nullable)


def _at(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=nullable)


def _text(name: str, length: int = 255, default: str = "") -> Column[str]:
    return Column(name, String(length), nullable=False, server_default=default)


def _yes(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default="1")


def _no(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default="0")


tenant = Table(
    "tenant",
    metadata,
    _id(),
    Column("name", String(120), nullable=False, unique=True),
    Column("current_model_id", Number, nullable=True),  # no foreign key: it would close a circle with model
    Column("erasures", Number, nullable=False, server_default="0"),  # names kept in memory are good for one value of it
    _at("created_at"),
)

revision = Table(  # how often what pages are made of was changed; triggers raise it (connector.store.revisions)
    "revision",
    metadata,
    _tenant(key=True),
    Column("lane", SmallInteger, primary_key=True),
    Column("value", Number, nullable=False),
)

choice = Table(  # what sites choose, as data: thresholds, retentions, consent text
    "choice",
    metadata,
    _tenant(key=True),
    Column("name", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)

secret = Table(  # sealed with the site's secret key: hashing key, session key, signing keys
    "secret",
    metadata,
    _tenant(key=True),
    Column("name", String(120), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    _at("created_at"),
    _at("retired_at", nullable=True),
)

# --- sources and what they told ---------------------------------------------------------------------------------

source = Table(
    "source",
    metadata,
    _id(),
    _tenant(),
    Column("name", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("url", Text, nullable=False),
    _text("auth_kind", 20, "basic"),
    _text("auth_key", 500),
    Column("sealed_secret", LargeBinary, nullable=True),
    Column("options", Json, nullable=True),  # what differs from the kind's profile, and how to get a token
    _text("grain", 20, "course"),
    _no("groups_count"),
    _text("time_field", 20, "timestamp"),  # which of a Statement's times says when it happened
    _text("push_key", 80),  # "" as long as nothing may be pushed
    Column("push_digest", LargeBinary, nullable=True),
    _yes("active"),
    Column("probe", Json, nullable=True),
    _at("created_at"),
    _at("last_success_at", nullable=True),
    _at("last_push_at", nullable=True),
    _at("last_error_at", nullable=True),
    _text("last_error", 2000),
    UniqueConstraint("tenant_id", "name"),
    sqlite_autoincrement=True,  # a number is never given twice
)

source_day = Table(  # a day of a Source that was read again to compare: what the LRS has, what we lacked
    "source_day",
    metadata,
    _tenant(key=True),
    _to("source_id", "source.id", key=True),
    Column("day", UtcDateTime, primary_key=True),
    Column("statements", Number, nullable=False),
    Column("repaired", Number, nullable=False),
    _at("checked_at"),
)

source_cursor = Table(  # where the reads of a Source stand, by kind of walk; "all" is every Statement
    "source_cursor",
    metadata,
    _tenant(key=True),
    _to("source_id", "source.id", key=True),
    Column("walk", String(20), primary_key=True),
    Column("position", Json, nullable=False),
    _at("high_water", nullable=True),
    _at("moved_at"),
)

verb = Table(
    "verb",
    metadata,
    _id(),
    _tenant(),
    Column("iri", Text, nullable=False),
    UniqueConstraint("tenant_id", "iri"),
)

verb_map = Table(  # overrides of the default map; source 0 means every Source
    "verb_map",
    metadata,
    _tenant(key=True),
    Column("source_id", Number, primary_key=True, server_default="0"),
    Column("verb_iri", String(500), primary_key=True),
    Column("signal", String(20), nullable=False),
)

ignore_rule = Table(  # Facts that count for nothing: all of its columns that are set have to fit; source 0 is every one
    "ignore_rule",
    metadata,
    _id(),
    _tenant(),
    Column("source_id", Number, nullable=False, server_default="0"),
    _to("identity_id", "identity.id", nullable=True),
    _to("activity_id", "activity.id", nullable=True),
    _to("verb_id", "verb.id", nullable=True),
    _at("since", nullable=True),
    _at("until", nullable=True),
    _text("finding", 60),
    _at("made_at"),
)

family = Table("family", metadata, _id(), _tenant())

item = Table(
    "item",
    metadata,
    _id(),
    _tenant(),
    Column("iri", Text, nullable=False),
    _to("family_id", "family.id"),
    _no("family_fixed"),  # by hand: no rule changes it
    _text("page", 2000),  # the IRI as it was seen, which a browser can open; "iri" is folded
    _text("type", 500),
    _text("status", 20, "shown"),
    _text("url", 2000),
    _no("in_catalog"),
    _at("catalog_at", nullable=True),
    _text("feed", 80),  # the feed that brought it; "" for a file
    _yes("visible"),  # what the feed says; "status" is what people say
    _yes("enrolable"),
    Column("minutes", Integer, nullable=True),
    _text("level", 80),
    _text("language", 35),
    _text("provider", 200),
    _text("image_url", 2000),
    _text("image", 22),  # the key of its Picture; "" while there is none, and a poster is drawn
    Column("topics", Json, nullable=True),
    Column("skills", Json, nullable=True),
    Column("prerequisites", Json, nullable=True),
    Column("audience", Json, nullable=True),
    _no("sensitive"),
    _at("starts_at", nullable=True),
    _at("ends_at", nullable=True),
    Column("renewal_days", Integer, nullable=True),
    _at("created_at"),
    UniqueConstraint("tenant_id", "iri"),
    CheckConstraint("status IN ('shown', 'blocked', 'hidden')", name="status"),
    sqlite_autoincrement=True,  # a number is never given twice
)

image = Table(  # the Picture behind an address that the catalogue names; a cache: all of it can be fetched again
    "image",
    metadata,
    _tenant(key=True),
    Column("url_digest", LargeBinary(32), primary_key=True),  # SHA-256 of the address
    _text("key", 22),  # what pages call it; "" while there is none
    Column("small", LargeBinary, nullable=True),
    Column("wide", LargeBinary, nullable=True),
    Column("size", Number, nullable=False, server_default="0"),  # bytes of both
    Column("tries", Integer, nullable=False, server_default="0"),  # without a good end, in a row
    _text("last_error", 300),
    _at("due_at"),
    _at("fetched_at", nullable=True),
    Index(None, "key"),
)

item_text = Table(
    "item_text",
    metadata,
    _tenant(key=True),
    _to("item_id", "item.id", key=True),
    Column("language", String(35), primary_key=True),
    Column("title", String(500), nullable=False),
    Column("summary", Text, nullable=False, server_default=""),
    _no("from_catalog"),
    _at("seen_at"),
)

activity = Table(
    "activity",
    metadata,
    _id(),
    _tenant(),
    Column("iri", Text, nullable=False),
    _text("type", 500),
    _to("item_id", "item.id", nullable=True),
    _no("part"),
    _no("by_hand"),  # where it belongs was fixed by hand: no Statement changes it
    UniqueConstraint("tenant_id", "iri"),
    sqlite_autoincrement=True,  # a number is never given twice
)

feed = Table(  # where a catalogue comes from, again and again
    "feed",
    metadata,
    _id(),
    _tenant(),
    Column("name", String(80), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("url", Text, nullable=False),
    Column("sealed_token", LargeBinary, nullable=True),
    Column("options", Json, nullable=True),
    _yes("active"),
    _at("created_at"),
    _at("last_success_at", nullable=True),
    _at("last_error_at", nullable=True),
    _text("last_error", 2000),
    UniqueConstraint("tenant_id", "name"),
)

# --- people ------------------------------------------------------------------------------------------------------

learner = Table(
    "learner",
    metadata,
    _id(),
    _tenant(),
    _yes("personal_rows"),
    _no("objects"),
    _yes("trains"),
    _at("created_at"),
    _at("launched_at", nullable=True),
    sqlite_autoincrement=True,  # a number is never given twice
)

identity = Table(
    "identity",
    metadata,
    _id(),
    _tenant(),
    _to("learner_id", "learner.id"),
    Column("first_learner_id", Number, nullable=False),
    Column("kind", String(20), nullable=False),
    _text("home_page", 500),
    Column("exact", LargeBinary(32), nullable=False),
    Column("folded", LargeBinary(32), nullable=False),
    Column("bare", LargeBinary(32), nullable=False),  # of the folded value alone, without kind and home page
    Column("sha1", LargeBinary(32), nullable=True),  # the same for a mailbox and its mbox_sha1sum
    _text("shape", 80),
    _no("from_launch"),
    _no("from_statement"),
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
    _id(),
    _tenant(),
    _to("identity_id", "identity.id"),
    Column("from_learner_id", Number, nullable=False),
    Column("to_learner_id", Number, nullable=False),
    Column("why", String(80), nullable=False),
    Column("batch", Uuid16, nullable=False),
    _at("linked_at"),
    _at("undone_at", nullable=True),
    Index(None, "tenant_id", "identity_id"),
)

launch_claim = Table(  # what a Launch said of somebody, as keyed hashes: what match rules are tried on
    "launch_claim",
    metadata,
    _tenant(key=True),
    _to("platform_id", "platform.id", key=True),
    _to("learner_id", "learner.id", key=True),
    Column("kind", String(20), primary_key=True),
    Column("bare", LargeBinary(32), nullable=False),
    Column("sha1", LargeBinary(32), nullable=True),
    _text("shape", 80),
    _at("seen_at"),
    Index(None, "tenant_id", "bare"),
)

erased_person = Table(  # every digest under which somebody who was erased could come back
    "erased_person",
    metadata,
    _tenant(key=True),
    Column("digest", LargeBinary(32), primary_key=True),
    _at("erased_at"),
)

# --- facts -------------------------------------------------------------------------------------------------------

fact = Table(  # no foreign keys: PostgreSQL looks up each for each Fact; who removes what they name removes Facts
    "fact",
    metadata,
    _id(),
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
    _at("stored", nullable=True),
    _at("timestamp"),
    UniqueConstraint("tenant_id", "source_id", "statement_id", "member"),
    Index(None, "tenant_id", "identity_id"),
)

voided_statement = Table(  # a tombstone: the target may be here, come later, or never come
    "voided_statement",
    metadata,
    _tenant(key=True),
    _to("source_id", "source.id", key=True),
    Column("statement_id", Uuid16, primary_key=True),
    Column("voided_by", Uuid16, nullable=False),
    _at("stored", nullable=True),
)

ignored_count = Table(  # what is left of ignored Facts after their retention
    "ignored_count",
    metadata,
    _tenant(key=True),
    _to("source_id", "source.id", key=True),
    Column("reason", String(40), primary_key=True),
    Column("verb_iri", String(500), primary_key=True),
    Column("statements", Number, nullable=False),
    Column("sample_id", Uuid16, nullable=True),
)

quarantine = Table(
    "quarantine",
    metadata,
    _id(),
    _tenant(),
    _to("source_id", "source.id"),
    Column("reason", String(60), nullable=False),
    _text("readable_id", 64),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _at("seen_at"),
    UniqueConstraint("tenant_id", "source_id", "sha256"),
)

# --- models ------------------------------------------------------------------------------------------------------

model = Table(
    "model",
    metadata,
    _id(),
    _tenant(),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("parameters", Json, nullable=False),
    Column("scale", Json, nullable=False),
    Column("learner_count", Integer, nullable=False),
    Column("item_count", Integer, nullable=False),
    Column("interaction_count", Number, nullable=False),
    Column("neighbour_count", Number, nullable=False, server_default="0"),
    _text("fingerprint", 64),
    _at("data_as_of", nullable=True),
    _at("trained_at"),
    _at("published_at", nullable=True),
    UniqueConstraint("tenant_id", "version"),
    sqlite_autoincrement=True,  # a number is never given twice: processes remember lists by it
)

neighbours = Table(
    "neighbours",
    metadata,
    _tenant(key=True),
    _to("model_id", "model.id", key=True),
    Column("kind", String(20), primary_key=True),
    Column("anchor_id", Number, primary_key=True),  # 0 is the whole site
    Column("packed", LargeBinary, nullable=False),
)

recipe_book = Table(  # what people decided about Rows, every version of the document; the newest is the one that counts
    "recipe_book",
    metadata,
    _tenant(key=True),
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    _text("made_by", 80),
    _text("note", 500),
    _at("made_at"),
)

# --- what was shown ----------------------------------------------------------------------------------------------

slate = Table(
    "slate",
    metadata,
    Column("id", Uuid16, primary_key=True),
    _tenant(),
    _to("learner_id", "learner.id", nullable=True),
    Column("model_version", Integer, nullable=True),
    _to("platform_id", "platform.id", nullable=True),
    _text("placement"),
    _text("state", 20),
    Column("shown", LargeBinary, nullable=False),  # item numbers, u32 little-endian, in page order
    Column("seen", LargeBinary, nullable=False),  # one bit a position
    _at("shown_at"),
    Index(None, "tenant_id", "learner_id"),
    Index(None, "tenant_id", "shown_at"),
)

event = Table(
    "event",
    metadata,
    _id(),
    _tenant(),
    Column("slate_id", Uuid16, nullable=True),
    _to("learner_id", "learner.id", nullable=True),
    _to("item_id", "item.id", nullable=True),
    Column("kind", String(30), nullable=False),
    _at("at"),
    Index(None, "tenant_id", "learner_id"),
    Index(None, "tenant_id", "at"),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    _tenant(),
    Column("kind", String(60), nullable=False),
    _text("code", 60),
    Column("detail", Json, nullable=False),
    _at("at"),
    Index(None, "tenant_id", "at"),
)

# --- work --------------------------------------------------------------------------------------------------------

job = Table(
    "job",
    metadata,
    _id(),
    _tenant(),
    Column("kind", String(40), nullable=False),
    _text("scope", 80),
    _text("state", 20, "waiting"),
    _text("owner", 80),
    _at("leased_until", nullable=True),
    Column("progress", Json, nullable=True),
    Column("attempts", Integer, nullable=False, server_default="0"),
    _text("last_error", 2000),
    _at("due_at"),
    _at("started_at", nullable=True),
    _at("finished_at", nullable=True),
    UniqueConstraint("tenant_id", "kind", "scope"),
)

# --- platforms ---------------------------------------------------------------------------------------------------

platform = Table(
    "platform",
    metadata,
    _id(),
    _tenant(),
    Column("name", String(80), nullable=False),
    Column("issuer", String(500), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("auth_url", Text, nullable=False),
    Column("token_url", Text, nullable=False, server_default=""),
    Column("jwks_url", Text, nullable=False),
    _text("algorithm", 10, "RS256"),
    _text("deployment_policy", 20, "approve"),
    Column("frame_origins", Json, nullable=False),
    Column("match_rules", Json, nullable=False),
    Column("switches", Json, nullable=False),
    _text("product", 40),  # the product family that the LMS said at registration: moodle, canvas …
    Column("agreed", Json, nullable=True),  # what was agreed at a dynamic registration; None by hand
    _yes("active"),
    _no("admins_enter"),  # whoever administers the LMS may enter the console by a launch
    _at("created_at"),
    _at("launched_at", nullable=True),  # the newest launch that was accepted, and as what
    _text("launched_as", 20),
    UniqueConstraint("tenant_id", "name"),
    UniqueConstraint("issuer", "client_id"),
    sqlite_autoincrement=True,  # a number is never given twice
)

invite = Table(  # a URL that registers an LMS, once; only the hash of its secret is kept
    "invite",
    metadata,
    _id(),
    _tenant(),
    _text("name", 80),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("switches", Json, nullable=False),
    _text("deployment_policy", 20, "approve"),
    _at("made_at"),
    _at("expires_at"),
    _at("used_at", nullable=True),
    _to("platform_id", "platform.id", nullable=True),
)

deployment = Table(
    "deployment",
    metadata,
    _tenant(key=True),
    _to("platform_id", "platform.id", key=True),
    Column("deployment_id", String(255), primary_key=True),
    _text("state", 20, "approved"),
    _at("first_seen_at"),
)

# --- the console -------------------------------------------------------------------------------------------------

account = Table(  # somebody who administers this site; the name is chosen by them, nothing else is known of them
    "account",
    metadata,
    _id(),
    _tenant(),
    Column("name", String(80), nullable=False),
    _text("password", 500),  # an Argon2id hash in PHC form
    _yes("active"),
    _at("created_at"),
    UniqueConstraint("tenant_id", "name"),
)

console_session = Table(  # somebody who is signed in; only the hash of the cookie is kept
    "console_session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    _tenant(),
    _to("account_id", "account.id", nullable=True),
    _to("platform_id", "platform.id", nullable=True),  # entered by a launch of this LMS
    _at("began_at"),
    _at("seen_at"),
    _at("expires_at"),
    Index(None, "expires_at"),
)

launch_state = Table(
    "launch_state",
    metadata,
    Column("state_hash", LargeBinary(32), primary_key=True),
    _tenant(),
    _to("platform_id", "platform.id"),
    Column("record", Json, nullable=False),
    _at("expires_at"),
    _at("used_at", nullable=True),
    Index(None, "expires_at"),
)
