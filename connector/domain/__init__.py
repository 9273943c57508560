"""The nouns of Onward: frozen values without behaviour of their own, shared by every layer.

Words are those of docs/reference/glossary.md. Numbers named ``...Id`` are database numbers; an Item's public name is
its Activity IRI.
"""

from connector.domain.ids import Iri, ItemId, LearnerId, ModelId, PlatformId, SourceId, TenantId
from connector.domain.items import Item, ItemStatus, ItemText, Picture
from connector.domain.launched import Audience, ClaimKind, Course, LinkChoice, Visit
from connector.domain.learned import (
    SITE,
    Blending,
    Model,
    Neighbour,
    NeighbourKind,
    NeighbourList,
    Share,
    Success,
    SuccessKind,
)
from connector.domain.said import (
    SIGNALS_OF,
    ActivityDraft,
    Deed,
    FactDraft,
    Flag,
    HashedIdentity,
    Identifier,
    IfiKind,
    Interaction,
    Rejected,
    Signal,
    VoidingDraft,
)
from connector.domain.shown import Card, Reason, Row, RowKind, Slate, SlateState, Tile, TracePart

__all__ = [
    "SIGNALS_OF",
    "SITE",
    "ActivityDraft",
    "Audience",
    "Blending",
    "Card",
    "ClaimKind",
    "Course",
    "Deed",
    "FactDraft",
    "Flag",
    "HashedIdentity",
    "Identifier",
    "IfiKind",
    "Interaction",
    "Iri",
    "Item",
    "ItemId",
    "ItemStatus",
    "ItemText",
    "LearnerId",
    "LinkChoice",
    "Model",
    "ModelId",
    "Neighbour",
    "NeighbourKind",
    "NeighbourList",
    "Picture",
    "PlatformId",
    "Reason",
    "Rejected",
    "Row",
    "RowKind",
    "Share",
    "Signal",
    "Slate",
    "SlateState",
    "SourceId",
    "Success",
    "SuccessKind",
    "TenantId",
    "Tile",
    "TracePart",
    "Visit",
    "VoidingDraft",
]
