"""The warm pool, with real zygotes and real renders."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from lectern.confinement import kernel
from lectern.contracts.parties import Party
from lectern.contracts.problems import ProblemError
from lectern.renderer.pool import ColdPool, JobLimits, RenderJob, WarmPool
from lectern.renderer.sandbox import message_socket
from lectern.renderer.sandbox.confined_fork import ZygoteSetup
from lectern.renderer.sandbox.job_folder import make_job_folder
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import SandboxReady, StartJob
from lectern.renderer.sandbox.supervisor import Supervisor, SupervisorConfig
from lectern.renderer.sandbox.watcher import LOG_TAIL_BYTES

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

CIRCLE = """
from manim import Circle, Create, Scene

class Drawn(Scene):
    def construct(self):
        self.play(Create(Circle()))
"""
ENDLESS = """
import time
from manim import Scene

class Endless(Scene):
    def construct(self):
        print("started", flush=True)
        time.sleep(600)
"""
SPINNING_THREAD = """
import threading
from manim import Scene

def spin():
    while True:
        pass

class Spinning(Scene):
    def construct(self):
        thread = threading.Thread(target=spin)
        thread.start()
        thread.join()
"""


def build_settings(**changes: Any) -> dict[str, Any]:
    return {
        "mode": "render",
        "scene_class": None,
        "width": 128,
        "height": 72,
        "fps": 10,
        "seconds": 1.0,
        "beats": [{"start": 0.0, "end": 1.0, "text": "A circle."}],
        "words": [],
        "theme": "dark",
        "seed": 7,
        "encoder": {"preset": "ultrafast", "crf": 23, "threads": 1},
        "tex": "broker",
    } | changes


def build_job(code: str = CIRCLE, limits: JobLimits | None = None, **changes: Any) -> RenderJob:
    return RenderJob(code=code, settings=build_settings(**changes), limits=limits or JobLimits())


def find_processes(pool: WarmPool) -> dict[int, str]:
    """Finds this pool's processes; returns the role of each."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            command = Path(f"/proc/{entry}/cmdline").read_text()
            role = re.search(r"lectern\.renderer\.sandbox\.([\w.]+)", command)
            state, _, _, session = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[:4]
            if role and pool.name in command and state != "Z":
                found[int(entry)] = "job" if role[1] == "zygote" and session == entry else role[1]
    return found


def find_running(pool: WarmPool, role: str = "job") -> list[int]:
    return [pid for pid, found in find_processes(pool).items() if found == role]


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(120):
        while not condition():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pool")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(root: Path) -> AsyncIterator[WarmPool]:
    pool = WarmPool(root=root, slots=2)
    await pool.start()
    yield pool
    await pool.close()


async def test_a_scene_becomes_verified_footage_with_progress(pool: WarmPool) -> None:
    progress: list[tuple[int, int]] = []
    outcome = await pool.run(build_job(), lambda frames, of: progress.append((frames, of)))
    assert outcome.ok
    assert outcome.footage is not None
    assert outcome.footage.stat().st_nlink == 1
    assert outcome.decoded is not None
    assert (outcome.decoded.frames, outcome.decoded.width, outcome.decoded.height, outcome.decoded.fps) == (
        10,
        128,
        72,
        10,
    )
    assert progress[-1] == (10, 10)
    assert outcome.peak_memory_bytes > 50_000_000
    assert 0 < outcome.cpu_seconds < 60


async def test_the_same_job_gives_the_same_bytes(pool: WarmPool) -> None:
    one, two = await asyncio.gather(pool.run(build_job()), pool.run(build_job()))
    assert one.footage is not None
    assert two.footage is not None
    assert one.footage.read_bytes() == two.footage.read_bytes()


async def test_a_preflight_yields_beats_and_no_footage(pool: WarmPool) -> None:
    outcome = await pool.run(build_job(mode="measure"))
    assert outcome.ok
    assert outcome.footage is None
    assert outcome.result is not None
    assert outcome.result.beats[0].measured == 1.0


