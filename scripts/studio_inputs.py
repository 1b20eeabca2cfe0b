"""Writes what the studio is built from beside its own sources: the API's OpenAPI, and the colours of the themes."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path

from fastapi import FastAPI

from lectern.gateway.openapi import describe_api
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS
from lectern.theme import OTHER_NAMES, THEMES, find_palette

STUDIO = Path(__file__).parents[1] / "studio"


def main() -> int:
    app = FastAPI(title="Lectern", version="1")
    for router in ROUTERS:
        app.include_router(router)
    openapi = describe_api(app, ROUTERS, PUBLIC_ROUTERS)
    (STUDIO / ".openapi.json").write_text(json.dumps(openapi, indent=1))
    themes = {name: dataclasses.asdict(find_palette(name)) for name in (*OTHER_NAMES, *THEMES)}
    (STUDIO / "src/design/themes.json").write_text(json.dumps(themes, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
