"""The JSON of the API, as OpenAPI publishes it: models that check requests and build responses."""

from lectern.gateway.schemas.assets import Asset
from lectern.gateway.schemas.descriptions import MAX_METADATA, VideoPatch
from lectern.gateway.schemas.narrations import BeatTime, SceneWords, WordTime
from lectern.gateway.schemas.operations import ApiIndex, Health, Readiness
from lectern.gateway.schemas.problems import FieldProblem, ProblemBody, ProblemExplanation
from lectern.gateway.schemas.request_body import RequestBody
from lectern.gateway.schemas.requests import (
    MAX_ASSETS,
    MAX_BEAT_CHARACTERS,
    MAX_BEATS,
    VOICE_PATTERN,
    ApproveRequest,
    CancelRequest,
    DubRequest,
    LanguageTag,
    RedoRequest,
    SentDocument,
    VideoRequest,
    VideoRequestOptions,
)
from lectern.gateway.schemas.scripts import (
    CONTRACT_SCHEMAS,
    MAX_SCENES,
    MAX_TITLE_CHARACTERS,
    ScriptDocument,
    ScriptText,
)
from lectern.gateway.schemas.streams import STREAM_BLOCK_SCHEMA, STREAM_DATA_SCHEMA, STREAM_SCHEMAS
from lectern.gateway.schemas.timings import SceneTimings, StageTiming, VideoTimings
from lectern.gateway.schemas.videos import (
    AttemptSummary,
    OutputFile,
    SceneState,
    StageName,
    UsageItem,
    Video,
    VideoList,
    VideoNote,
    VideoOptionsInForce,
    VideoSummary,
    VideoUrls,
    VideoUsage,
    Wait,
)
from lectern.gateway.schemas.voices import VoiceCatalog, VoiceEntry

__all__ = [
    "CONTRACT_SCHEMAS",
    "MAX_ASSETS",
    "MAX_BEATS",
    "MAX_BEAT_CHARACTERS",
    "MAX_METADATA",
    "MAX_SCENES",
    "MAX_TITLE_CHARACTERS",
    "STREAM_BLOCK_SCHEMA",
    "STREAM_DATA_SCHEMA",
    "STREAM_SCHEMAS",
    "VOICE_PATTERN",
    "ApiIndex",
    "ApproveRequest",
    "Asset",
    "AttemptSummary",
    "BeatTime",
    "CancelRequest",
    "DubRequest",
    "FieldProblem",
    "Health",
    "LanguageTag",
    "OutputFile",
    "ProblemBody",
    "ProblemExplanation",
    "Readiness",
    "RedoRequest",
    "RequestBody",
    "SceneState",
    "SceneTimings",
    "SceneWords",
    "ScriptDocument",
    "ScriptText",
    "SentDocument",
    "StageName",
    "StageTiming",
    "UsageItem",
    "Video",
    "VideoList",
    "VideoNote",
    "VideoOptionsInForce",
    "VideoPatch",
    "VideoRequest",
    "VideoRequestOptions",
    "VideoSummary",
    "VideoTimings",
    "VideoUrls",
    "VideoUsage",
    "VoiceCatalog",
    "VoiceEntry",
    "Wait",
    "WordTime",
]