async def test_a_scene_that_raises_is_reported_with_its_own_line(pool: WarmPool) -> None:
    outcome = await pool.run(build_job(CIRCLE.replace("Circle())", "Circel())")))
    assert not outcome.ok
    assert outcome.killed is None
    assert outcome.result is not None
    assert outcome.result.error is not None
    assert (outcome.result.error.type, outcome.result.error.line) == ("NameError", 6)


@pytest.mark.parametrize("without", [set(), {"tmpfs"}, {"namespaces"}], ids=["tmpfs", "disk", "no-namespaces"])
async def test_assets_can_be_read_and_do_not_count_as_output(tmp_path: Path, without: set[str]) -> None:
    pool = WarmPool(root=tmp_path / "pool", slots=1, disabled_layers=frozenset(without))
    (tmp_path / "words.txt").write_text("from an asset")
    (tmp_path / "large.bin").write_bytes(os.urandom(5 << 20))
    assets = {"words.txt": tmp_path / "words.txt", "deep/er/large.bin": tmp_path / "large.bin"}
    show = "print(open('assets/words.txt').read(), len(open('assets/deep/er/large.bin', 'rb').read()), flush=True)"
    code = CIRCLE + f"        {show}\n        import time; time.sleep(0.3)\n"
    await pool.start()
    try:
        limits = JobLimits(output_bytes=4 << 20)
        outcome = await pool.run(RenderJob(code=code, settings=build_settings(), assets=assets, limits=limits))
        assert outcome.ok, outcome
        assert f"from an asset {5 << 20}" in outcome.log_tail
    finally:
        await pool.close()


async def test_cancelling_kills_the_job_and_wipes_its_folder(pool: WarmPool, root: Path) -> None:
    run = asyncio.create_task(pool.run(build_job(ENDLESS)))
    await wait_until(lambda: bool(find_running(pool)))
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert find_running(pool) == []
    await wait_until(lambda: not os.listdir(root / "jobs"))
    assert (await pool.run(build_job())).ok


@pytest.mark.parametrize("moment", [0.0, 0.001, 0.01, 0.03, 0.06, 0.1])
async def test_cancelling_at_any_moment_leaves_nothing(pool: WarmPool, root: Path, moment: float) -> None:
    footage = set(os.listdir(root / "footage"))
    run = asyncio.create_task(pool.run(build_job()))
    await asyncio.sleep(moment)
    run.cancel()
    outcome = (await asyncio.gather(run, return_exceptions=True))[0]
    await wait_until(lambda: not find_running(pool) and not os.listdir(root / "jobs"))
    kept = set(os.listdir(root / "footage")) - footage
    assert kept == ({outcome.footage.name} if not isinstance(outcome, BaseException) and outcome.footage else set())


async def test_as_many_jobs_run_at_once_as_there_are_slots(pool: WarmPool, root: Path) -> None:
    runs = [asyncio.create_task(pool.run(build_job(ENDLESS))) for _ in range(3)]
    await wait_until(lambda: len(find_running(pool)) == 2)
    await asyncio.sleep(0.3)  # a third would be forked within milliseconds
    assert len(find_running(pool)) == 2
    for run in runs:
        run.cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    await wait_until(lambda: not find_running(pool))


async def test_videos_take_turns_and_one_whose_scene_was_killed_waits_behind_all_others(tmp_path: Path) -> None:
    pool = WarmPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    ended: list[str] = []

    async def run(party: str, job: RenderJob) -> None:
        await pool.run(msgspec.structs.replace(job, party=Party(video=party)))
        ended.append(party)

    greedy = build_job(ENDLESS, JobLimits(idle_seconds=0.3))
    try:
        first = asyncio.create_task(run("greedy", greedy))
        await wait_until(lambda: bool(find_running(tmp_path / "pool")))
        queued = [asyncio.create_task(run("greedy", greedy)) for _ in range(3)]
        queued += [asyncio.create_task(run(party, build_job(mode="measure"))) for party in ("a", "b", "a")]
        await asyncio.gather(first, *queued)
    finally:
        await pool.close()
    assert ended[0] == "greedy"
    assert sorted(ended[1:4]) == ["a", "a", "b"]
    assert ended[4:] == ["greedy"] * 3


