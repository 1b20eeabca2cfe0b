"""The JSON of the API, as OpenAPI publishes it: models that check requests and build responses."""

from lectern.gateway.schemas.assets import Asset
from lectern.gateway.schemas.operations import ApiIndex, Health, Readiness
from lectern.gateway.schemas.problems import FieldProblem, ProblemBody, ProblemExplanation
from lectern.gateway.schemas.requests import (
    MAX_ASSETS,
    MAX_BEAT_CHARACTERS,
    MAX_BEATS,
    ApproveRequest,
    CancelRequest,
    DubRequest,
    LanguageTag,
    RedoRequest,
    RequestBody,
    SentDocument,
    VideoRequest,
    VideoRequestOptions,
)
from lectern.gateway.schemas.scripts import CONTRACT_SCHEMAS, ScriptDocument, ScriptText
from lectern.gateway.schemas.videos import (
    AttemptSummary,
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
    Wait,
)
from lectern.gateway.schemas.voices import VoiceCatalog, VoiceEntry

__all__ = [
    "CONTRACT_SCHEMAS",
    "MAX_ASSETS",
    "MAX_BEATS",
    "MAX_BEAT_CHARACTERS",
    "ApiIndex",
    "ApproveRequest",
    "Asset",
    "AttemptSummary",
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
    "Wait",
]
