"""The API's routes, one module for each resource. A new module adds its router to `ROUTERS`.

Every route needs an API key where keys are required, except those of `PUBLIC_ROUTERS`.
"""

from lectern.gateway import compat
from lectern.gateway.routes import (
    artifacts,
    assets,
    batches,
    dubbing,
    events,
    keys,
    lessons,
    library,
    media,
    metrics,
    operations,
    problems,
    queues,
    revisions,
    scene_code,
    scene_files,
    scripts,
    sessions,
    shared,
    shares,
    studio,
    takes,
    variants,
    videos,
    voices,
    webhooks,
)

ROUTERS = (
    videos.router,
    library.router,
    batches.router,
    dubbing.router,
    variants.router,
    events.router,
    scripts.router,
    revisions.router,
    media.router,
    artifacts.router,
    scene_files.router,
    scene_code.router,
    takes.router,
    assets.router,
    voices.router,
    lessons.router,
    keys.router,
    sessions.router,
    shares.router,
    shared.router,
    metrics.router,
    webhooks.router,
    queues.router,
    operations.router,
    problems.router,
    *compat.ROUTERS,
    *compat.PUBLIC_ROUTERS,
    studio.router,
)

PUBLIC_ROUTERS = (
    operations.router,
    problems.router,
    sessions.router,
    shared.router,
    *compat.PUBLIC_ROUTERS,
    studio.router,
)
