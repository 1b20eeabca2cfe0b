"""The broker where LaTeX is missing, and for those who draw no formula."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from unit.renderer.sandbox.tex.broker_rig import BrokerRig, wait_until

from lectern.renderer.sandbox.child_processes import TexBrokerProcess
from lectern.renderer.sandbox.tex.protocol import TexRequest, encode_frame

pytestmark = pytest.mark.slow


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[BrokerRig]:
    rig = BrokerRig(tmp_path)
    yield rig
    rig.close()


def test_without_latex_the_reply_names_the_packages_to_install(rig: BrokerRig) -> None:
    (rig.folders["programs"] / "latex").unlink()
    reply = rig.ask()
    assert "latex is not installed; install texlive-latex-extra and dvisvgm" in reply.error
    assert not reply.verdict, "it may be installed meanwhile"


def test_a_compiler_that_runs_programs_is_refused(rig: BrokerRig) -> None:
    reply = rig.send(TexRequest(source="x", compiler="lualatex", output=".pdf"))
    assert "lualatex" in reply.error
    assert "use latex" in reply.error


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.02)


async def test_the_broker_is_started_by_the_first_formula_and_again_when_it_has_died(rig: BrokerRig) -> None:
    setup = msgspec.structs.replace(rig.setup, slots=1)
    rig.close()  # one broker at a time writes into these folders
    broker = TexBrokerProcess(setup)
    try:
        with contextlib.ExitStack() as pipes:

            def connect(job: int) -> tuple[int, int]:
                requests, replies = broker.connect(job, 0)
                pipes.callback(os.close, replies)
                return requests, replies

            requests, _ = connect(1)
            os.close(requests)
            await asyncio.sleep(0)
            assert broker.pid is None
            assert not broker.read_help(1).working
            for job in (2, 3):
                requests, replies = connect(job)
                pipes.callback(os.close, requests)
                os.write(requests, encode_frame(TexRequest(source="x")))
                assert await asyncio.to_thread(os.read, replies, 4)
                await until(lambda job=job: not broker.read_help(job).working)
                pid = broker.pid
                assert pid is not None
                os.kill(pid, 9)
                await asyncio.to_thread(wait_until, lambda: broker.pid is None)
            assert broker.read_help(2).cpu > 0
            assert broker.read_help(3).cpu == 0, "it was typeset before"
            rig.write_program("latex", "import time; time.sleep(1000)")
            requests, _ = connect(4)
            os.write(requests, encode_frame(TexRequest(source="slow")))
            await until(lambda: broker.read_help(4).working)
            os.close(requests)
            assert broker.pid is not None
            os.kill(broker.pid, 9)
            await until(lambda: not broker.read_help(4).working)
            assert [broker.forget(job) for job in (1, 2, 3, 2)] == [False, True, True, False]
    finally:
        broker.kill()
