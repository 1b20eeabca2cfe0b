"""The base of request bodies."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """A request body. Unknown fields are refused, with the nearest known name; `1` is no boolean, `"1"` no number."""

    model_config = ConfigDict(extra="forbid", strict=True)
