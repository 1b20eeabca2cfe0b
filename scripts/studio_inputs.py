"""Writes what the studio is built from beside its own sources: the API's OpenAPI, and the colours of the themes.

With `--seal` it puts the digest of that API above the types that were made of it: a test compares the two.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from lectern.gateway.openapi import describe_api
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS
from lectern.theme import OTHER_NAMES, THEMES, find_palette

STUDIO = Path(__file__).parents[1] / "studio"


TYPES = STUDIO / "src/api/schema.d.ts"
SEAL = "// Made by `make studio` of the API whose types have the digest {digest}.\n"
_WORDS = ("description", "summary", "example", "examples", "title")  # leave no trace in types


def main() -> int:
    openapi = build_openapi()
    if "--seal" in sys.argv[1:]:
        TYPES.write_text(SEAL.format(digest=digest_types(openapi)) + TYPES.read_text())
        return 0
    (STUDIO / ".openapi.json").write_text(json.dumps(openapi, indent=1))
    themes = {name: dataclasses.asdict(find_palette(name)) for name in (*OTHER_NAMES, *THEMES)}
    (STUDIO / "src/design/themes.json").write_text(json.dumps(themes, indent=2) + "\n")
    return 0


def build_openapi() -> dict[str, Any]:
    """Build the API's description, without a server."""
    app = FastAPI(title="Lectern", version="1")
    for router in ROUTERS:
        app.include_router(router)
    return describe_api(app, ROUTERS, PUBLIC_ROUTERS)


def digest_types(openapi: dict[str, Any]) -> str:
    """SHA-256 of all that is no word for people: a better sentence in the API asks nobody to build the studio again."""
    text = json.dumps(_drop_words(openapi), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _drop_words(part: Any, *, names: bool = False) -> Any:
    """A part of the description without sentences. `names`: its keys are names of fields, which may be such words."""
    if isinstance(part, list):
        return [_drop_words(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: _drop_words(value, names=key == "properties" and not names)
        for key, value in part.items()
        if names or key not in _WORDS
    }


if __name__ == "__main__":
    sys.exit(main())
