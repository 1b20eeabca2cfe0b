"""What users say about their videos: titles, metadata, ids of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeAlias

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.texts import LINE_PATTERN, Line

MAX_METADATA = 16  # names; as many as payment services allow, and enough for a client's own ids
MAX_METADATA_NAME = 64
MAX_METADATA_VALUE = 512
MAX_OWN_TITLE = 200
MAX_EXTERNAL_ID = 128


@dataclass(frozen=True)
class _PublishedMetadata:
    """Publishes what names and values may be: pydantic leaves names that do not fit their pattern unmentioned."""

    limit: int
    nullable: bool = False

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        names = {"pattern": LINE_PATTERN, "minLength": 1, "maxLength": MAX_METADATA_NAME}
        limits = {"propertyNames": names, "maxProperties": self.limit}
        value = {"type": "string", "pattern": LINE_PATTERN, "maxLength": MAX_METADATA_VALUE}
        values = {"anyOf": [value, {"type": "null"}]} if self.nullable else value
        return {"type": "object", "additionalProperties": values, **limits}


_Name = Annotated[Line, Field(min_length=1, max_length=MAX_METADATA_NAME)]
_Value = Annotated[Line, Field(max_length=MAX_METADATA_VALUE)]
OwnTitle: TypeAlias = Annotated[Line, Field(max_length=MAX_OWN_TITLE)]
ExternalId: TypeAlias = Annotated[Line, Field(max_length=MAX_EXTERNAL_ID)]
Metadata: TypeAlias = Annotated[
    dict[_Name, _Value],
    _PublishedMetadata(MAX_METADATA),
    Field(
        max_length=MAX_METADATA,
        description=f"your own names and values, at most {MAX_METADATA}; lists can be filtered by them",
        examples=[{"course": "biology-7b"}],
    ),
]
_MetadataPatch: TypeAlias = Annotated[
    dict[_Name, _Value | None],
    _PublishedMetadata(2 * MAX_METADATA, nullable=True),
    Field(max_length=2 * MAX_METADATA),
]


class VideoPatch(RequestBody):
    """Changes to what a video is called (RFC 7396, JSON merge patch): null removes, what is absent stays."""

    title: OwnTitle | None = Field(None, description="the video's title in lists; null or empty: the script's own")
    metadata: _MetadataPatch | None = Field(
        None,
        description="names to set and, with null, to remove; null in place of the object removes all",
    )
