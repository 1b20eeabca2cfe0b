"""Programs run in a cell: with a time limit, the files they were given, and nothing else."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import platform
import socket
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from lectern.confinement.cell import Cell, CellLimits, find_layers, list_python_paths
from lectern.media.ffmpeg import FfmpegCommand, run_ffmpeg
from lectern.media.inputs import FOOTAGE, MediaInput, input_args
from lectern.media.process import ProcessFailed, run_process

X86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="system calls by number")

PYTHON = Cell(readable=list_python_paths())

# Stands in for a media program that a crafted file has taken over: tries what its code says and prints what it got.
TAKEN_OVER = """
import ctypes, glob, json, os, resource, socket, subprocess, sys, threading, time
got = {}
def attempt(name, action):
    try:
        got[name] = action()
    except BaseException as error:
        got[name] = type(error).__name__
"""


async def run_python(code: str, cell: Cell = PYTHON, *, timeout: float = 60) -> tuple[bytes, str]:
    return await run_process([sys.executable, "-I", "-c", code], cell, timeout=timeout)


async def take_over(attempts: str, cell: Cell = PYTHON) -> dict[str, Any]:
    output, _ = await run_python(f"{TAKEN_OVER}\n{attempts}\nprint(json.dumps(got))", cell)
    got: dict[str, Any] = json.loads(output)
    return got


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def _wait_for_end(pid: int) -> None:
    """Waits until a process has ended: a killed one may take a moment."""
    async with asyncio.timeout(120):
        while _alive(pid):
            await asyncio.sleep(0.01)


async def test_stdout_and_the_end_of_stderr_are_returned() -> None:
    code = "import sys; print(sys.stdin.read()); sys.stderr.write('note')"
    out, tail = await run_process([sys.executable, "-c", code], PYTHON, timeout=20, stdin=b"hi")
    assert (out, tail) == (b"hi\n", "note")


async def test_an_error_includes_the_status_and_the_end_of_stderr(tmp_path: Path) -> None:
    missing = input_args(MediaInput(path="nowhere.mp4", kind=FOOTAGE))
    with pytest.raises(ProcessFailed, match=r"status 1: .*nowhere.mp4"):
        await run_ffmpeg(FfmpegCommand(args=(*missing, "-f", "null", "-")), folder=tmp_path, timeout=120)


async def test_a_program_that_is_not_installed_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program is not installed"):
        await run_process(["no-such-program"], Cell(), timeout=20)


async def test_only_the_end_of_a_long_stderr_is_kept() -> None:
    _, tail = await run_python("import sys\nfor i in range(200_000): sys.stderr.write('%08d\\n' % i)")
    assert len(tail) <= 8 * 1024
    assert tail.endswith("00199999\n")


async def test_a_program_that_times_out_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.touch()
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(ProcessFailed, match="timed out"):
        await run_python(code, dataclasses.replace(PYTHON, writable=(str(pid_file),)), timeout=5.0)
    await _wait_for_end(int(pid_file.read_text()))


async def test_cancellation_kills_the_program_at_once(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.touch()
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    task = asyncio.create_task(run_python(code, dataclasses.replace(PYTHON, writable=(str(pid_file),))))
    while not pid_file.read_text():
        await asyncio.sleep(0.01)
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await _wait_for_end(int(pid_file.read_text()))
    assert time.monotonic() - started < 5


def test_every_layer_works_on_the_machine_that_runs_the_tests() -> None:
    layers = find_layers()
    assert {name: state.split(" (")[0] for name, state in layers.states.items()} == dict.fromkeys(
        ("limits", "privileges", "landlock", "seccomp"), "active"
    )


async def test_a_program_reads_its_inputs_and_no_other_file(tmp_path: Path) -> None:
    for name in ("input", "neighbour"):
        (tmp_path / name).write_text(f"the {name}")
    attempts = f"""
os.chdir({str(tmp_path)!r})
for path in ("input", "neighbour", {str(tmp_path / "neighbour")!r}, "/etc/passwd", "/proc/%d/environ" % os.getppid()):
    attempt(path, lambda: open(path).read())
attempt("list", lambda: os.listdir("."))
attempt("memory", lambda: open("/proc/%d/mem" % os.getppid(), "rb").read(1))
attempt("create", lambda: open("new", "w").write("x"))
attempt("overwrite", lambda: open("input", "w").write("x"))
attempt("delete", lambda: os.unlink("neighbour"))
attempt("rename", lambda: os.rename("neighbour", "input"))
attempt("link", lambda: os.symlink("/etc/passwd", "link"))
"""
    cell = dataclasses.replace(PYTHON, readable=(*PYTHON.readable, "input"), folder=str(tmp_path))
    got = await take_over(attempts, cell)
    assert got.pop("input") == "the input"
    assert set(got.values()) == {"PermissionError"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["input", "neighbour"]
    assert (tmp_path / "input").read_text() == "the input"


async def test_a_program_knows_no_key_and_holds_no_privilege(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LECTERN_ELEVENLABS_API_KEY", "canary-key")
    got = await take_over(
        """
