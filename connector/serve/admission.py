"""Admission: a Visit is good only as long as its Platform and Deployment are; asked at every request."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from connector.domain import Visit
from connector.errors import VisitRefused
from connector.store.standing import standing_of

APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Admission:
    """Looks at the database, so that switching a Platform or Deployment off takes effect at the next request."""

    readers: sessionmaker[Session]

    def require(self, visit: Visit) -> None:
        """Refuse a Visit whose Platform or Deployment was switched off since its Launch.

        Raises
        ------
        VisitRefused
            ``visit_platform_disabled`` (also when it was removed) or ``visit_deployment_disabled``.
        """
        with self.readers.begin() as session:
            found = standing_of(session, visit.tenant, visit.platform, visit.deployment)
        if found is None or not found.platform_active:
            raise VisitRefused("visit_platform_disabled")
        if found.deployment not in {None, APPROVED}:
            raise VisitRefused("visit_deployment_disabled")
