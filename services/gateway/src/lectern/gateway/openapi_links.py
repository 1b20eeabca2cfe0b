"""OpenAPI links: what can be done with what an operation has made. Clients and contract tests follow them."""

from __future__ import annotations

import re
from typing import Any

# What each schema says about the path parameters of other operations, as runtime expressions of OpenAPI.
_KNOWN = {
    "Video": {"video_id": "$response.body#/id"},
    "Batch": {"batch_id": "$response.body#/id"},
    "WebhookWithSecret": {"webhook_id": "$response.body#/id"},
    "DeliveryEntry": {"webhook_id": "$response.body#/webhook_id", "delivery_id": "$response.body#/id"},
}
_MAKERS = ("post",)
_PARAMETER = re.compile(r"\{(\w+)\}")


def add_links(paths: dict[str, Any]) -> None:
    """Link each response in which something was made (201, 202) to the operations whose path names it."""
    for operations in paths.values():
        for method, operation in operations.items():
            if method not in _MAKERS:
                continue
            for status in ("201", "202"):
                known = _KNOWN.get(_name_schema(operation["responses"].get(status, {})), {})
                if known:
                    operation["responses"][status]["links"] = _link(paths, known)


def _name_schema(response: dict[str, Any]) -> str:
    schema = response.get("content", {}).get("application/json", {}).get("schema", {})
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _link(paths: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """A link to each operation whose path needs something known, by the operation's id."""
    links = {}
    for path, operations in paths.items():
        needed = [name for name in _PARAMETER.findall(path) if name in known]
        if not needed:
            continue
        for operation in operations.values():
            links[operation["operationId"]] = {
                "operationId": operation["operationId"],
                "parameters": {name: known[name] for name in needed},
            }
    return links
