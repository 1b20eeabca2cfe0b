"""The studio: its pages, which are one document, and its files, whose names change with their content."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response

from lectern.gateway import problem_types
from lectern.gateway.deps import Deps
from lectern.gateway.refusals import Refusal, refuse
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import ApiIndex
from lectern.gateway.settings import GatewaySettings
from lectern.gateway.share_preview import format_preview, insert_head
from lectern.gateway.shared_video import describe_shared
from lectern.gateway.studio_files import PAGE, StudioFile

router = APIRouter(tags=["studio"])

_LINKS = {"videos": "/v1/videos", "openapi": "/openapi.json", "health": "/healthz", "ready": "/readyz"}
_INDEX = ApiIndex(service="lectern", links=_LINKS)
_HASHED = "public, max-age=31536000, immutable"

# Nothing from elsewhere, no inline code, and no text that becomes code. `make studio` builds pages that live with it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:{media}; "
    "media-src 'self' blob:{media}; connect-src 'self'{media}; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


@router.head("/", include_in_schema=False)
@router.get(
    "/",
    summary="The studio, or links to start from",
    response_model=ApiIndex,
    responses={
        200: {
            "description": "Links, or with `Accept: text/html` the studio",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/json": {"example": _INDEX.model_dump()},
            },
        },
        304: {"description": "The page has not changed"},
    },
)
async def show_start(deps: Deps, request: Request) -> Response:
    """A browser gets the studio; a program, links to start from."""
    if _wants_page(request):
        return _send_page(deps, request)
    return make_json_response(_INDEX, headers={"Vary": "Accept"})


@router.head("/library", include_in_schema=False)
@router.get("/library", include_in_schema=False)
@router.head("/explore", include_in_schema=False)
@router.get("/explore", include_in_schema=False)
@router.head("/settings", include_in_schema=False)
@router.get("/settings", include_in_schema=False)
@router.head("/videos/{rest:path}", include_in_schema=False)
@router.get("/videos/{rest:path}", include_in_schema=False)
async def show_page(deps: Deps, request: Request) -> Response:
    """Every page is the same document; which one is shown is decided in the browser."""
    return _send_page(deps, request)


@router.head("/s/{token}", include_in_schema=False)
@router.get("/s/{token}", include_in_schema=False)
async def show_shared_page(deps: Deps, request: Request, token: str) -> Response:
    """The same document. Its head names the film, for the programs that show a picture beside a link.

    Which film it is, is nobody's business but of those who have the link: search engines are told to leave it out.
    """
    status, head = 200, ""
    try:
        head = format_preview(await describe_shared(deps, token), request.base_url)
    except Refusal as refusal:
        status = refusal.status
    page = insert_head(deps.studio[PAGE].contents["identity"], head)
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": make_policy(deps.settings),
        "X-Robots-Tag": "noindex",
        "Content-Length": str(len(page)),
    }
    body = b"" if request.method == "HEAD" else page
    return Response(body, status, headers=headers, media_type=deps.studio[PAGE].media_type)


@router.head("/studio/{name}", include_in_schema=False)
@router.get("/studio/{name}", include_in_schema=False)
async def send_studio_file(deps: Deps, request: Request, name: str) -> Response:
    """A file of the build. Its name contains its hash, so a browser asks for it once."""
    file = deps.studio.get(name)
    if file is None or name == PAGE:
        raise refuse(
            problem_types.NO_SUCH_ROUTE,
            f"The studio has no file {name[:100]!r}.",
            "Reload the page: it was built anew since it was opened.",
        )
    return _send_file(request, file, {"Cache-Control": _HASHED})


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "").lower()


def _send_page(deps: Deps, request: Request) -> Response:
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": make_policy(deps.settings)}
    return _send_file(request, deps.studio[PAGE], headers, vary="Accept, Accept-Encoding")


def make_policy(settings: GatewaySettings) -> str:
    """The Content-Security-Policy of pages. Where media are redirected to the store, it names the store, too."""
    if not settings.media_redirect:
        return _POLICY.format(media="")
    store = urlsplit(settings.s3_endpoint)
    return _POLICY.format(media=f" {store.scheme}://{store.netloc}")


def _send_file(request: Request, file: StudioFile, headers: dict[str, str], vary: str = "Accept-Encoding") -> Response:
    coding, content = file.choose(request.headers.get("accept-encoding", ""))
    etag = f'"{file.etag}-{coding}"'
    headers |= {"ETag": etag, "Vary": vary}
    if etag in (tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    if coding != "identity":
        headers["Content-Encoding"] = coding
    headers["Content-Length"] = str(len(content))
    body = b"" if request.method == "HEAD" else content
    return Response(body, headers=headers, media_type=file.media_type)
