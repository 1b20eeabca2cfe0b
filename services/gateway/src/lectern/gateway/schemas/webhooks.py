"""Webhooks and their deliveries, as requests and responses show them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, Field

from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.texts import Line

WebhookEvent: TypeAlias = Literal[
    "video.awaiting_approval", "video.completed", "video.failed", "video.cancelled", "scene.failed", "batch.completed"
]
DeliveryState: TypeAlias = Literal["pending", "delivered", "failed"]

# A pattern cannot say which hosts are public.
WebhookUrl = Annotated[
    str,
    Field(
        min_length=8,
        max_length=2048,
        description="https, on the public internet; http and loopback only where the API itself listens on loopback",
        examples=["https://example.org/hooks/lectern"],
        json_schema_extra={"format": "uri", "pattern": r"^https?://[A-Za-z0-9\[][^\s\\#@]*$"},
    ),
]
WebhookEvents = Annotated[
    list[WebhookEvent],
    Field(min_length=1, max_length=20, description="which events to send; each once, however often it is named"),
]
Description = Annotated[Line, Field(max_length=200)]


class WebhookRequest(RequestBody):
    """A new webhook."""

    url: WebhookUrl
    events: WebhookEvents
    description: Description = ""


class WebhookChange(RequestBody):
    """Changes to a webhook; what is left out stays."""

    url: WebhookUrl | None = None
    events: WebhookEvents | None = None
    description: Description | None = None
    enabled: bool | None = Field(None, description="true also ends a disablement that `note` explains")


class Webhook(BaseModel):
    """An endpoint of yours that is told of events."""

    id: str
    object: Literal["webhook"] = "webhook"
    url: str
    events: list[WebhookEvent]
    description: str
    enabled: bool
    note: str = Field(description="why it was disabled, if it was not you")
    failing_since: datetime | None = Field(description="the first failure after which nothing was delivered")
    created_at: datetime
    old_secret_until: datetime | None = Field(
        description="until when the secret before the last rotation signs as well"
    )


class WebhookWithSecret(Webhook):
    """A webhook with its signing secret, which is shown this once."""

    secret: str = Field(description="`whsec_…`: the key with which you verify signatures; keep it")


class WebhookList(BaseModel):
    """Your webhooks, newest first. There are at most 20."""

    object: Literal["list"] = "list"
    data: list[Webhook]
    has_more: bool = False
    next_cursor: str | None = None


class WebhookAttempt(BaseModel):
    """One attempt at a delivery."""

    at: datetime
    seconds: float = Field(description="until the response's head, or the failure")
    status: int | None = Field(description="of the response; null if there was none")
    error: str = Field(description="why it was no success")


class DeliveryEntry(BaseModel):
    """One event on its way to a webhook. `id` is sent as `webhook-id`."""

    id: str
    object: Literal["webhook_delivery"] = "webhook_delivery"
    webhook_id: str
    event: str
    video_id: str | None
    status: DeliveryState
    created_at: datetime
    next_attempt_at: datetime | None = Field(description="null once it was delivered or given up")
    attempts: list[WebhookAttempt] = Field(description="the newest 30, oldest first")
    body: str = Field(description="what was signed and sent: JSON")


class DeliveryList(BaseModel):
    """A page of a webhook's deliveries, newest first."""

    object: Literal["list"] = "list"
    data: list[DeliveryEntry]
    has_more: bool
    next_cursor: str | None
