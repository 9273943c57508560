"""Who administers a site."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, UniqueConstraint

from connector.store.tables.columns import at, metadata, of_tenant, own_id, to, words, yes

account = Table(  # somebody who administers this site; the name is chosen by them, nothing else is known of them
    "account",
    metadata,
    own_id(),
    of_tenant(),
    Column("name", String(80), nullable=False),
    words("password", 500),  # an Argon2id hash in PHC form
    yes("active"),
    at("created_at"),
    UniqueConstraint("tenant_id", "name"),
)

console_session = Table(  # somebody who is signed in; only the hash of the cookie is kept
    "console_session",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    of_tenant(),
    to("account_id", "account.id", nullable=True),
    to("platform_id", "platform.id", nullable=True),  # entered by a launch of this LMS
    at("began_at"),
    at("seen_at"),
    at("expires_at"),
    Index(None, "expires_at"),
)
