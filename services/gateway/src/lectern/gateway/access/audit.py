"""The audit: one line for each change that somebody asked for, under a logger of its own, and never a secret."""

from __future__ import annotations

import structlog
from starlette.types import Scope

from lectern.gateway.access.principal import NOBODY, Principal

AUDIT_LOGGER = "lectern.audit"
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_OBJECTS = ("video_id", "number", "key_id", "share_id", "webhook_id", "batch_id", "revision")  # never a token


def record_change(scope: Scope, principal: Principal | None, status: int, route: str, request_id: str) -> None:
    """Log who asked for which change of what, from where, and how it was answered. Reading leaves no line.

    `principal` is None for a request that was refused before anybody knew whose it was.
    """
    if scope["method"] in _READING:
        return
    client = scope.get("client")
    known = principal is not None and principal != NOBODY
    found = scope.get("path_params", {})
    structlog.get_logger(AUDIT_LOGGER).info(
        "change",
        action="audit",
        owner=principal.owner if principal is not None and known else None,
        key_id=principal.key_id if principal is not None and known else None,
        session=principal.session if principal is not None else False,
        method=scope["method"],
        route=route,
        changed={name: str(found[name])[:64] for name in _OBJECTS if name in found},
        result="done" if status < 400 else "refused" if status < 500 else "failed",
        status=status,
        address=client[0] if client else "",
        request_id=request_id,
    )