attempt("environment", lambda: dict(os.environ))
attempt("descriptors", lambda: [fd for fd in range(3, 64) if not isinstance(os.fstat(fd), int)])
attempt("setuid", lambda: os.setuid(65534 if os.getuid() == 0 else 0))
attempt("chown", lambda: os.chown("/usr", 0, 0))
""",
        dataclasses.replace(PYTHON, folder=str(tmp_path)),
    )
    assert got.pop("environment") == {
        "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(tmp_path), "TMPDIR": str(tmp_path),
    }  # fmt: skip
    assert got.pop("descriptors") == "OSError"  # the first one is already closed
    assert set(got.values()) == {"PermissionError"}


async def test_a_program_opens_no_socket() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        got = await take_over(f"""
attempt("tcp", lambda: socket.create_connection(("127.0.0.1", {server.getsockname()[1]})).close())
attempt("udp", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close())
attempt("unix", lambda: socket.socket(socket.AF_UNIX).close())
attempt("netlink", lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close())
attempt("pair", lambda: socket.socketpair()[0].close())
""")
    assert set(got.values()) == {"PermissionError"}


@X86_64
async def test_a_program_starts_no_process_that_could_outlive_it() -> None:
    got = await take_over("""
libc = ctypes.CDLL(None, use_errno=True)
def syscall(number, *arguments):
    if libc.syscall(number, *arguments) < 0:
        raise PermissionError if ctypes.get_errno() == 1 else OSError(ctypes.get_errno(), "")
attempt("fork", os.fork)
attempt("run", lambda: subprocess.run(["/bin/true"]))
attempt("spawn", lambda: os.posix_spawn("/bin/true", ["true"], {}))
attempt("setsid", os.setsid)
attempt("clone", lambda: syscall(56, 17, 0, 0, 0, 0))
attempt("clone into a namespace", lambda: syscall(56, 0x10000000 | 17, 0, 0, 0, 0))
attempt("kill the parent", lambda: os.kill(os.getppid(), 0))
attempt("signal the parent's thread", lambda: syscall(234, os.getppid(), os.getppid(), 0))
""")
    assert set(got.values()) == {"PermissionError"}


@X86_64
async def test_a_program_changes_nothing_about_other_processes() -> None:
    got = await take_over("""
parent, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)
def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
import fcntl
attempt("limits", lambda: resource.prlimit(parent, resource.RLIMIT_NOFILE, (3, 3)))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, parent, 19))
attempt("scheduling", lambda: os.sched_setparam(parent, os.sched_param(0)))
attempt("processors", lambda: os.sched_setaffinity(parent, {0}))
attempt("disk priority", lambda: check(libc.syscall(251, 1, parent, 3 << 13)))
attempt("signals for a pipe", lambda: fcntl.fcntl(1, fcntl.F_SETOWN, parent))
attempt("the same, disguised", lambda: check(libc.syscall(72, 1, ctypes.c_ulong(1 << 32 | 8), parent)))
""")
    assert set(got.values()) == {"PermissionError"}


async def test_a_program_that_prints_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lectern.media.process.MAX_STDOUT_BYTES", 1_000_000)
    with pytest.raises(ProcessFailed, match="printed more than 1000000 bytes"):
        await run_python("import sys\nwhile True: sys.stdout.write('x' * 65536)")


async def test_a_program_may_start_threads() -> None:
    got = await take_over("""
thread = threading.Thread(target=lambda: got.setdefault("thread", "ran"))
thread.start()
thread.join()
""")
    assert got == {"thread": "ran"}


async def test_a_program_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    pid_file.touch()
    inner = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    service = f"""
import asyncio, os, sys
from lectern.confinement.cell import Cell, list_python_paths
from lectern.media.process import run_process
async def main():
    cell = Cell(readable=list_python_paths(), writable=({str(pid_file)!r},))
    task = asyncio.create_task(run_process([sys.executable, "-I", "-c", {inner!r}], cell, timeout=60))
    while not open({str(pid_file)!r}).read():
        await asyncio.sleep(0.01)
    os._exit(1)
asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", service)
    await process.wait()
    await _wait_for_end(int(pid_file.read_text()))


async def test_a_program_fills_no_more_than_its_outputs_may_hold(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.touch()
    limits = CellLimits(file_bytes=100_000)
    cell = dataclasses.replace(PYTHON, writable=("output",), folder=str(tmp_path), limits=limits)
    got = await take_over(
        """
attempt("write", lambda: [open("output", "ab", buffering=0).write(bytes(60_000)) for _ in range(3)])
attempt("reserve", lambda: ctypes.CDLL(None).fallocate(os.open("output", os.O_WRONLY), 1, 0, 1 << 30))
attempt("another", lambda: open("another", "wb").write(b"x"))
attempt("in memory", lambda: os.memfd_create("name"))
""",
        cell,
    )
    assert got == {"write": "OSError", "reserve": -1, "another": "PermissionError", "in memory": "PermissionError"}
    assert output.stat().st_size == 100_000
    assert output.stat().st_blocks * 512 < 1_000_000


async def test_a_program_uses_no_more_memory_and_cpu_than_it_may() -> None:
    limits = CellLimits(memory_bytes=1 << 30, cpu_seconds=1)
    got = await take_over(
        'attempt("memory", lambda: len(bytearray(2 << 30)))', dataclasses.replace(PYTHON, limits=limits)
    )
    assert got == {"memory": "MemoryError"}
    with pytest.raises(ProcessFailed, match="used up its CPU time"):
        await run_python("while True: pass", dataclasses.replace(PYTHON, limits=limits))
