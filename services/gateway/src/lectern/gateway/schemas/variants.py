"""Requests for other forms of a video, and the videos that are made."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from lectern.contracts.options import Captions, Sounds, Theme
from lectern.contracts.quality import Aspect, Quality
from lectern.gateway.schemas.brands import BrandRequest
from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.requests import NOTHING_TO_BURN, CostLimit, LanguageTag, MusicName, VoiceName
from lectern.gateway.schemas.videos import Video

MAX_VARIANTS = 20


class VariantOptions(RequestBody):
    """What is different in one form of a video; whatever is left out is as in the original."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "not": NOTHING_TO_BURN})

    quality: Quality | None = None
    aspect: Aspect | None = None
    theme: Theme | None = None
    brand: BrandRequest | None = Field(None, description="null for none")
    cards: bool | None = None
    voice: VoiceName | None = None
    speaking_rate: float | None = Field(None, ge=0.5, le=2.0)
    language: LanguageTag | None = Field(None, description="in another language than the script's it is a dub")
    captions: Captions | None = None
    burn_captions: bool | None = None
    music: MusicName | None = Field(None, description="null or none for none")
    sounds: Sounds | None = None
    max_cost_usd: CostLimit | None = Field(None, description="null for no limit")

    @model_validator(mode="after")
    def _check_difference(self) -> VariantOptions:
        if not self.model_fields_set:
            raise PydanticCustomError("no-difference", "names nothing that is different; name at least one option")
        return self


class VariantsRequest(RequestBody):
    """The forms of a video that are wanted, each a video of its own."""

    variants: list[VariantOptions] = Field(min_length=1, max_length=MAX_VARIANTS)


class VariantList(BaseModel):
    """The videos that are being made, in the order they were asked for."""

    object: Literal["list"] = "list"
    data: list[Video]
    has_more: Literal[False] = False
    next_cursor: None = None
