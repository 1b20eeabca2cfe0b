import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from unit.cli.processes import is_alive, wait_until

from lectern.cli.runner.child import Child
from lectern.contracts.problems import ProblemError


async def test_a_program_that_dies_is_restarted(tmp_path: Path) -> None:
    child = Child("sleeper", ["sleep", "60"], log=tmp_path / "log")
    await child.start()
    first = child.pid
    child.kill()
    await wait_until(lambda: child.pid not in (None, first))
    assert child.starts == 2
    await child.stop()
    assert child.pid is None


async def test_a_stopped_program_stays_down_and_leaves_no_process_of_its_group(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child("shell", ["bash", "-c", "trap '' TERM; sleep 60 & echo $!; wait; wait"], log=log, grace=0.2)
    await child.start()
    await wait_until(lambda: bool(log.read_text().strip()))
    pids = [child.pid, int(log.read_text())]
    await child.stop()
    await wait_until(lambda: not any(is_alive(pid) for pid in pids if pid), 2)


async def test_a_program_that_exits_while_starting_is_reported_with_its_last_log_line(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    child = Child("broken", ["bash", "-c", "echo the port is taken >&2; exit 7"], log=tmp_path / "log", ready=never)
    with pytest.raises(ProblemError, match=r"broken exited with status 7 .*the port is taken") as failed:
        await child.start()
    assert str(tmp_path / "log") in failed.value.problem.remedy


async def test_a_program_that_is_not_ready_in_time_is_stopped(tmp_path: Path) -> None:
    async def never() -> bool:
        return False

    child = Child("slow", ["sleep", "60"], log=tmp_path / "log", ready=never, start_timeout=0.1)
    with pytest.raises(ProblemError, match="not ready after"):
        await child.start()
    assert child.pid is None


async def test_a_program_that_does_not_exist_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    child = Child("ghost", [str(tmp_path / "ghost")], log=tmp_path / "log", ready=None)
    await child.start()  # setpriv starts, and ends with the reason in the log
    await wait_until(lambda: "ghost" in (tmp_path / "log").read_text())
    await child.stop()


async def test_secrets_are_not_on_the_command_line(tmp_path: Path) -> None:
    child = Child("secretive", ["sleep", "60"], log=tmp_path / "log", env={"KEY": "hush-hush"})
    await child.start()
    assert b"hush" not in Path(f"/proc/{child.pid}/cmdline").read_bytes()
    await child.stop()


@pytest.mark.slow
async def test_a_program_dies_with_the_process_that_started_it_even_when_that_is_killed(tmp_path: Path) -> None:
    code = (
        "import asyncio, pathlib\n"
        "from lectern.cli.runner.child import Child\n"
        "async def main():\n"
        f"    child = Child('sleeper', ['sleep', '60'], log=pathlib.Path({str(tmp_path / 'log')!r}))\n"
        "    await child.start()\n"
        "    print(child.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(await parent.stdout.readline())
    # The child asks for its parent's death signal between fork and exec of `sleep`.
    await wait_until(lambda: Path(f"/proc/{pid}/comm").read_text().strip() == "sleep")
    os.kill(parent.pid, signal.SIGKILL)
    await parent.wait()
    await wait_until(lambda: not is_alive(pid))
