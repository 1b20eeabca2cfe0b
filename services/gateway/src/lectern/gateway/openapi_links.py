"""OpenAPI links: what can be done with what an operation has made. Clients and contract tests follow them."""

from __future__ import annotations

import re
from typing import Any

# What each schema says about the path parameters of other operations, as runtime expressions of OpenAPI.
_KNOWN = {
    "Video": {"video_id": "$response.body#/id"},
    "VariantList": {"video_id": "$response.body#/data/0/id"},
    "Share": {"video_id": "$request.path.video_id", "share_id": "$response.body#/id"},
    "Batch": {"batch_id": "$response.body#/id"},
    "WebhookWithSecret": {"webhook_id": "$response.body#/id"},
    "DeliveryEntry": {"webhook_id": "$response.body#/webhook_id", "delivery_id": "$response.body#/id"},
}
# The same of what is only looked up, and leads on to its members.
_LISTED = {
    "TakeList": {
        "video_id": "$request.path.video_id",
        "number": "$request.path.number",
        "revision": "$response.body#/data/0/revision",
    },
}
_PARAMETER = re.compile(r"\{(\w+)\}")


def add_links(paths: dict[str, Any]) -> None:
    """Link each response that made something (201, 202), or lists members, to the operations whose path names it."""
    for operations in paths.values():
        for method, known_by_schema, statuses in (("post", _KNOWN, ("201", "202")), ("get", _LISTED, ("200",))):
            responses = operations.get(method, {}).get("responses", {})
            for status in statuses:
                known = known_by_schema.get(_name_schema(responses.get(status, {})), {})
                if known:
                    responses[status]["links"] = _link(paths, known)


def _name_schema(response: dict[str, Any]) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _link(paths: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """A link to each operation whose path needs the newest that is known, by the operation's id."""
    links = {}
    last = list(known)[-1]
    for path, operations in paths.items():
        needed = [name for name in _PARAMETER.findall(path) if name in known]
        if last not in needed:
            continue
        for operation in operations.values():
            links[operation["operationId"]] = {
                "operationId": operation["operationId"],
                "parameters": {name: known[name] for name in needed},
            }
    return links
