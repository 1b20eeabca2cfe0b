"""All routes: none is forgotten, none imports another, and each problem they report has a page."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from pathlib import Path

import httpx
import pytest

from lectern.gateway import problem_types, routes
from lectern.gateway.problem_types import PROBLEM_TYPES, ProblemType

MODULES = [module.name for module in pkgutil.iter_modules(routes.__path__)]
SOURCES = sorted((Path(routes.__path__[0]).parent).rglob("*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_every_router_is_part_of_the_api(name: str) -> None:
    router = importlib.import_module(f"{routes.__name__}.{name}").router
    assert router in routes.ROUTERS, f"add {name}.router to ROUTERS in routes/__init__.py"


@pytest.mark.parametrize("name", MODULES)
def test_no_route_imports_another(name: str) -> None:
    source = Path(routes.__path__[0], f"{name}.py").read_text()
    imported = {node.module for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)}
    assert not [module for module in imported if module and module.startswith(routes.__name__)]


def test_every_problem_type_is_listed() -> None:
    defined = [value for value in vars(problem_types).values() if isinstance(value, ProblemType)]
    assert {kind.code for kind in defined} == PROBLEM_TYPES.keys()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_problems_are_only_made_from_listed_types(path: Path) -> None:
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
    assert path.name == "refusals.py" or "Problem" not in names, "use refuse() with one of problem_types"
    assert path.name == "problem_types.py" or "ProblemType" not in names, "define it in problem_types.py"


@pytest.mark.parametrize("code", sorted(PROBLEM_TYPES))
async def test_each_problem_type_has_a_page(http: httpx.AsyncClient, code: str) -> None:
    page = await http.get(f"/problems/{code}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<script" not in page.text
    assert "style" not in page.text
    explanation = (await http.get(f"/problems/{code}", headers={"Accept": "application/json"})).json()
    kind = PROBLEM_TYPES[code]
    assert explanation == {
        "code": code, "status": kind.status, "title": kind.title, "cause": kind.cause, "remedy": kind.remedy,
    }  # fmt: skip
    assert kind.title in page.text


async def test_the_index_lists_every_problem_type(http: httpx.AsyncClient) -> None:
    page = await http.get("/problems", headers={"Accept": "text/html"})
    listed = (await http.get("/problems", headers={"Accept": "application/json"})).json()["data"]
    assert {kind["code"] for kind in listed} == PROBLEM_TYPES.keys()
    assert all(f'href="/problems/{code}"' in page.text for code in PROBLEM_TYPES)


async def test_a_code_of_a_stage_has_a_page_of_its_own(http: httpx.AsyncClient) -> None:
    page = await http.get("/problems/out-of-memory")
    assert page.status_code == 200
    assert "Out of memory" in page.text


@pytest.mark.parametrize("code", ["<b>", "UPPER", "a" * 81, "%2e%2e"])
async def test_a_malformed_code_has_no_page(http: httpx.AsyncClient, code: str) -> None:
    answer = await http.get(f"/problems/{code}")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_problem_links_to_its_page(http: httpx.AsyncClient) -> None:
    problem = (await http.get("/v1/videos/0190a5a2-7c00-7000-8000-000000000000")).json()
    assert problem["type"] == "/problems/not-found"
    page = await http.get(problem["type"], headers={"Accept": "application/json"})
    assert page.json()["title"] == problem["title"]
