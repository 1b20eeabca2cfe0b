"""The client has all that the API has, and its generated half is current."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from unit.gateway.gateways import published_openapi

from lectern.client.events import VideoEvent

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import client_code  # noqa: E402

RESOURCES = sorted((ROOT / client_code.PACKAGE / "aio").glob("*.py"))

# What a program has no use for: it sends its key, reads files by name, and is no monitor and no browser.
NOT_FOR_PROGRAMS = {
    ("POST", "/v1/session"),
    ("DELETE", "/v1/session"),
    ("GET", "/"),
    ("GET", "/metrics"),
    ("GET", "/healthz"),
    ("GET", "/problems"),
    ("POST", "/createvideo"),
    ("GET", "/status/{}"),
    ("POST", "/create-video"),
    ("POST", "/generate-script"),
    ("GET", "/health"),
}


def list_calls() -> dict[tuple[str, str], ast.Call]:
    """Method and path of each request that the client can make, with the source that makes it."""
    found: dict[tuple[str, str], ast.Call] = {}
    for module in RESOURCES:
        for function in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef):
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
                made = [call for call in calls if ast.unparse(call.func) == "make_call"]
                paths = [node.value for node in ast.walk(function) if is_path(node)]
                method = (
                    ast.literal_eval(made[0].args[0]) if made and isinstance(made[0].args[0], ast.Constant) else "GET"
                )
                found |= {(method, path): (made or calls)[0] for path in paths}
    return found


def is_path(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.match(r"/(v1|problems|readyz)", node.value) is not None
    )


def list_operations() -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method, re.sub(r"\{[^}]*\}", "{}", path)): operation
        for path, method, operation in client_code.list_operations(published_openapi())
        if method != "HEAD"
    }


def test_every_operation_of_the_api_has_a_method() -> None:
    assert set(list_operations()) - NOT_FOR_PROGRAMS - set(list_calls()) == set()


def test_no_method_asks_for_what_the_api_does_not_have() -> None:
    assert set(list_calls()) - set(list_operations()) == set()


def test_the_requests_with_a_key_are_those_the_api_takes_one_for() -> None:
    takes_key = {
        operation
        for operation, described in list_operations().items()
        if any(parameter["name"].lower() == "idempotency-key" for parameter in described.get("parameters", ()))
    }
    keyed = {operation for operation, call in list_calls().items() if "repetition='keyed'" in ast.unparse(call)}
    assert keyed == takes_key - NOT_FOR_PROGRAMS


def test_every_answer_is_read_as_the_model_that_is_published() -> None:
    operations = list_operations()
    wrong = {}
    for operation, call in list_calls().items():
        published = {
            content["schema"]["$ref"].rsplit("/", 1)[-1]
            for status, response in operations[operation]["responses"].items()
            for media_type, content in response.get("content", {}).items()
            if status.startswith("2") and media_type == "application/json" and "$ref" in content.get("schema", {})
        }
        if ast.unparse(call.func) == "make_call" and (read := ast.unparse(call.args[2])) != "str" and published:
            wrong |= {} if published == {read} else {operation: (read, published)}
    assert wrong == {}


def test_a_change_without_a_key_is_repeated_only_where_twice_is_the_same_as_once() -> None:
    same_twice = {"cancel", "approve", "estimate", "check", "assets"}
    careless = [
        (method, path)
        for (method, path), call in list_calls().items()
        if method == "POST" and "repetition=" not in ast.unparse(call) and path.rsplit("/", 1)[-1] not in same_twice
    ]
    assert careless == []


def test_every_filter_of_the_list_can_be_given() -> None:
    parameters = {each["name"] for each in list_operations()["GET", "/v1/videos"]["parameters"]}
    source = (ROOT / client_code.PACKAGE / "aio/videos.py").read_text(encoding="utf-8")
    listing = next(
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.AsyncFunctionDef) and node.name == "list"
    )
    assert {argument.arg for argument in listing.args.kwonlyargs} == parameters


def test_the_event_written_by_hand_has_the_published_fields() -> None:
    published = published_openapi()["components"]["schemas"]["StreamedEvent"]["properties"]
    assert {field.encode_name for field in msgspec.structs.fields(VideoEvent)} == set(published)


@pytest.mark.slow
def test_the_generated_files_are_current() -> None:
    # In a new interpreter: `Literal["a", "b"] | None` is the object that whoever wrote its values first has made.
    check = [sys.executable, str(ROOT / "scripts" / "client_code.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
