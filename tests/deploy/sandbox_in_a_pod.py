"""Run inside the renderer's image: prints the layers of its sandbox, without those named, or why it refuses to start."""

from __future__ import annotations

import asyncio
import json
import sys

from lectern.contracts.problems import ProblemError
from lectern.renderer.sandbox.warm_pool import WarmPool


async def main() -> None:
    pool = WarmPool(slots=1, disabled_layers=frozenset(sys.argv[1:]))
    try:
        await pool.start()
    except ProblemError as error:
        print("refused:", error.problem.code)
        return
    print(json.dumps(dict(pool.layers())))
    await pool.close()


asyncio.run(main())
