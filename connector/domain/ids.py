"""What things are told apart by: numbers of the database, and IRIs."""

from typing import NewType

TenantId = NewType("TenantId", int)
SourceId = NewType("SourceId", int)
PlatformId = NewType("PlatformId", int)
LearnerId = NewType("LearnerId", int)
ItemId = NewType("ItemId", int)
ModelId = NewType("ModelId", int)
Iri = NewType("Iri", str)