async def test_a_scene_that_sleeps_is_ended_as_its_own_fault_and_its_log_is_kept(pool: WarmPool) -> None:
    outcome = await pool.run(build_job(ENDLESS, JobLimits(idle_seconds=1)))
    assert (outcome.killed, outcome.ok, outcome.retryable) == ("idle", False, False)
    assert "slept for more than 1 seconds" in outcome.reason
    assert "started" in outcome.log_tail


async def test_the_computing_of_all_of_a_scenes_threads_counts(pool: WarmPool) -> None:
    outcome = await pool.run(build_job(SPINNING_THREAD, JobLimits(cpu_seconds=1, idle_seconds=600)))
    assert (outcome.killed, outcome.retryable) == ("cpu", False)
    assert outcome.reason == "the scene used more than 1 seconds of computing"
    assert 1 <= outcome.cpu_seconds < 10


async def test_a_job_that_the_machine_does_not_let_finish_is_not_at_fault(pool: WarmPool) -> None:
    outcome = await pool.run(build_job(ENDLESS, JobLimits(wall_seconds=0.3)))
    assert (outcome.killed, outcome.retryable) == ("starved", True)
    assert outcome.begun, "it may be the scene's doing all the same"
    assert "this machine is too busy" in outcome.reason


async def test_the_supervisor_is_restarted_after_it_was_killed(pool: WarmPool, root: Path) -> None:
    run = asyncio.create_task(pool.run(build_job(ENDLESS)))
    await wait_until(lambda: bool(find_running(pool)))
    old = set(find_processes(pool))
    os.kill(find_running(pool, "supervisor")[0], signal.SIGKILL)
    assert (await run).killed == "sandbox"
    await wait_until(lambda: not old & set(find_processes(pool)))
    assert (await pool.run(build_job())).ok


async def test_a_zygote_is_replaced_after_it_was_killed(pool: WarmPool, root: Path) -> None:
    run = asyncio.create_task(pool.run(build_job(ENDLESS)))
    await wait_until(lambda: bool(find_running(pool)))
    for pid in find_running(pool, "zygote"):
        os.kill(pid, signal.SIGKILL)
    assert (await run).killed in ("crash", "sandbox", "memory")
    await wait_until(lambda: not find_running(pool))
    assert (await pool.run(build_job())).ok


async def test_closing_kills_running_jobs_and_leaves_nothing(tmp_path: Path) -> None:
    pool = WarmPool(root=tmp_path / "pool", slots=1)
    with pytest.raises(RuntimeError, match="not started"):
        await pool.run(build_job())
    await pool.start()
    runs = [asyncio.create_task(pool.run(build_job(ENDLESS))) for _ in range(2)]
    await wait_until(lambda: bool(find_running(pool)))
    await pool.close()
    first, second = await asyncio.gather(*runs, return_exceptions=True)
    assert not isinstance(first, BaseException)
    assert (first.killed, first.retryable) == ("sandbox", True)
    assert isinstance(second, RuntimeError)
    await wait_until(lambda: not find_processes(pool))
    assert os.listdir(tmp_path / "pool/jobs") == []


