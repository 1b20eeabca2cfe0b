"""The JSON of the API: what requests may contain, and what responses are built from. OpenAPI publishes these."""

from lectern.gateway.schemas.assets import Asset
from lectern.gateway.schemas.operations import ApiIndex, Health, Readiness
from lectern.gateway.schemas.problems import FieldProblem, ProblemBody, ProblemExplanation
from lectern.gateway.schemas.requests import (
    MAX_BEAT_CHARACTERS,
    MAX_BEATS,
    ApproveRequest,
    CancelRequest,
    DubRequest,
    RedoRequest,
    RequestBody,
    SentDocument,
    VideoRequest,
    VideoRequestOptions,
)
from lectern.gateway.schemas.scripts import VISUAL_SCHEMAS, ScriptDocument, ScriptText
from lectern.gateway.schemas.videos import (
    CodeAttempt,
    OutputFile,
    SceneState,
    StageName,
    UsageItem,
    Video,
    VideoList,
    VideoOptionsInForce,
    VideoSummary,
    VideoUrls,
    VideoUsage,
)
from lectern.gateway.schemas.voices import VoiceCatalog, VoiceEntry

__all__ = [
    "MAX_BEATS",
    "MAX_BEAT_CHARACTERS",
    "VISUAL_SCHEMAS",
    "ApiIndex",
    "ApproveRequest",
    "Asset",
    "CancelRequest",
    "CodeAttempt",
    "DubRequest",
    "FieldProblem",
    "Health",
    "OutputFile",
    "ProblemBody",
    "ProblemExplanation",
    "Readiness",
    "RedoRequest",
    "RequestBody",
    "SceneState",
    "ScriptDocument",
    "ScriptText",
    "SentDocument",
    "StageName",
    "UsageItem",
    "Video",
    "VideoList",
    "VideoOptionsInForce",
    "VideoRequest",
    "VideoRequestOptions",
    "VideoSummary",
    "VideoUrls",
    "VideoUsage",
    "VoiceCatalog",
    "VoiceEntry",
]
