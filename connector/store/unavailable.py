"""The database's own errors, named once: what cannot be answered now may be answered later."""

from sqlalchemy import exc

DatabaseUnavailable = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""What ``except`` catches when the database is down, locked for too long, or out of connections."""
