"""The lessons that come with Lectern: topics that work without a model, and texts to begin from."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lectern.gateway import examples, problem_types
from lectern.gateway.deps import Deps
from lectern.gateway.openapi import describe_json, describe_problems
from lectern.gateway.refusals import refuse
from lectern.gateway.responses import make_json_response
from lectern.gateway.schemas import LessonCatalog, LessonEntry

router = APIRouter(tags=["lessons"])

_HEADERS = {"Cache-Control": "private, max-age=3600"}  # they change with an installation only


@router.get(
    "/v1/lessons",
    response_model=LessonCatalog,
    summary="List the lessons that come with Lectern",
    responses={**describe_json(200, LessonCatalog, "The lessons", examples.LESSONS), **describe_problems(422)},
)
async def list_lessons(deps: Deps) -> Response:
    """Topics that work without a model: send a title as `topic`."""
    entries = [
        LessonEntry(
            name=lesson.name,
            title=lesson.title,
            language=lesson.language,
            audience=lesson.audience,
            seconds=round(lesson.seconds, 1),
        )
        for lesson in deps.lessons
    ]
    return make_json_response(LessonCatalog(data=entries), headers=_HEADERS)


@router.get(
    "/v1/lessons/{name}",
    summary="Read a lesson that comes with Lectern",
    response_class=Response,
    responses={
        200: {
            "description": "Its Markdown",
            "content": {"text/markdown": {"schema": {"type": "string"}, "example": examples.LESSON}},
        },
        **describe_problems(404, 422),
    },
)
async def show_lesson(deps: Deps, name: str) -> Response:
    """Markdown to begin from: change it, and send it as `document`."""
    lesson = next((lesson for lesson in deps.lessons if lesson.name == name), None)
    if lesson is None:
        known = ", ".join(lesson.name for lesson in deps.lessons)
        raise refuse(problem_types.NO_SUCH_LESSON, f"No lesson is called {name[:80]!r}.", f"There are {known}.")
    return Response(lesson.text, headers=_HEADERS, media_type="text/markdown; charset=utf-8")
