"""The Lectern that briefs are tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import structlog

from lectern.cli.api import Api
from lectern.cli.api_connection import connect_api
from lectern.cli.exit_status import UNAVAILABLE, CommandExit
from lectern.cli.prompts import ASKING_SERVICES, build_prompt_settings
from lectern.cli.runner.home import Home
from lectern.cli.runner.stack import run_stack
from lectern.contracts.problems import ProblemError
from lectern.worker import configure_logs


@asynccontextmanager
async def connect_for_trials(
    url: str, folder: Path, show_message: Callable[[str], None], *, render: bool, prompts: Path | None = None
) -> AsyncIterator[Api]:
    """Connects to the Lectern at `url`, or runs one whose home and logs are in `folder`.

    The latter does not reuse model answers, so that each trial shows what a model answers and costs. Unless it is to
    `render`, it only checks scenes, with the whole capacity of its renderer.
    """
    if url:
        show_message(f"{url} may reuse model answers of the last 24 hours, which then cost nothing")
        async with connect_api(url, folder, show_message) as api:
            yield api
        return
    show_message("Starting Lectern for this evaluation")
    home = folder / "home"
    settings: dict[str, dict[str, Any]] = {"renderer": {"renders": render}}
    asking = build_prompt_settings(prompts) if prompts else {}
    for service in ASKING_SERVICES:
        settings[service] = {"remember_answers": False, **asking.get(service, {})}
    if prompts:
        show_message(f"Requests to the model are written to {prompts}, and answers awaited there")
    try:
        with _log_to(Home.at(home).logs / "runner.log"):
            async with run_stack(home, settings=settings) as stack, Api(stack.url) as api:
                for video in await api.list_unfinished():  # left by an evaluation that was killed
                    await api.cancel(video["id"], "its evaluation ended before it")
                yield api
    except ProblemError as error:
        raise CommandExit(UNAVAILABLE, error.problem) from error


@contextmanager
def _log_to(file: Path) -> Iterator[None]:
    """Sends logs to a file: stdout is for the report and stderr for progress."""
    before = structlog.get_config()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a", encoding="utf-8", buffering=1) as log:
        configure_logs("json", to=log)
        try:
            yield
        finally:
            structlog.configure(**before)