async def test_a_pool_starts_by_removing_what_a_killed_one_left(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, sys; from pathlib import Path; from lectern.renderer.pool import WarmPool\n"
        "async def main():\n"
        "    pool = WarmPool(scratch=Path(sys.argv[1]), slots=1)\n"
        "    await pool.start()\n"
        "    os.kill(os.getpid(), 9)\n"
        "asyncio.run(main())\n"
    )
    await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code, str(tmp_path)], check=False)
    (base,) = tmp_path.iterdir()
    (abandoned,) = base.iterdir()
    pool = WarmPool(scratch=tmp_path, slots=1)
    await pool.start()
    assert not abandoned.exists()
    assert len(list(base.iterdir())) == 1
    assert (await pool.run(build_job(mode="measure"))).ok
    await pool.close()
    assert list(base.iterdir()) == []


async def test_latex_works_or_the_error_names_a_remedy(pool: WarmPool) -> None:
    code = CIRCLE.replace("Circle", "MathTex").replace("Create(MathTex())", "Create(MathTex('x^2'))")
    outcome = await pool.run(build_job(code))
    if pool.latex:
        assert outcome.ok, outcome
    else:
        assert outcome.result is not None
        assert outcome.result.error is not None
        assert "LaTeX" in outcome.result.error.message
        assert "Typst" in outcome.result.error.message


async def test_numbers_work_with_or_without_latex(pool: WarmPool) -> None:
    code = CIRCLE.replace("Circle", "DecimalNumber").replace("DecimalNumber())", "DecimalNumber(3.5))")
    assert (await pool.run(build_job(code))).ok


async def test_a_zygote_is_replaced_after_its_number_of_jobs(tmp_path: Path) -> None:
    pool = WarmPool(root=tmp_path / "pool", slots=1, recycle_after=2)
    await pool.start()
    try:
        first = set(find_running(pool, "zygote"))
        async with asyncio.timeout(120):
            while first & set(find_running(pool, "zygote")):
                assert (await pool.run(build_job(mode="measure"))).ok
    finally:
        await pool.close()


async def test_a_cold_pool_renders_too(tmp_path: Path) -> None:
    pool = ColdPool(root=tmp_path / "pool", slots=1)
    await pool.start()
    try:
        assert [(await pool.run(build_job())).ok for _ in range(2)] == [True, True]
    finally:
        await pool.close()
    await wait_until(lambda: not find_processes(pool))


@pytest.mark.parametrize("off", [{"seccomp"}, {"landlock", "namespaces"}], ids=["seccomp", "files"])
async def test_without_enough_layers_the_pool_refuses_to_start(tmp_path: Path, off: set[str]) -> None:
    pool = WarmPool(root=tmp_path, disabled_layers=frozenset(off))
    with pytest.raises(ProblemError, match="cannot be set up here") as refused:
        await pool.start()
    assert refused.value.problem.code == "no-sandbox"
    assert "seccomp" in refused.value.problem.detail
    await pool.close()
    await wait_until(lambda: not find_processes(pool))


EXIT = CIRCLE.replace("self.play(Create(Circle()))", "__import__('os')._exit({})")
RAISE = CIRCLE.replace(
    "self.play(Create(Circle()))",
    "import os, signal, time; signal.signal({0}, signal.SIG_DFL); os.kill(os.getpid(), {0}); time.sleep(0.05)",
)
FATAL = (signal.SIGHUP, signal.SIGABRT, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGXCPU, 40)


@pytest.mark.parametrize("status", [0, 1, 2, 70, 96, 97, 98, 126, 127, 128, 137, 255])
async def test_no_exit_status_of_a_scene_is_taken_for_a_broken_renderer(pool: WarmPool, status: int) -> None:
    outcome = await pool.run(build_job(EXIT.format(status), mode="measure"))
    assert (outcome.ok, outcome.killed, outcome.retryable) == (False, "crash", False)


@pytest.mark.parametrize("number", FATAL)
async def test_no_signal_a_scene_sends_itself_is_taken_for_a_broken_renderer(pool: WarmPool, number: int) -> None:
    """As process 1 of its namespace it survives most of them."""
    outcome = await pool.run(build_job(RAISE.format(int(number)), mode="measure"))
    assert not outcome.retryable
    assert outcome.killed in (None, "crash", "memory", "cpu")


