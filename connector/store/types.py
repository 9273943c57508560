"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Number = BigInteger().with_variant(Integer, "sqlite")
"""A database number: 64 bits, and SQLite's own rowid type so that it counts by itself."""

Json = JSON().with_variant(JSONB, "postgresql")


def microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970 of an aware ``moment``."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(value: int) -> datetime:
    """Return the aware UTC datetime of whole microseconds since 1970."""
    return EPOCH + timedelta(microseconds=value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, always UTC: ``timestamptz`` on PostgreSQL, microseconds since 1970 on SQLite.

    SQLite would drop the zone and take 26 bytes as text; an integer keeps both order and zone in eight. A naive
    datetime is refused: it is a mistake in our code.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        wanted: TypeEngine[Any] = DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(wanted)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Turn an aware datetime into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored: give it a zone")
        return value.astimezone(UTC) if dialect.name == "postgresql" else microseconds(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Turn what the database keeps into an aware UTC datetime."""
        if value is None:
            return None
        return value.astimezone(UTC) if dialect.name == "postgresql" else moment_of(value)


class Uuid16(TypeDecorator[UUID]):
    """A UUID: ``uuid`` on PostgreSQL, its 16 bytes on SQLite."""

    impl = LargeBinary(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        wanted: TypeEngine[Any] = PG_UUID(as_uuid=True) if dialect.name == "postgresql" else LargeBinary(16)
        return dialect.type_descriptor(wanted)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> Any:
        """Turn a UUID into what the database keeps."""
        if value is None or dialect.name == "postgresql":
            return value
        return value.bytes

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ARG002 - the base fixes the signature
        """Turn what the database keeps into a UUID; a PostgreSQL driver gives one already."""
        if value is None:
            return None
        return value if isinstance(value, UUID) else UUID(bytes=bytes(value))
