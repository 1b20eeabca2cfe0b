"""A typed client of Lectern's HTTP API: `Client`, and `AsyncClient` with the same methods."""

from lectern.client.aio.client import AsyncClient
from lectern.client.aio.handle import AsyncVideoHandle
from lectern.client.errors import (
    ApiProblem,
    ConnectionFailed,
    ForeignAnswer,
    IncompleteDownload,
    LecternError,
    LimitReached,
    NotAllowed,
    NotThere,
    RequestRefused,
    ServerTrouble,
    SignatureRefused,
    StateConflict,
)
from lectern.client.events import ENDED, StreamEvent, VideoEvent
from lectern.client.retrying import RetryPolicy
from lectern.client.signatures import WebhookEvent, verify_webhook
from lectern.client.sync.client import Client
from lectern.client.sync.handle import VideoHandle

__all__ = [
    "ENDED",
    "ApiProblem",
    "AsyncClient",
    "AsyncVideoHandle",
    "Client",
    "ConnectionFailed",
    "ForeignAnswer",
    "IncompleteDownload",
    "LecternError",
    "LimitReached",
    "NotAllowed",
    "NotThere",
    "RequestRefused",
    "RetryPolicy",
    "ServerTrouble",
    "SignatureRefused",
    "StateConflict",
    "StreamEvent",
    "VideoEvent",
    "VideoHandle",
    "WebhookEvent",
    "verify_webhook",
]