async def test_garbage_in_every_descriptor_is_not_taken_for_a_broken_renderer(pool: WarmPool) -> None:
    garbage = """
import contextlib, os
from lectern.renderer.sandbox.messages import ConfinementFailed
import msgspec
for data in (msgspec.msgpack.encode(ConfinementFailed(reason="forged")), os.urandom(3000)):
    for fd in range(64):
        with contextlib.suppress(OSError):
            os.set_blocking(fd, False)
        with contextlib.suppress(OSError):
            os.write(fd, data)
os.closerange(0, 64)
os._exit(97)
"""
    outcome = await pool.run(build_job(garbage, mode="measure"))
    assert (outcome.killed, outcome.retryable) == ("crash", False)
    assert "forged" not in outcome.reason


async def test_a_log_of_invalid_bytes_ends_its_job_like_any_other(pool: WarmPool) -> None:
    noise = "import os\nfor _ in range(40): os.write(2, b'\\xff' * 4000)\nos._exit(97)"
    outcome = await pool.run(build_job(noise, mode="measure"))
    assert (outcome.killed, outcome.retryable) == ("crash", False)
    assert 0 < len(outcome.log_tail.encode()) <= LOG_TAIL_BYTES


async def test_a_supervisor_that_cannot_report_an_end_hangs_up_so_that_no_slot_waits_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")  # a zygote has one thread
    (tmp_path / "stage").mkdir()
    code = "print('x' * 4000)\n" + CIRCLE
    folder = make_job_folder(tmp_path, RenderJob(code=code, settings=build_settings(mode="measure")))
    agent, end = MessageSocket.pair()
    config = SupervisorConfig(setup=ZygoteSetup(stage=str(tmp_path / "stage")), spare=False)
    serving = asyncio.create_task(Supervisor(end, config).serve())
    ready = await agent.wait_for_message()
    assert ready is not None
    assert isinstance(ready[0], SandboxReady)
    monkeypatch.setattr(message_socket, "MAX_MESSAGE_BYTES", 1000)
    fd = os.open(folder, os.O_RDONLY)
    agent.send(StartJob(id=1, kind="render", limits=JobLimits()), [fd])
    async with asyncio.timeout(120):
        await serving
    end.close()
    assert agent.receive() is None
    os.close(fd)
    agent.close()


@pytest.mark.parametrize("without", [set(), {"namespaces"}], ids=["all", "no-namespaces"])
async def test_a_job_that_cannot_be_confined_is_the_machines_fault(tmp_path: Path, without: set[str]) -> None:
    """With so few descriptors Landlock cannot open the paths it is to allow."""
    pool = WarmPool(root=tmp_path / "pool", slots=1, disabled_layers=frozenset(without))
    await pool.start()
    try:
        outcome = await pool.run(build_job(limits=JobLimits(open_files=4)))
        assert (outcome.killed, outcome.retryable) == ("sandbox", True)
        assert "could not be set up" in outcome.reason
        assert (await pool.run(build_job(mode="measure"))).ok
    finally:
        await pool.close()


async def test_a_job_learns_neither_the_hosts_name_nor_its_folder(pool: WarmPool, root: Path) -> None:
    if pool.layers()["namespaces"] != "active":
        pytest.skip("there are no namespaces here")
    outcome = await pool.run(build_job("import os\nprint(os.uname().nodename, os.getcwd())\n" + CIRCLE, mode="measure"))
    assert "sandbox /job" in outcome.log_tail
    assert os.uname().nodename not in outcome.log_tail


async def test_no_command_line_names_a_folder_or_a_user(pool: WarmPool, root: Path) -> None:
    running = asyncio.create_task(pool.run(build_job(ENDLESS)))
    await wait_until(lambda: bool(find_running(pool)))
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_text().split("\0") for pid in find_processes(pool)}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(commands) >= 3  # supervisor, zygote, job
    for command in commands.values():
        assert str(root) not in " ".join(command)
        assert [len(word) for word in command[5:] if word] == [len(command[5])]  # after the socket: the pool's name


