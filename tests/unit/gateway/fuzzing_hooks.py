"""What a schema cannot say, told to schemathesis: which videos, images and tracks exist, and which text can be seen.

Loaded by its command line in `test_fuzzing.py`, which names what exists in the environment.
"""

from __future__ import annotations

import os
import re
import uuid
from typing import Any

import schemathesis

from lectern.contracts.plain_text import is_visible

VIDEO_ID, SCENES = os.environ.get("FUZZED_VIDEO", ""), 2
ASSET = os.environ.get("FUZZED_ASSET", "")
TRACK = os.environ.get("FUZZED_TRACK", "")
WEBHOOK_URL = re.compile(r"(?=.{8,2048}$)https?://[A-Za-z0-9\[][^\s\\#@]*")  # whether a host is public, no pattern says


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> Any:
    """Half of the generated ids become the one that exists, unless it would be deleted."""
    if context.operation is not None and context.operation.method.upper() == "DELETE":
        return path_parameters
    if path_parameters and "video_id" in path_parameters and hash(str(path_parameters)) % 2:
        path_parameters["video_id"] = VIDEO_ID
    return path_parameters


@schemathesis.hook
def map_headers(context: schemathesis.HookContext, headers: dict[str, Any] | None) -> Any:
    """No key is used for two requests, which is refused."""
    for name in headers or {}:
        if name.lower() == "idempotency-key" and headers and headers[name].isascii() and headers[name].isprintable():
            headers[name] = uuid.uuid4().hex
    return headers


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """Well-formed ids become those of uploads; names become valid ones."""
    if not isinstance(body, dict):
        return body
    if WEBHOOK_URL.fullmatch(str(body.get("url"))):
        body["url"] = "https://hooks.example.org/lectern"
    document = body.get("document")
    if isinstance(document, dict) and isinstance(document.get("assets"), dict):
        assets = document["assets"]
        document["assets"] = {
            f"{number}.png": ASSET if _is_id(asset) else asset for number, asset in enumerate(assets.values())
        }
    for options in (body.get("options"), *(body.get("variants") or ())):
        if isinstance(options, dict) and _is_id(options.get("music")):
            options["music"] = TRACK
    return body


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:
    """A topic or document needs something to see, and letters few marks: no pattern says so."""
    if not isinstance(body, dict):
        return True
    document = body.get("document")
    texts = [body.get("topic"), body.get("input"), document.get("markdown") if isinstance(document, dict) else None]
    return all(is_visible(text) for text in texts if isinstance(text, str))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64
