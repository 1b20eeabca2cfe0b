"""The sandbox of one machine starts when there is something to draw, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from unit.renderer.scenes import StubPool

from lectern.contracts import subjects
from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.requests import Progress
from lectern.renderer.pool import RenderJob, RenderOutcome, WarmPool
from lectern.renderer.warming_up import warm_up_for_work
from lectern.worker.testing import memory_connections

BROKEN = ProblemError(
    Problem(code="no-sandbox", title="No sandbox", detail="The kernel is too old.", remedy="Another.")
)


class WarmedPool(StubPool):
    """Notes that it was warmed up, which may fail."""

    def __init__(self, folder: Path, failure: ProblemError | None = None) -> None:
        super().__init__(folder, RenderOutcome(ok=True))
        self.warmed = asyncio.Event()
        self._failure = failure

    async def warm_up(self) -> None:
        self.warmed.set()
        if self._failure:
            raise self._failure


@asynccontextmanager
async def waiting_for_work(pool: WarmedPool) -> AsyncIterator[Callable[[bytes], asyncio.Future[None]]]:
    """Has the pool wait for work while the context lasts; gives what reports progress."""
    bus, stop = memory_connections().bus, asyncio.Event()
    waiting = asyncio.create_task(warm_up_for_work(pool, bus, stop))
    await asyncio.sleep(0)

    def report(data: bytes) -> asyncio.Future[None]:
        return asyncio.ensure_future(bus.publish(subjects.progress("v"), data))

    yield report
    assert not waiting.done(), "a service that only answers ends when this does"
    stop.set()
    await waiting


def report_of(stage: str) -> bytes:
    return msgspec.json.encode(Progress(video_id="v", stage=stage, doing="speaking", done=0, of=1, scene=1))


@pytest.mark.parametrize("stage", ["scripter", "voice"])
async def test_writing_and_speaking_warm_the_sandbox_up(tmp_path: Path, stage: str) -> None:
    pool = WarmedPool(tmp_path)
    async with waiting_for_work(pool) as report:
        await report(report_of(stage))
        await asyncio.wait_for(pool.warmed.wait(), 5)


@pytest.mark.parametrize("data", [report_of("composer"), report_of("coder"), b"{"])
async def test_looks_for_what_was_made_before_and_reports_of_other_versions_do_not(tmp_path: Path, data: bytes) -> None:
    pool = WarmedPool(tmp_path)
    async with waiting_for_work(pool) as report:
        await report(data)
        await asyncio.sleep(0)
        assert not pool.warmed.is_set()


async def test_a_sandbox_that_cannot_be_set_up_is_logged_and_ends_nothing(tmp_path: Path) -> None:
    pool = WarmedPool(tmp_path, BROKEN)
    async with waiting_for_work(pool) as report:
        await report(report_of("voice"))
        await asyncio.wait_for(pool.warmed.wait(), 5)


@pytest.mark.slow
async def test_a_pool_on_demand_has_no_process_until_its_first_job(tmp_path: Path) -> None:
    pool = WarmPool(root=tmp_path, slots=1, spare=False, on_demand=True)
    await pool.start()
    try:
        assert pool.supervisor_pid is None
        outcome = await pool.run(RenderJob(code="", settings={"mode": "measure"}))
        assert outcome.killed != "sandbox"
        assert pool.supervisor_pid is not None
        assert pool.layers()["seccomp"] == "active"
    finally:
        await pool.close()


@pytest.mark.slow
async def test_a_kernel_without_landlock_is_asked_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lectern.confinement.landlock.read_abi_version", lambda: 0)
    disabled = frozenset({"landlock", "namespaces"})
    pool = WarmPool(root=tmp_path, slots=1, spare=False, on_demand=True, disabled_layers=disabled)
    with pytest.raises(ProblemError, match="sandbox"):
        await pool.start()
    await pool.close()