FLOOD = CIRCLE + "        open('flood', 'wb').write(bytes({}))\n"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    kernel.mount("tmpfs", str(tmp_path), "tmpfs", 0, "size=24m,mode=755")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)  # what was killed may not be gone yet


needs_mount = pytest.mark.skipif(
    not kernel.has_capabilities(kernel.CAP_SYS_ADMIN), reason="mounting a small disk takes privilege"
)


@needs_mount
async def test_a_disk_too_full_for_the_inputs_is_the_machines_fault(small_disk: Path) -> None:
    pool = WarmPool(root=small_disk / "pool", slots=1)
    await pool.start()
    try:
        (asset := small_disk / "asset").write_bytes(bytes(10 << 20))
        outcome = await pool.run(RenderJob(code=CIRCLE, settings=build_settings(), assets={"a": asset, "b": asset}))
        assert (outcome.killed, outcome.retryable) == ("disk", True)
        assert "No space left" in outcome.reason
    finally:
        await pool.close()


@needs_mount
async def test_a_job_with_a_file_system_of_its_own_does_not_need_the_disk(small_disk: Path) -> None:
    pool = WarmPool(root=small_disk / "pool", slots=1)
    await pool.start()
    try:
        outcome = await pool.run(build_job(FLOOD.format(40 << 20)))
        assert outcome.ok, outcome
        assert outcome.footage is not None
    finally:
        await pool.close()


@needs_mount
async def test_a_job_that_meets_a_full_disk_is_tried_again_and_its_scene_not_blamed(small_disk: Path) -> None:
    pool = WarmPool(root=small_disk / "pool", slots=1, disabled_layers=frozenset({"tmpfs"}))
    await pool.start()
    try:
        outcome = await pool.run(build_job(FLOOD.format(40 << 20)))
        assert (outcome.killed, outcome.retryable) == ("disk", True), outcome
        assert "No space left" in outcome.reason
        assert outcome.begun
        assert (await pool.run(build_job())).ok
        (small_disk / "other").write_bytes(bytes(10 << 20))
        outcome = await pool.run(build_job())
        assert (outcome.killed, outcome.retryable, outcome.begun) == ("disk", True, False), "it had better not begin"
    finally:
        await pool.close()


@pytest.mark.parametrize("without", [set(), {"tmpfs"}, {"namespaces"}], ids=["tmpfs", "disk", "no-namespaces"])
async def test_a_scene_that_claims_a_full_disk_is_not_believed(tmp_path: Path, without: set[str]) -> None:
    code = CIRCLE + "        raise OSError(28, 'No space left on device')\n"
    pool = WarmPool(root=tmp_path / "pool", slots=1, disabled_layers=frozenset(without))
    await pool.start()
    try:
        outcome = await pool.run(build_job(code))
        assert (outcome.killed, outcome.retryable) == (None, False)
    finally:
        await pool.close()


async def test_a_job_may_fill_its_folder_only_up_to_its_limit(pool: WarmPool) -> None:
    if pool.layers()["tmpfs"] != "active":
        pytest.skip("jobs have no file systems of their own here")
    limits = JobLimits(output_bytes=8 << 20, files=50)
    many = "for n in range(100): open(f'file-{n}', 'w').write('x')\n"
    for flood in ("import os\nfor n in range(9): open(f'{n}', 'wb').write(bytes(1 << 20))\n", many):
        ignoring = (
            f"try:\n{textwrap.indent(flood, '    ')}\nexcept OSError as error: print(error, flush=True)\n" + CIRCLE
        )
        outcome = await pool.run(build_job(ignoring, limits=limits))
        assert (outcome.killed, outcome.retryable) == ("output", False)
    assert (await pool.run(build_job(limits=limits))).ok
