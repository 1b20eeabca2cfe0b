"""Streams, consumers and buckets: declared here, applied by `lectern provision`, never by a worker."""

from __future__ import annotations

import msgspec

from lectern.contracts import events as e
from lectern.contracts import subjects
from lectern.contracts.options import LANES

__all__ = [
    "ACK_WAIT",
    "ADVISORIES",
    "ANNOUNCED",
    "ANNOUNCER",
    "API_KEYS",
    "ATTEMPTS",
    "BATCHES",
    "BUCKETS",
    "CLAIMS",
    "CLAIM_SECONDS",
    "CUER",
    "CUES",
    "DAY",
    "DEAD",
    "ENDED_SESSIONS",
    "ERASER",
    "EVENT_DAYS",
    "IDEMPOTENCY",
    "MAX_DELIVERIES",
    "PROJECTOR",
    "QUOTAS",
    "RATES",
    "REUSE_DAYS",
    "SHARES",
    "STAGE_INPUTS",
    "STAGE_TIMES",
    "STREAMS",
    "SWEEPER",
    "TALLIES",
    "VIDEOS",
    "VIDEO_VIEWS",
    "WEBHOOK_DELIVERIES",
    "WEBHOOK_ENDPOINTS",
    "Bucket",
    "Consumer",
    "Stream",
    "consumer_name",
    "consumers",
]

DAY = 86_400.0
EVENT_DAYS = 30  # that the log keeps an event, and so a video in lists
REUSE_DAYS = 7  # within which another use of something cached is not noted: writing it again costs a copy
VIDEOS, DEAD, ADVISORIES = "VIDEOS", "DEAD", "ADVISORIES"
VIDEO_VIEWS = "video-views"  # KV bucket: the gateway's projection for lists
IDEMPOTENCY = "idempotency"  # KV bucket: the answer given to each Idempotency-Key
API_KEYS = "api-keys"  # KV bucket: who may use the API; hashes of secrets, never a secret
ENDED_SESSIONS = "ended-sessions"  # KV bucket: browsers' sessions that were ended before their time
QUOTAS = "quotas"  # KV bucket: which videos of each owner were let in on a day
RATES = "request-rates"  # KV bucket: how many requests of a minute the gateways have leased
SHARES = "shares"  # KV bucket: the share links of each video
WEBHOOK_ENDPOINTS = "webhook-endpoints"  # KV bucket: where owners want to be told of events, with signing secrets
WEBHOOK_DELIVERIES = "webhook-deliveries"  # KV bucket: what is told to each endpoint, and what was tried
BATCHES = "batches"  # KV bucket: what is kept of a batch beside its videos
TALLIES = "delivery-tallies"  # KV bucket: what is remembered of a message that was delivered before
CLAIMS = "claims"  # KV bucket: what some process is paying for at this moment
ATTEMPTS = 5  # attempts after which a scene fails; deliveries that wait, or give others their turn, are none
MAX_DELIVERIES = 100_000  # after which the server gives up: never met by waiting, a last resort should counting fail
ACK_WAIT = 30.0  # seconds without a heartbeat until a message is delivered to another worker
CLAIM_SECONDS = ACK_WAIT  # until the claim of a process that shows no life is another's: when its message is
STAGE_TIMES = "stage-times"  # KV bucket: how long each stage took lately
PROJECTOR = "gateway-projector"
ERASER = "gateway-eraser"
ANNOUNCER = "gateway-announcer"
CUER = "scene-cuer"
SWEEPER = "advisory-sweeper"

STAGE_INPUTS: dict[str, tuple[type[e.Event], ...]] = {
    "scripter": (e.VideoRequested, e.ScriptApproved),
    "voice": (e.ScenePlanned,),
    "coder": (e.SceneNarrated, e.SceneCued, e.SceneRefused),
    "renderer": (e.SceneCoded,),
    "composer": (e.SceneRendered, e.SceneFailed),
}
ANNOUNCED: tuple[type[e.Event], ...] = (
    e.VideoScripted,
    e.VideoCompleted,
    e.VideoFailed,
    e.VideoCancelled,
    e.SceneFailed,
)  # what webhooks tell of
CUES: tuple[type[e.Event], ...] = (e.SceneCoded, e.SceneFailed)  # after which the next scene may be coded


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """A stream. Ages in seconds; that of one `of_history` is the default of a setting."""

    name: str
    subjects: tuple[str, ...]
    max_age: float
    duplicate_window: float = 120.0
    of_history: bool = False


