"""The Lectern that briefs are tried on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from lectern.cli.api import Api
from lectern.cli.exits import UNAVAILABLE, Stop
from lectern.cli.machine.home import Home
from lectern.cli.reach import reach
from lectern.contracts.problems import ProblemError
from lectern.worker import configure_logs


@asynccontextmanager
async def to_try_on(url: str, folder: Path, say: Callable[[str], None], *, render: bool) -> AsyncIterator[Api]:
    """The Lectern at `url`, else one of our own under `folder`.

    Ours remembers no answers of models, so that each trial shows what a model says and costs; its log lies in the
    home's logs. Unless it is to `render` it draws nothing, and checks scenes with all its renderer has.
    """
    if url:
        say(f"{url} may answer from what it remembers of the last 24 hours; such answers cost nothing")
        async with reach(url, folder, say) as api:
            yield api
        return
    from lectern.cli.runner import running

    say("Starting Lectern for this evaluation")
    home = folder / "home"
    asking = {"remember_answers": False}
    settings = {"scripter": asking, "coder": asking, "renderer": {"renders": render}}
    try:
        with _logged(Home.at(home).logs / "runner.log"):
            async with running(home, settings=settings) as stack, Api(stack.url) as api:
                for left in await api.unfinished():  # of an evaluation that was killed: nobody waits for them
                    await api.cancel(left["id"], "its evaluation ended before it")
                yield api
    except ProblemError as error:
        raise Stop(UNAVAILABLE, error.problem) from error


@contextmanager
def _logged(file: Path) -> Iterator[None]:
    """Sends logs to a file: stdout is for the report, and stderr for how the trials go."""
    before = structlog.get_config()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a", encoding="utf-8", buffering=1) as log:
        configure_logs("json", to=log)
        try:
            yield
        finally:
            structlog.configure(**before)
