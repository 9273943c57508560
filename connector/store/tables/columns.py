"""What all tables are made of."""

from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, MetaData, String

from connector.store.types import Number, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def own_id() -> Column[int]:
    """Number of the row itself."""
    return Column("id", Number, primary_key=True, autoincrement=True)


def of_tenant(*, key: bool = False) -> Column[int]:
    """The Tenant that a row is of; it goes with it."""
    return Column("tenant_id", Number, ForeignKey("tenant.id", ondelete="CASCADE"), primary_key=key, nullable=False)


def to(name: str, target: str, *, nullable: bool = False, key: bool = False) -> Column[int]:
    """The row of another table that a row goes with."""
    return Column(name, Number, ForeignKey(target, ondelete="CASCADE"), primary_key=key, nullable=nullable)


def at(name: str, *, nullable: bool = False) -> Column[datetime]:
    """A moment, in UTC."""
    return Column(name, UtcDateTime, nullable=nullable)


def words(name: str, length: int = 255, default: str = "") -> Column[str]:
    """A short text, never missing."""
    return Column(name, String(length), nullable=False, server_default=default)


def yes(name: str) -> Column[bool]:
    """A switch that is on unless said otherwise."""
    return Column(name, Boolean, nullable=False, server_default="1")


def no(name: str) -> Column[bool]:
    """A switch that is off unless said otherwise."""
    return Column(name, Boolean, nullable=False, server_default="0")
