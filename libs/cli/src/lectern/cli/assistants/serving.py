"""`lectern mcp`: serving assistants over standard input and output."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from lectern.cli.api_connection import LocalRunner
from lectern.cli.exit_status import OK, UNAVAILABLE, command_exit


async def serve_assistant(url: str, home: Path, folder: Path, dollars_per_video: float) -> int:
    """Serves until the assistant closes its end. A Lectern is found, or started, when a tool first needs it.

    Raises CommandExit when the protocol's package is not installed.
    """
    if find_spec("mcp") is None:
        raise command_exit(
            UNAVAILABLE,
            "no-mcp",
            "The Model Context Protocol is not installed",
            "`lectern mcp` needs the package mcp, which Lectern does not need otherwise.",
            "Install it: pip install 'lectern-cli[mcp]'.",
        )
    from lectern.cli.assistants.server import build_server
    from lectern.cli.assistants.session import ClientSource, Limits

    runner = LocalRunner(home, lambda text: print(text, file=sys.stderr, flush=True))  # noqa: T201 stdout is the protocol's

    async def find_address() -> str:
        return url or await runner.find_or_start()

    source = ClientSource(find_address)
    try:
        limits = Limits(dollars_per_video=dollars_per_video, folder=folder)
        await build_server(source, limits).run_stdio_async()
    finally:
        await source.close()
        await runner.stop()
    return OK
