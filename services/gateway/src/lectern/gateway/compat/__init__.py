"""Routes that clients of earlier systems know, on the same engine: field names and paths are theirs."""

from lectern.gateway.compat.health import router as health_router
from lectern.gateway.compat.submitting import router as submitting_router
from lectern.gateway.compat.waiting import router as waiting_router

ROUTERS = (submitting_router, waiting_router)
PUBLIC_ROUTERS = (health_router,)

__all__ = ["PUBLIC_ROUTERS", "ROUTERS"]