class Consumer(msgspec.Struct, frozen=True, kw_only=True):
    """A durable pull consumer. Times in seconds. No `backoff` of its own: that would silently replace `ack_wait`."""

    name: str
    stream: str
    filters: tuple[str, ...]
    ack_wait: float = ACK_WAIT
    max_deliver: int = MAX_DELIVERIES
    max_ack_pending: int = 100_000  # what waits for an outage to end, or for its turn, counts too


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """A key-value bucket. `ttl` in seconds, 0 keeps for good; that of one `of_history` is the default of a setting."""

    name: str
    ttl: float = 0.0
    of_history: bool = False


STREAMS = (
    Stream(
        name=VIDEOS,
        subjects=(subjects.EVERY_VIDEO,),
        max_age=EVENT_DAYS * DAY,
        duplicate_window=600.0,
        of_history=True,
    ),
    Stream(name=DEAD, subjects=("dead.>",), max_age=EVENT_DAYS * DAY, of_history=True),
    Stream(
        name=ADVISORIES,
        subjects=(
            f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{VIDEOS}.>",
            f"$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.{VIDEOS}.>",
        ),
        max_age=7 * DAY,
    ),
)


def consumer_name(stage: str, lane: str) -> str:
    """A consumer's name, which a scaler is configured with: `renderer-fast`."""
    return f"{stage}-{lane}"


def consumers() -> tuple[Consumer, ...]:
    """Every durable consumer: one per stage and lane, the gateway's, the cuer of scenes, the sweeper of advisories."""
    stages = tuple(
        Consumer(
            name=consumer_name(stage, lane),
            stream=VIDEOS,
            filters=tuple(subjects.inputs(event_type, lane) for event_type in inputs),
        )
        for stage, inputs in STAGE_INPUTS.items()
        for lane in LANES
    )
    projector = Consumer(name=PROJECTOR, stream=VIDEOS, filters=(subjects.EVERY_VIDEO,), max_deliver=-1)
    deletions = tuple(subjects.inputs(e.VideoDeleted, lane) for lane in LANES)
    eraser = Consumer(name=ERASER, stream=VIDEOS, filters=deletions, ack_wait=10.0, max_deliver=-1)
    announcer = Consumer(
        name=ANNOUNCER,
        stream=VIDEOS,
        filters=tuple(subjects.inputs(event_type, lane) for event_type in ANNOUNCED for lane in LANES),
        max_deliver=-1,
    )
    cuer = Consumer(
        name=CUER,
        stream=VIDEOS,
        filters=tuple(subjects.inputs(event_type, lane) for event_type in CUES for lane in LANES),
        max_deliver=-1,
    )
    sweeper = Consumer(
        name=SWEEPER,
        stream=ADVISORIES,
        filters=(f"$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{VIDEOS}.>",),
        max_deliver=-1,
    )
    return (*stages, projector, announcer, eraser, cuer, sweeper)


BUCKETS = (
    Bucket(name=VIDEO_VIEWS),
    Bucket(name=IDEMPOTENCY, ttl=DAY),
    Bucket(name=TALLIES, ttl=3 * DAY),
    Bucket(name=CLAIMS, ttl=CLAIM_SECONDS),
    Bucket(name=BATCHES, ttl=EVENT_DAYS * DAY, of_history=True),
    Bucket(name=API_KEYS),
    Bucket(name=ENDED_SESSIONS, ttl=31 * DAY),
    Bucket(name=SHARES),
    Bucket(name=QUOTAS, ttl=3 * DAY),
    Bucket(name=RATES, ttl=3600.0),
    Bucket(name=STAGE_TIMES),
    Bucket(name=WEBHOOK_ENDPOINTS),
    Bucket(name=WEBHOOK_DELIVERIES, ttl=7 * DAY),  # since the last change: longer than the longest wait for an attempt
)
