"""What script on our page may send to ``/act``, parsed at the border."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

MOST_ACTS = 200


class SeenCard(BaseModel):
    """One Card by its place on the page and its Item's number."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    item: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
    position: Annotated[int, Field(ge=0, le=10_000)]


class Acts(BaseModel):
    """Impressions and Clicks of one page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    slate: UUID
    impressions: Annotated[tuple[SeenCard, ...], Field(max_length=MOST_ACTS)] = ()
    clicks: Annotated[tuple[SeenCard, ...], Field(max_length=MOST_ACTS)] = ()
