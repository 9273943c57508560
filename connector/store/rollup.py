"""Roll-up by hand: an Activity that people say is only a part of a course, and the way back.

Statements of a site may name a module as a course. Then a person says what it is a part of; no Statement changes that
(``activity.by_hand``), what rolled up to the module goes to the course with it, and the way back is remembered.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from connector.domain import Iri, ItemId, ItemStatus, TenantId
from connector.errors import BadInput, UnknownName
from connector.store import items, names, site, tables

_PREFIX = "part:"


def make_part(session: Session, tenant: TenantId, iri: Iri, course: Iri) -> int:
    """Say that the Activity ``iri`` is a part of the Item ``course``; its own Item is hidden.

    Returns
    -------
    int
        How many other Activities rolled up to it and go to the course with it.

    Raises
    ------
    UnknownName
        If there is no such Activity or Item.
    BadInput
        If that would make a circle.
    """
    activity, own = _activity(session, tenant, iri), _item(session, tenant, iri)
    whole = _item(session, tenant, course)
    if whole is None:
        raise UnknownName(f"No item has the IRI {course!r}: `onward item list` shows them.")
    _refuse_circles(session, tenant, iri, course, whole)
    _undo(session, tenant, activity, own)
    hidden = own is not None and _set_status(session, tenant, own, ItemStatus.SHOWN, ItemStatus.HIDDEN)
    _fix(session, tenant, [activity], whole, part=True, by_hand=True)
    note = {"parts": [], "wholes": [], "hid": hidden}
    site.choose(session, tenant, f"{_PREFIX}{activity}", note)
    return _follow(session, tenant, activity, own, whole)


def make_whole(session: Session, tenant: TenantId, iri: Iri, now: datetime) -> int:
    """Say that the Activity ``iri`` is an Item by itself: what went to a course with it comes back.

    Returns
    -------
    int
        How many other Activities came back.

    Raises
    ------
    UnknownName
        If there is no such Activity.
    """
    activity = _activity(session, tenant, iri)
    own = names.items(session, tenant, {iri: ""}, now)[iri]
    back = _undo(session, tenant, activity, own)
    _fix(session, tenant, [activity], own, part=False, by_hand=True)
    return back


def settle(session: Session, tenant: TenantId) -> int:
    """Let Activities that are new since go where what they belong to went; return how many did."""
    moved = 0
    for activity in _by_hand(session, tenant):
        found = session.execute(_place_of(tenant, activity)).one_or_none()
        if found is not None and found.item_id is not None:
            moved += _follow(session, tenant, activity, _item(session, tenant, found.iri), found.item_id)
    return moved


def _place_of(tenant: TenantId, activity: int) -> Any:
    table = tables.activity
    return select(table.c.iri, table.c.item_id).where(table.c.tenant_id == tenant, table.c.id == activity)


def _by_hand(session: Session, tenant: TenantId) -> Iterator[int]:
    table = tables.choice
    query = select(table.c.name).where(table.c.tenant_id == tenant, table.c.name.startswith(_PREFIX))
    for name in sorted(session.scalars(query)):
        yield int(name.removeprefix(_PREFIX))


# --- what is known -----------------------------------------------------------------------------------------------


def _activity(session: Session, tenant: TenantId, iri: Iri) -> int:
    found = names.numbers_of(session, tenant, tables.activity, tables.activity.c.iri, [iri])
    if not found:
        raise UnknownName(f"No statement was read about {iri!r}.")
    return found[iri]


def _item(session: Session, tenant: TenantId, iri: str) -> ItemId | None:
    return items.numbers(session, tenant, [iri]).get(iri)


def _refuse_circles(session: Session, tenant: TenantId, iri: Iri, course: Iri, whole: ItemId) -> None:
    if iri == course:
        raise BadInput("An item cannot be a part of itself.")
    table = tables.activity
    query = select(table.c.item_id, table.c.part).where(table.c.tenant_id == tenant, table.c.iri == course)
    above = session.execute(query).one_or_none()
    if above is not None and (above.part or above.item_id not in {None, whole}):
        raise BadInput(f"{course} is itself a part of something: name that after --of.")


# --- moving ------------------------------------------------------------------------------------------------------


def _follow(session: Session, tenant: TenantId, activity: int, own: ItemId | None, whole: ItemId) -> int:
    """Move what rolls up to ``own`` to ``whole``, as parts, and note what it was; return how many moved."""
    if own is None or own == whole:
        return 0
    table = tables.activity
    query = select(table.c.id, table.c.part).where(
        table.c.tenant_id == tenant, table.c.item_id == own, table.c.id != activity, table.c.by_hand.is_(False)
    )
    rows = session.execute(query.order_by(table.c.id)).all()
    if rows:
        note = _note(session, tenant, activity)
        note["parts"] = note["parts"] + [row.id for row in rows if row.part]
        note["wholes"] = note["wholes"] + [row.id for row in rows if not row.part]
        site.choose(session, tenant, f"{_PREFIX}{activity}", note)
        _fix(session, tenant, [row.id for row in rows], whole, part=True, by_hand=True)
    return len(rows)


def _undo(session: Session, tenant: TenantId, activity: int, own: ItemId | None) -> int:
    """Bring back what went along with ``activity``; return how many, 0 where nothing was said by hand."""
    note = _note(session, tenant, activity)
    if own is None or not note:
        return 0
    _fix(session, tenant, note["parts"], own, part=True, by_hand=False)
    _fix(session, tenant, note["wholes"], own, part=False, by_hand=False)
    if note["hid"]:
        _set_status(session, tenant, own, ItemStatus.HIDDEN, ItemStatus.SHOWN)
    session.execute(delete(tables.choice).where(*_noted(tenant, activity)))
    return len(note["parts"]) + len(note["wholes"])


def _fix(
    session: Session, tenant: TenantId, activities: Collection[int], item: ItemId, *, part: bool, by_hand: bool
) -> None:
    table = tables.activity
    for some in names.chunks(sorted(activities)):
        session.execute(
            update(table)
            .where(table.c.tenant_id == tenant, table.c.id.in_(some))
            .values(item_id=item, part=part, by_hand=by_hand)
        )


def _set_status(session: Session, tenant: TenantId, item: ItemId, old: ItemStatus, new: ItemStatus) -> bool:
    table = tables.item
    mine = (table.c.tenant_id == tenant, table.c.id == item, table.c.status == old.value)
    return bool(session.execute(update(table).where(*mine).values(status=new.value)).rowcount)  # type: ignore[attr-defined]


# --- the way back ------------------------------------------------------------------------------------------------


def _noted(tenant: TenantId, activity: int) -> tuple[Any, Any]:
    return tables.choice.c.tenant_id == tenant, tables.choice.c.name == f"{_PREFIX}{activity}"


def _note(session: Session, tenant: TenantId, activity: int) -> dict[str, Any]:
    found = session.scalar(select(tables.choice.c.value).where(*_noted(tenant, activity)))
    return dict(found or {})
