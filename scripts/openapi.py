"""Prints the OpenAPI document that the gateway publishes, without starting anything."""

from __future__ import annotations

import json
import sys

from fastapi import FastAPI

from lectern.gateway.openapi import describe_api
from lectern.gateway.routes import PUBLIC_ROUTERS, ROUTERS


def main() -> int:
    app = FastAPI(title="Lectern", version="1")
    for router in ROUTERS:
        app.include_router(router)
    json.dump(describe_api(app, ROUTERS, PUBLIC_ROUTERS), sys.stdout, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
