"""Models and their packed Neighbours. A published Model never changes; one last transaction makes it current."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from connector.domain import Blending, Deed, ItemId, Model, ModelId, NeighbourKind, NeighbourList, Share, TenantId
from connector.recipes.packed import PackedList, pack
from connector.store import tables

_CURRENT = (
    select(tables.model)
    .join(tables.tenant, tables.tenant.c.current_model_id == tables.model.c.id)
    .where(tables.tenant.c.id == bindparam("tenant"))
)
_LISTS = select(tables.neighbours.c.kind, tables.neighbours.c.anchor_id, tables.neighbours.c.packed).where(
    tables.neighbours.c.tenant_id == bindparam("tenant"),
    tables.neighbours.c.model_id == bindparam("model"),
    tables.neighbours.c.kind.in_(bindparam("kinds", expanding=True)),
    tables.neighbours.c.anchor_id.in_(bindparam("anchors", expanding=True)),
)


def start(
    session: Session,
    tenant: TenantId,
    *,
    parameters: Mapping[str, Any],
    scale: Mapping[str, float],
    blending: Blending | None = None,
    learners: int,
    items: int,
    interactions: int,
    data_as_of: datetime | None,
    now: datetime,
) -> ModelId:
    """Make a Model under the next version, not published yet."""
    newest = session.scalar(select(func.max(tables.model.c.version)).where(tables.model.c.tenant_id == tenant))
    made = session.scalars(
        insert(tables.model).returning(tables.model.c.id),
        {
            "tenant_id": tenant,
            "version": (newest or 0) + 1,
            "state": "building",
            "parameters": {**parameters, **(_kept(blending) if blending else {})},
            "scale": dict(scale),
            "learner_count": learners,
            "item_count": items,
            "interaction_count": interactions,
            "data_as_of": data_as_of,
            "trained_at": now,
        },
    ).one()
    return ModelId(made)


def write(session: Session, tenant: TenantId, model: ModelId, lists: Sequence[NeighbourList]) -> None:
    """Write a batch of lists of a Model that is not published yet."""
    if not lists:
        return
    session.connection().execute(
        insert(tables.neighbours),
        [
            {
                "tenant_id": tenant,
                "model_id": model,
                "kind": one.kind.value,
                "anchor_id": one.anchor,
                "packed": pack(one),
            }
            for one in lists
        ],
    )


def publish(
    session: Session, tenant: TenantId, model: ModelId, *, neighbours: int, fingerprint: str, now: datetime
) -> None:
    """Make the Model current; launches that begin after this commit see it."""
    session.execute(
        update(tables.model)
        .where(tables.model.c.tenant_id == tenant, tables.model.c.id == model)
        .values(state="published", neighbour_count=neighbours, fingerprint=fingerprint, published_at=now)
    )
    make_current(session, tenant, model)


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A Model that can be served; ``is_current`` is the one that is."""

    model: Model
    published_at: datetime
    fingerprint: str
    is_current: bool


def published(session: Session, tenant: TenantId) -> list[PublishedModel]:
    """Return the Models that are kept, newest first."""
    now_served = session.scalar(select(tables.tenant.c.current_model_id).where(tables.tenant.c.id == tenant))
    table = tables.model
    kept = select(table).where(table.c.tenant_id == tenant, table.c.state == "published")
    return [
        PublishedModel(_model(row), row.published_at, row.fingerprint, row.id == now_served)
        for row in session.execute(kept.order_by(table.c.version.desc()))
    ]


def make_current(session: Session, tenant: TenantId, model: ModelId) -> None:
    """Serve a published Model; pages that begin after this commit are made from it."""
    session.execute(update(tables.tenant).where(tables.tenant.c.id == tenant).values(current_model_id=model))


def clear_unpublished(session: Session, tenant: TenantId) -> int:
    """Delete what a training that died left behind; return how many Models that were."""
    gone = session.execute(
        delete(tables.model).where(tables.model.c.tenant_id == tenant, tables.model.c.state == "building")
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def retire_old(session: Session, tenant: TenantId, *, keep: int) -> int:
    """Delete published Models but the newest ``keep`` and the current one; return how many went."""
    table = tables.model
    newest = select(table.c.id).where(table.c.tenant_id == tenant).order_by(table.c.version.desc()).limit(keep)
    current = select(tables.tenant.c.current_model_id).where(tables.tenant.c.id == tenant)
    kept = [*session.scalars(newest), *session.scalars(current)]
    gone = session.execute(
        delete(table).where(
            table.c.tenant_id == tenant,
            table.c.state == "published",
            table.c.id.not_in([number for number in kept if number is not None]),
        )
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def current(session: Session, tenant: TenantId) -> Model | None:
    """Return the Model that is served; None before the first training."""
    row = session.execute(_CURRENT, {"tenant": tenant}).first()
    return _model(row) if row else None


def _model(row: Row[Any]) -> Model:
    return Model(
        id=ModelId(row.id),
        version=row.version,
        trained_at=row.trained_at,
        data_as_of=row.data_as_of,
        learners=row.learner_count,
        items=row.item_count,
        interactions=row.interaction_count,
        neighbours=row.neighbour_count,
        scale=row.scale,
        blending=_blending(row.parameters),
        ranking=row.parameters.get("ranking", ""),
        deed=Deed(row.parameters.get("deed", Deed.COMPLETED)),
    )


def _kept(blending: Blending) -> dict[str, Any]:
    """Return a Blending as JSON: of each kind its weight and its half-life in seconds, and how many Anchors score."""
    shares = {kind.value: [one.weight, one.half_life.total_seconds()] for kind, one in blending.shares.items()}
    return {"blending": shares, "anchors": blending.anchors, "beside": blending.beside}


def _blending(parameters: Mapping[str, Any]) -> Blending | None:
    kept: Mapping[str, Sequence[float]] | None = parameters.get("blending")
    if not kept:
        return None
    shares = {NeighbourKind(kind): Share(one[0], timedelta(seconds=one[1])) for kind, one in kept.items()}
    return Blending(shares, parameters.get("anchors"), parameters.get("beside", 0.0))


def lists(
    session: Session, tenant: TenantId, model: ModelId, wanted: Collection[tuple[NeighbourKind, ItemId]]
) -> dict[tuple[NeighbourKind, ItemId], NeighbourList]:
    """Return the lists ``wanted`` (each a kind and an Anchor) that there are, still packed.

    One query brings every kind of every Anchor that is named: a page wants nearly all of those.
    """
    which = {
        "tenant": tenant,
        "model": model,
        "kinds": sorted({kind.value for kind, _ in wanted}),
        "anchors": sorted({anchor for _, anchor in wanted}),
    }
    chosen, found = set(wanted), dict[tuple[NeighbourKind, ItemId], NeighbourList]()
    for name, anchor, packed in session.execute(_LISTS, which) if chosen else ():
        key = NeighbourKind(name), anchor
        if key in chosen:
            found[key] = PackedList(*key, bytes(packed))
    return found


def anchors(session: Session, tenant: TenantId, model: ModelId, kind: NeighbourKind) -> list[ItemId]:
    """Return every Item that has a list of this kind, by number."""
    table = tables.neighbours
    query = (
        select(table.c.anchor_id)
        .where(table.c.tenant_id == tenant, table.c.model_id == model, table.c.kind == kind.value)
        .order_by(table.c.anchor_id)
    )
    return [ItemId(number) for number in session.scalars(query)]
