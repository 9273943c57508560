"""What connector raises; the type tells the caller what to do.

ConnectorError            carries a sentence for the person who can act
├── NotReady              keys, schema, platform or source missing: set it up, then try again
├── WrongSchema           the database has another schema version: run ``onward upgrade``
├── UnknownName           no Source, Platform, Item or Learner of that name: check the spelling
├── BadInput              a file, option or field cannot be used: correct it
├── Busy                  another process holds the lease: wait or try later
├── NoModelYet            nothing was trained yet: run ``onward train``
├── LaunchRefused         a launch or login that fails a check: stable ``code``, never a 500
└── VisitRefused          the Visit token is expired, foreign or malformed: launch again
"""


class ConnectorError(Exception):
    """The root of connector's errors; ``str(error)`` is a sentence that says what to do."""


class NotReady(ConnectorError):
    """Something must be set up first; the sentence says which."""


class WrongSchema(NotReady):
    """The database's schema is not the one of this version."""


class UnknownName(ConnectorError):
    """No thing of that name exists."""


class BadInput(ConnectorError):
    """An input cannot be used; the sentence names the field and the remedy."""


class Busy(ConnectorError):
    """Another process holds the lease of this work."""


class NoModelYet(ConnectorError):
    """No Model has been published for this Tenant."""


class LaunchRefused(ConnectorError):
    """A login or launch that fails a check.

    Parameters
    ----------
    code : str
        Stable, snake_case, listed in docs/reference/launch-codes.md.
    detail : str
        For the administrator's log; names the claim or field, never a person's identifier.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail


class VisitRefused(ConnectorError):
    """The Visit token cannot be used any more; the person launches again from the course."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
