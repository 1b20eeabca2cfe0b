"""Has a script written: within what may still be spent, telling how far it is, and never losing what it cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from lectern.contracts import keys
from lectern.contracts.events import VideoRequested
from lectern.contracts.usage import Usage, add_up
from lectern.scripter.deps import ScripterDeps
from lectern.scripter.writer import ModelAway, Tell, Terms, Written
from lectern.worker import Job, Missing, Permanent

USUAL_SECONDS = 120
# characters a model writes for a video, about: a plan, and then for each second three words with what frames them
PLAN_CHARACTERS, CHARACTERS_A_SECOND = 2500, 30


async def write_and_tell(event: VideoRequested, job: Job[ScripterDeps], material: str = "") -> Written:
    """The script for a brief, or for `material`, with what this and earlier deliveries cost. Raises as below."""
    telling = _Telling(event, job)

    async def write(spent_usd: float) -> Written:
        terms = Terms(material=material, spent_usd=spent_usd, fresh=event.revision > 1)
        return await job.deps.writer.write(event.brief, event.options, telling.tell, terms=terms)

    try:
        return await over_deliveries(event, job, write)
    finally:
        await telling.done()


async def over_deliveries(
    event: VideoRequested, job: Job[ScripterDeps], write: Callable[[float], Awaitable[Written]]
) -> Written:
    """What `write` makes, given what the video has cost, with the cost of this and earlier deliveries.

    Raises Permanent with that cost. Passing trouble is Permanent too on the last delivery, in the provider's own words.
    """
    earlier = await _earlier(event, job) if job.attempt > 1 else ()
    try:
        written = await write(await _spent_usd(job, earlier))
    except ModelAway as away:
        spent = add_up((*earlier, *away.spent))
        if job.attempt >= job.attempts:
            raise Permanent(away.problem, spent=spent) from away
        await job.store.put_json(keys.script_bill(event.video_id, event.revision), list(spent))
        raise
    except Permanent as failure:
        raise Permanent(failure.problem, spent=add_up((*earlier, *failure.spent))) from failure
    return msgspec.structs.replace(written, spent=add_up((*earlier, *written.spent)))


async def _spent_usd(job: Job[ScripterDeps], earlier: tuple[Usage, ...]) -> float:
    state = job.log.state
    return sum(item.cost_usd for item in (*state.spent(), *earlier))


async def _earlier(event: VideoRequested, job: Job[ScripterDeps]) -> tuple[Usage, ...]:
    """What deliveries of this event cost that ended with a model being away."""
    try:
        return tuple(await job.store.get_json(keys.script_bill(event.video_id, event.revision), list[Usage]))
    except Missing:
        return ()


class _Telling:
    """Passes on progress from a callback that cannot wait."""

    def __init__(self, event: VideoRequested, job: Job[ScripterDeps]) -> None:
        seconds = event.brief.target_seconds or USUAL_SECONDS
        self._of = PLAN_CHARACTERS + CHARACTERS_A_SECOND * seconds
        self._job = job
        self._tasks: set[asyncio.Task[None]] = set()
        self.tell: Tell = self._tell

    def _tell(self, characters: int, step: str) -> None:
        done = min(characters, self._of - 1)
        told = self._job.progress(done, self._of, "writing", step=step, characters=characters)
        task = asyncio.get_running_loop().create_task(told)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def done(self) -> None:
        """Lets what is on its way out go."""
        await asyncio.gather(*self._tasks, return_exceptions=True)
