"""The codes and numbers of the sentences: recomputable from a list of the Model, never about fewer than k people."""

from connector.domain import SITE, Deed, ItemId, Neighbour, NeighbourList, Reason


def may_be_told(number: int, base: int, k: int) -> bool:
    """Tell whether a number of people and its complement are both at least ``k``."""
    return number >= k and base - number >= k


def because(near: NeighbourList, neighbour: Neighbour, k: int, deed: Deed = Deed.COMPLETED) -> Reason:
    """Say what those who completed the Anchor did; with another Deed, those who did that.

    ``followed`` if its number may be told and is at least half of ``support`` (most did this later, not before); else
    ``together``, without numbers if they may not be told.
    """
    if may_be_told(neighbour.followed, near.base, k) and 2 * neighbour.followed >= neighbour.support:
        return Reason("followed", near.anchor, neighbour.followed, near.base, deed=deed)
    return _with_support("together", near, neighbour, k, deed)


def also_completed(near: NeighbourList, neighbour: Neighbour, k: int, deed: Deed = Deed.COMPLETED) -> Reason:
    """Name the Anchor, and how many who completed it completed this; with another Deed, who did that."""
    return _with_support("also_completed", near, neighbour, k, deed)


def popular(near: NeighbourList, neighbour: Neighbour, k: int, deed: Deed = Deed.COMPLETED) -> Reason:
    """Say how many people completed this: ``popular``, or ``popular_quiet`` where the number may not be told."""
    place = place_of(near)
    if may_be_told(neighbour.support, near.base, k):
        return Reason("popular", place, neighbour.support, near.base, deed=deed)
    return Reason("popular_quiet", place, deed=deed)


def trending(near: NeighbourList, neighbour: Neighbour, k: int, deed: Deed = Deed.COMPLETED) -> Reason:
    """Say how many people completed this of late: ``trending``, ``trending_quiet`` where that may not be told."""
    place = place_of(near)
    if may_be_told(neighbour.support, near.base, k):
        return Reason("trending", place, neighbour.support, near.base, deed=deed)
    return Reason("trending_quiet", place, deed=deed)


def place_of(near: NeighbourList) -> ItemId | None:
    """Give the Course of a popularity list, None for the whole site."""
    return None if near.anchor == SITE else near.anchor


def _with_support(code: str, near: NeighbourList, neighbour: Neighbour, k: int, deed: Deed) -> Reason:
    if may_be_told(neighbour.support, near.base, k):
        return Reason(code, near.anchor, neighbour.support, near.base, deed=deed)
    return Reason(code, near.anchor, deed=deed)
