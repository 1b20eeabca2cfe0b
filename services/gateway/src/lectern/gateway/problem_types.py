"""Every kind of problem that the gateway itself reports: the one list of its codes. Stages have codes of their own."""

from __future__ import annotations

import msgspec


class ProblemType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of problem: its code, HTTP status and title never vary. `status` is None for errors of the HTTP server.

    `cause` and `remedy` are what `/problems/<code>` explains. A problem's own `detail` and `remedy` are about one case.
    """

    code: str
    status: int | None
    title: str
    cause: str
    remedy: str


MALFORMED_REQUEST = ProblemType(
    code="malformed-request",
    status=400,
    title="Malformed request",
    cause="The request could not be parsed: its body is not JSON, or not UTF-8.",
    remedy="Send a JSON object in UTF-8.",
)
CROSS_SITE = ProblemType(
    code="cross-site",
    status=403,
    title="Cross-site request",
    cause="A browser sent the request on behalf of a page of another site, or a session's cookie came without "
    "the name of its page.",
    remedy="Use the API from its own address, or from a program.",
)
UNAUTHENTICATED = ProblemType(
    code="unauthenticated",
    status=401,
    title="API key required",
    cause="The request carries no API key or session, or one that is unknown, revoked or expired.",
    remedy="Send the header Authorization: Bearer lk_…, or sign in again. An operator makes keys with "
    "`lectern keys create`.",
)
MISSING_SCOPE = ProblemType(
    code="missing-scope",
    status=403,
    title="The key may not do this",
    cause="The key is valid, but was made without the scope that this request needs: read, write or admin.",
    remedy="Use a key with that scope; `lectern keys create --scope` makes one.",
)
KEYS_REQUIRED = ProblemType(
    code="keys-required",
    status=None,
    title="Other machines could use the API without a key",
    cause="The gateway was told to listen where other machines can reach it, and not to ask for keys.",
    remedy="Set LECTERN_REQUIRE_KEYS=true and create a key with `lectern keys create`, or listen on 127.0.0.1.",
)
QUOTA_EXCEEDED = ProblemType(
    code="quota-exceeded",
    status=429,
    title="Quota used up",
    cause="Your videos of the day, those at once, your minutes of the month or your dollars of the day are used up.",
    remedy="Wait as long as Retry-After says, or ask the operator for a larger quota. GET /v1/account shows your use.",
)
RATE_LIMITED = ProblemType(
    code="rate-limited",
    status=429,
    title="Too many requests",
    cause="You sent more requests within a minute than this installation allows.",
    remedy="Wait as long as Retry-After says; follow a video by its event stream instead of asking again and again.",
)
NO_SUCH_KEY = ProblemType(
    code="no-such-key",
    status=404,
    title="Key not found",
    cause="You have no API key with this id.",
    remedy="GET /v1/keys lists yours.",
)
NO_SUCH_SHARE = ProblemType(
    code="no-such-share",
    status=404,
    title="No such share link",
    cause="The link was not made here, was cut short or was changed; or the video has no link with this id.",
    remedy="Ask whoever sent the link for it again; copy the whole of it.",
)
SHARE_ENDED = ProblemType(
    code="share-ended",
    status=410,
    title="The share link has ended",
    cause="The link expired, its owner ended it, or the video was deleted.",
    remedy="Ask whoever sent the link for a new one.",
)
NO_SIGNING_KEY = ProblemType(
    code="no-signing-key",
    status=503,
    title="No signing key",
    cause="Sessions and share links are signed, and this installation has no key to sign with.",
    remedy="Set LECTERN_SIGNING_KEY to a secret of at least 32 characters, the same for every gateway.",
)
NOT_FOUND = ProblemType(
    code="not-found",
    status=404,
    title="Video not found",
    cause="No video has this id, or its last event is more than 30 days old.",
    remedy="Check the id, or list your videos with GET /v1/videos.",
)
NO_SUCH_LESSON = ProblemType(
    code="no-such-lesson",
    status=404,
    title="Lesson not found",
    cause="No lesson that comes with Lectern has this name.",
    remedy="List them with GET /v1/lessons.",
)
NO_SUCH_SCENE = ProblemType(
    code="no-such-scene",
    status=404,
    title="Scene not found",
    cause="The video's script has no scene with this number. Scenes count from 1.",
    remedy="GET the video to see its scenes.",
)
NO_SUCH_TAKE = ProblemType(
    code="no-such-take",
    status=404,
    title="Take not found",
    cause="The scene was not rendered in this revision, or so long ago that the log no longer tells.",
    remedy="GET …/scenes/{number}/takes to see the takes of the scene.",
)
NO_SUCH_OUTPUT = ProblemType(
    code="no-such-output",
    status=404,
    title="Output not found",
    cause="The video is finished, but it was made without a file of this kind.",
    remedy="Choose one of the kinds in the video's `outputs`.",
)
GONE = ProblemType(
    code="gone",
    status=404,
    title="File expired",
    cause="The file was made but has expired from the object store.",
    remedy="Make it again with POST …/retry or POST …/scenes/{number}/redo.",
)
NO_SUCH_WEBHOOK = ProblemType(
    code="no-such-webhook",
    status=404,
    title="Webhook not found",
    cause="No webhook of yours has this id, or no delivery of it has. Deliveries are kept for seven days.",
    remedy="List your webhooks with GET /v1/webhooks, and a webhook's deliveries with GET …/deliveries.",
)
TOO_MANY_WEBHOOKS = ProblemType(
    code="too-many-webhooks",
    status=409,
    title="Too many webhooks",
    cause="An owner has as many webhooks as one may have.",
    remedy="Delete one that you do not need, or let one webhook receive more events.",
)
WEBHOOK_URL_REFUSED = ProblemType(
    code="webhook-url-refused",
    status=422,
    title="Webhook URL refused",
    cause="Webhooks go to https URLs on the public internet, without a user name, and to no port of another protocol. "
    "Addresses are checked again each time a webhook is sent.",
    remedy="Correct the URL as `detail` says.",
)
NO_SUCH_ROUTE = ProblemType(
    code="no-such-route",
    status=404,
    title="Path not found",
    cause="The path is not part of the API.",
    remedy="See /openapi.json for the paths of the API.",
)
METHOD_NOT_ALLOWED = ProblemType(
    code="method-not-allowed",
    status=405,
    title="Method not allowed",
    cause="The path exists, but does not support the request's method.",
    remedy="Use a method from the Allow header, or see /openapi.json.",
)
NO_MARKDOWN_FORM = ProblemType(
    code="no-markdown-form",
    status=406,
    title="No Markdown form",
    cause="The script contains something that Lectern's Markdown cannot express.",
    remedy="Request it with Accept: application/json.",
)
VIDEO_DELETED = ProblemType(
    code="video-deleted",
    status=410,
    title="Video deleted",
    cause="The video was deleted. Its files and its history are gone for good.",
    remedy="Request a new video with POST /v1/videos.",
)
NO_SUCH_BATCH = ProblemType(
    code="no-such-batch",
    status=404,
    title="Batch not found",
    cause="No batch has this id, or it is more than 30 days old.",
    remedy="Check the id, or list your batches with GET /v1/batches.",
)
INVALID_STATE = ProblemType(
    code="invalid-state",
    status=409,
    title="Not possible in this state",
    cause="The video is not in a state in which this can be done.",
    remedy="GET the video, look at its `status`, and wait for the state that the problem's own remedy names.",
)
STALE_SCRIPT = ProblemType(
    code="stale-script",
    status=409,
    title="The script has changed",
    cause="Somebody changed the script after you read it; `revision` in your request names an older one.",
    remedy="GET the script again, look at what changed, and repeat your edit.",
)
DIRECTION_NEEDS_MODEL = ProblemType(
    code="direction-needs-model",
    status=409,
    title="Nobody can follow the direction",
    cause="A direction is followed by a model that draws, and none is set up here.",
    remedy="Set GEMINI_API_KEY or an OpenAI-compatible endpoint, or write the scene's code yourself (PUT …/code).",
)
CONFLICT_BUSY = ProblemType(
    code="conflict-busy",
    status=409,
    title="Concurrent modification",
    cause="The video kept changing while the request was being applied.",
    remedy="Retry the request.",
)
IDEMPOTENCY_IN_PROGRESS = ProblemType(
    code="idempotency-in-progress",
    status=409,
    title="The first request is still in progress",
    cause="Another request with the same Idempotency-Key has not been answered yet.",
    remedy="Wait a second and send it again to receive the first request's answer.",
)
MISDIRECTED_REQUEST = ProblemType(
    code="misdirected-request",
    status=421,
    title="Unknown host name",
    cause="The request names a host that this API does not answer to. A foreign name may have been made to point here, "
    "so that a page of another site can use the API through its reader's browser.",
    remedy="Use the API's own address, or add the name to LECTERN_ALLOWED_HOSTS.",
)
PRECONDITION_FAILED = ProblemType(
    code="precondition-failed",
    status=412,
    title="The script has changed",
    cause="Somebody changed the script after you read it; the ETag in If-Match is an older one.",
    remedy="GET the script again, look at what changed, and repeat your edit.",
)
STALE_CODE = ProblemType(
    code="stale-code",
    status=412,
    title="The code has changed",
    cause="The scene got other code after you read it; the ETag in If-Match is an older one.",
    remedy="GET the code again, look at what changed, and repeat your edit.",
)
PAYLOAD_TOO_LARGE = ProblemType(
    code="payload-too-large",
    status=413,
    title="Body too large",
    cause="The request's body exceeds the limit of its path.",
    remedy="Send less: shrink the image, or split the document into several videos.",
)
UNSUPPORTED_MEDIA_TYPE = ProblemType(
    code="unsupported-media-type",
    status=415,
    title="Unsupported media type",
    cause="The path does not accept the body's Content-Type, or the bytes are of another type than declared.",
    remedy="Send a supported type and declare it correctly.",
)
IMAGE_UNUSABLE = ProblemType(
    code="image-unusable",
    status=422,
    title="Image unusable",
    cause="The image's header is damaged, or says that it has more pixels than a scene can hold.",
    remedy="Save the image again in an image editor, or scale it down.",
)
RANGE_NOT_SATISFIABLE = ProblemType(
    code="range-not-satisfiable",
    status=416,
    title="Range not satisfiable",
    cause="The requested byte range starts after the end of the file.",
    remedy="Request a range within the file; Content-Range gives its size.",
)
VALIDATION_ERROR = ProblemType(
    code="validation-error",
    status=422,
    title="Invalid request",
    cause="One or more fields of the request are missing, unknown or out of range.",
    remedy="Correct the fields listed in `errors` and send the request again.",
)
CODE_REFUSED = ProblemType(
    code="code-refused",
    status=422,
    title="The code cannot be rendered",
    cause="The scene's code was run without drawing: it raises, is stopped by a limit, takes too long to draw, or does "
    "not keep step with its narration.",
    remedy="Correct the lines that `errors` names, and send it again; POST …/code/check only checks.",
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    code="idempotency-key-reused",
    status=422,
    title="Idempotency-Key reused",
    cause="The same Idempotency-Key was sent with a different body within the last 24 hours.",
    remedy="Use a new key for each new request.",
)
DOCUMENT_ENCODING = ProblemType(
    code="document-encoding",
    status=422,
    title="Document is not UTF-8",
    cause="The Markdown document is not valid UTF-8 text.",
    remedy="Save it as UTF-8 and send it again.",
)
INTERNAL = ProblemType(
    code="internal",
    status=500,
    title="Internal error",
    cause="An unexpected error occurred while the request was being answered.",
    remedy="Retry; if it persists, report the request id in `instance`.",
)
HTTP_ERROR = ProblemType(
    code="http-error",
    status=None,
    title="Request failed",
    cause="The HTTP server rejected the request. The response's status says why.",
    remedy="Correct the request according to its status.",
)
DEPENDENCY_UNAVAILABLE = ProblemType(
    code="dependency-unavailable",
    status=503,
    title="A dependency is unavailable",
    cause="The event log, the object store or a service that the request needs does not answer.",
    remedy="Retry in a few seconds; nothing was lost.",
)
STORE_NEARLY_FULL = ProblemType(
    code="store-nearly-full",
    status=503,
    title="There is no room for more",
    cause="The disk of the store is nearly full, or the store holds as much as it may. Videos in the making go on.",
    remedy="Delete videos or free some space; an operator can raise LECTERN_STORE_LIMIT_GB.",
)

PROBLEM_TYPES = {
    kind.code: kind
    for kind in (
        MALFORMED_REQUEST,
        CROSS_SITE,
        UNAUTHENTICATED,
        MISSING_SCOPE,
        KEYS_REQUIRED,
        QUOTA_EXCEEDED,
        RATE_LIMITED,
        NO_SUCH_KEY,
        NO_SUCH_SHARE,
        SHARE_ENDED,
        NO_SIGNING_KEY,
        NOT_FOUND,
        NO_SUCH_LESSON,
        NO_SUCH_SCENE,
        NO_SUCH_TAKE,
        NO_SUCH_OUTPUT,
        GONE,
        NO_SUCH_WEBHOOK,
        TOO_MANY_WEBHOOKS,
        WEBHOOK_URL_REFUSED,
        NO_SUCH_ROUTE,
        METHOD_NOT_ALLOWED,
        NO_MARKDOWN_FORM,
        VIDEO_DELETED,
        NO_SUCH_BATCH,
        INVALID_STATE,
        STALE_SCRIPT,
        DIRECTION_NEEDS_MODEL,
        CONFLICT_BUSY,
        IDEMPOTENCY_IN_PROGRESS,
        MISDIRECTED_REQUEST,
        PRECONDITION_FAILED,
        STALE_CODE,
        PAYLOAD_TOO_LARGE,
        UNSUPPORTED_MEDIA_TYPE,
        IMAGE_UNUSABLE,
        RANGE_NOT_SATISFIABLE,
        VALIDATION_ERROR,
        CODE_REFUSED,
        IDEMPOTENCY_KEY_REUSED,
        DOCUMENT_ENCODING,
        INTERNAL,
        HTTP_ERROR,
        DEPENDENCY_UNAVAILABLE,
        STORE_NEARLY_FULL,
    )
}
