"""Whether the Platform and Deployment of a Visit are still admitted."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from connector.domain import PlatformId, TenantId
from connector.store import tables


@dataclass(frozen=True, slots=True)
class Standing:
    """How a Platform and one of its Deployments stand; ``deployment`` is None for one that is not on record."""

    platform_active: bool
    deployment: str | None


def standing_of(session: Session, tenant: TenantId, platform: PlatformId, deployment: str) -> Standing | None:
    """Return how they stand, by one query; None when the Tenant has no such Platform."""
    row = session.execute(_QUERY, {"tenant": tenant, "platform": platform, "deployment": deployment}).first()
    return Standing(row.active, row.state) if row else None


_ONE, _OTHER = tables.platform, tables.deployment
_SAME = and_(
    _OTHER.c.tenant_id == _ONE.c.tenant_id,
    _OTHER.c.platform_id == _ONE.c.id,
    _OTHER.c.deployment_id == bindparam("deployment"),
)
_QUERY = (  # made once: every page and act asks it
    select(_ONE.c.active, _OTHER.c.state)
    .select_from(_ONE.outerjoin(_OTHER, _SAME))
    .where(_ONE.c.tenant_id == bindparam("tenant"), _ONE.c.id == bindparam("platform"))
)
