"""Voiding: Statements that take another one back (xAPI 1.0.3 part 2, 2.3.2). The target may arrive later."""

from datetime import datetime
from typing import Final
from uuid import UUID

from connector.domain import Iri, VoidingDraft
from connector.statements.iris import fold_term
from connector.statements.wire import present

VOIDED: Final = fold_term("http://adlnet.gov/expapi/verbs/voided")


def voiding_of(verb: Iri, referenced: UUID | None, statement_id: UUID, stored: datetime | None) -> VoidingDraft | None:
    """Return what a Statement takes back, None where it takes nothing back.

    Parameters
    ----------
    verb : Iri
        Folded.
    referenced : UUID or None
        The Statement that the object refers to, None where the object is something else.
    statement_id, stored
        The voiding Statement's own.

    Raises
    ------
    Unreadable
        ``bad_voiding``, where ``voided`` is said of anything but a Statement.
    """
    if verb != VOIDED:
        return None
    return VoidingDraft(statement_id, present(referenced, "bad_voiding"), stored)
