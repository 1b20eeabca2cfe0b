"""From a request's headers to its principal, before anything of the request is read."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fastapi import APIRouter
from starlette.datastructures import Headers
from starlette.routing import Route
from starlette.types import Scope as RequestScope

from lectern.contracts.api_keys import ApiKey, Scope
from lectern.gateway import problem_types
from lectern.gateway.access.key_ring import KeyRing
from lectern.gateway.access.principal import LOCAL, NOBODY, Principal
from lectern.gateway.access.sessions import Sessions, read_cookie
from lectern.gateway.refusals import Refusal, refuse

_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_ADMIN_PATHS = re.compile(r"/(v1/keys|metrics)(/.*)?")
_CHALLENGE = 'Bearer realm="lectern"'


class PublicPaths:
    """The paths that need no key: those of the routers given. Every other path needs one, whether or not it exists."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        routes = [route for router in routers for route in router.routes if isinstance(route, Route)]
        self._rules = [(frozenset(route.methods or ()), route.path_regex) for route in routes]

    def matches(self, method: str, path: str) -> bool:
        """True for a path that everybody may use with this method."""
        return path == "/openapi.json" or any(
            method in methods and pattern.fullmatch(path) for methods, pattern in self._rules
        )


def find_principal(
    request: RequestScope, public: PublicPaths, ring: KeyRing, sessions: Sessions, *, required: bool
) -> Principal | Refusal:
    """Who sends this request: the key in `Authorization`, the session's cookie, or everybody where none is required.

    Returns a 401 without a valid key, and a 403 for a key without the scope, or for a cookie that came without proof
    of the page that sent it.
    """
    method, path, headers = request["method"], request["path"], Headers(scope=request)
    if public.matches(method, path):
        return NOBODY
    found = _identify(headers, ring, sessions, method)
    if isinstance(found, Refusal):
        return found
    if found is None:
        return refuse_credentials("This needs an API key, and none was sent.") if required else LOCAL
    needed = find_scope(method, path)
    if needed not in found.scopes:
        return refuse(
            problem_types.MISSING_SCOPE,
            f"This needs a key with the scope {needed}; this one has {', '.join(found.scopes) or 'none'}.",
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{needed}"'},
        )
    return found


def find_scope(method: str, path: str) -> Scope:
    """The scope that a request needs."""
    if _ADMIN_PATHS.fullmatch(path):
        return "admin"
    return "read" if method in _READING else "write"


def refuse_credentials(detail: str) -> Refusal:
    """401: no key, or one that opens nothing."""
    return refuse(problem_types.UNAUTHENTICATED, detail, headers={"WWW-Authenticate": _CHALLENGE})


def make_principal(key: ApiKey, *, session: bool = False) -> Principal:
    """The principal that a key stands for."""
    return Principal(owner=key.owner, key_id=key.id, scopes=key.scopes, quotas=key.quotas, session=session)


def _identify(headers: Headers, ring: KeyRing, sessions: Sessions, method: str) -> Principal | Refusal | None:
    if (authorization := headers.get("authorization")) is not None:
        scheme, _, token = authorization.partition(" ")
        key = ring.find(token.strip()) if scheme.lower() == "bearer" else None
        return make_principal(key) if key else refuse_credentials("This key is unknown, revoked or expired.")
    if cookie := read_cookie(headers.get("cookie", "")):
        found = sessions.find(cookie)
        if found is None:
            return None  # an old cookie is none
        if method not in _READING and "origin" not in headers and "sec-fetch-site" not in headers:
            return refuse(problem_types.CROSS_SITE, "A session's cookie came without the page that sent it.")
        return make_principal(found[0], session=True)
    return None
