"""The page that a problem's `type` leads to: what this kind of problem means, and what to do about it."""

from __future__ import annotations

from html import escape
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response

from lectern.gateway import examples
from lectern.gateway.openapi import describe_problems
from lectern.gateway.problem_types import PROBLEM_TYPES
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import ProblemExplanation, ProblemList

router = APIRouter(tags=["problems"])

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p><code>{code}</code>{status}</p>
<h2>Cause</h2>
<p>{cause}</p>
<h2>Remedy</h2>
<p>{remedy}</p>
</body>
</html>
"""


_INDEX = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Problems</title></head>
<body>
<h1>Problems</h1>
<p>Every kind of problem that the API itself reports. Stages of the pipeline have codes of their own.</p>
<table>
<tr><th>Status</th><th>Code</th><th>Title</th></tr>
{rows}
</table>
</body>
</html>
"""
_ROW = '<tr><td>{status}</td><td><a href="/problems/{code}">{code}</a></td><td>{title}</td></tr>'


@router.get(
    "/problems",
    response_model=ProblemList,
    summary="List the kinds of problem",
    responses={
        200: {
            "description": "A page, or JSON with `Accept: application/json`",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/json": {"example": examples.EXPLANATIONS},
            },
        },
    },
)
async def list_problems(accept: Annotated[str, Header()] = "") -> Response:
    """All kinds that the API itself reports, by status."""
    kinds = sorted(PROBLEM_TYPES.values(), key=lambda kind: (kind.status or 0, kind.code))
    headers = {"Vary": "Accept", "Cache-Control": "public, max-age=3600"}
    if "application/json" in accept:
        return make_json_response(ProblemList(data=[_explain(kind.code) for kind in kinds]), headers=headers)
    rows = [_ROW.format(status=kind.status or "", code=kind.code, title=escape(kind.title)) for kind in kinds]
    return Response(_INDEX.format(rows="\n".join(rows)), headers=headers, media_type="text/html; charset=utf-8")


@router.get(
    "/problems/{code}",
    response_model=ProblemExplanation,
    summary="Explain a kind of problem",
    responses={
        200: {
            "description": "A page, or JSON with `Accept: application/json`",
            "content": {
                "text/html": {"schema": {"type": "string"}},
                "application/json": {"example": examples.EXPLANATION},
            },
        },
        **describe_problems(422),
    },
)
async def explain_problem(
    code: Annotated[str, Path(pattern="^[a-z0-9][a-z0-9-]{0,79}$")], accept: Annotated[str, Header()] = ""
) -> Response:
    """A problem's `type`. Codes of the pipeline's stages share one explanation: those problems are self-contained."""
    explanation = _explain(code)
    headers = {"Vary": "Accept", "Cache-Control": "public, max-age=3600"}
    if "application/json" in accept:
        return make_json_response(explanation, headers=headers)
    fields = {name: escape(str(value)) for name, value in explanation.model_dump().items()}
    fields["status"] = f", HTTP status {explanation.status}" if explanation.status else ""
    return Response(_PAGE.format(**fields), headers=headers, media_type="text/html; charset=utf-8")


def _explain(code: str) -> ProblemExplanation:
    kind = PROBLEM_TYPES.get(code)
    if kind:
        return ProblemExplanation(code=code, status=kind.status, title=kind.title, cause=kind.cause, remedy=kind.remedy)
    return ProblemExplanation(
        code=code,
        status=None,
        title=code.replace("-", " ").capitalize(),
        cause="A stage of the pipeline reported this problem with a video, a scene or a document. "
        "Its `stage` and `scene` name the place, and its `detail` says what happened.",
        remedy="Follow the `remedy` of the problem itself, then POST …/retry.",
    )
