"""Keys, sessions, accounts and share links, as requests send and responses show them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from lectern.contracts.api_keys import Scope
from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.requests import ToWhole, Whole
from lectern.gateway.schemas.texts import Line

MAX_KEY_SECONDS = 10 * 366 * 86_400
MAX_SHARE_SECONDS = 366 * 86_400
KeySeconds = Annotated[int, Field(ge=60, le=MAX_KEY_SECONDS), ToWhole]


class KeyRequest(RequestBody):
    """A key to be made."""

    name: Annotated[Line, Field(max_length=80)] = Field("", description="what it is for")
    scopes: list[Scope] = Field(["read", "write"], min_length=1, max_length=3, description="what it may do")
    expires_in: KeySeconds | None = Field(None, description="seconds; it never expires if absent")


class ApiKeyInfo(BaseModel):
    """A key without its secret."""

    object: Literal["key"] = "key"
    id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


class CreatedKey(ApiKeyInfo):
    """A new key with its secret, which is shown this once."""

    key: str = Field(description="send it as `Authorization: Bearer …`; nobody can read it again")


class KeyList(BaseModel):
    """All keys of the owner, oldest first."""

    object: Literal["list"] = "list"
    data: list[ApiKeyInfo]
    has_more: bool = False
    next_cursor: str | None = None


class SessionRequest(RequestBody):
    """A key to be exchanged for a session's cookie."""

    key: str = Field(min_length=1, max_length=200, description="an API key, `lk_…`")


class SessionInfo(BaseModel):
    """A session that was opened."""

    object: Literal["session"] = "session"
    owner: str
    scopes: list[Scope]
    expires_at: datetime


class AccountQuotas(BaseModel):
    """What the owner may use; null where there is no limit. Days and months are those of UTC."""

    videos_per_day: int | None
    videos_at_once: int | None
    minutes_per_month: float | None
    dollars_per_day: float | None


class AccountUse(BaseModel):
    """What the owner has used, by all of its keys."""

    videos_today: int = Field(description="let in today under a quota")
    videos_now: int
    minutes_this_month: float
    dollars_today: float = Field(description="spent, and reserved for videos that are being made")


class Account(BaseModel):
    """Whose key this is, and what it may do."""

    object: Literal["account"] = "account"
    owner: str = Field(description="empty for the videos made without keys")
    key_id: str | None = Field(description="null where no key was shown")
    scopes: list[Scope]
    quotas: AccountQuotas
    use: AccountUse
    keys_required: bool = Field(description="whether this installation asks everybody for a key")


class ShareRequest(RequestBody):
    """A share link to be made."""

    expires_in: Whole = Field(7 * 86_400, ge=60, le=MAX_SHARE_SECONDS, description="seconds that the link works")


class Share(BaseModel):
    """A link that shows one finished video to whoever has it."""

    object: Literal["share"] = "share"
    id: str
    url: str = Field(description="a page, relative to the API's own address")
    created_at: datetime
    expires_at: datetime


class ShareList(BaseModel):
    """All links of a video that have not expired, oldest first."""

    object: Literal["list"] = "list"
    data: list[Share]
    has_more: bool = False
    next_cursor: str | None = None


class SharedFile(BaseModel):
    """A file of a shared video."""

    kind: str
    url: str
    media_type: str
    bytes: int


class SharedVideo(BaseModel):
    """What a share link shows of a video."""

    object: Literal["shared_video"] = "shared_video"
    title: str
    language: str
    aspect: str
    seconds: float
    completed_at: datetime
    expires_at: datetime = Field(description="when the link ends")
    outputs: list[SharedFile]
