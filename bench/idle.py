"""Measures what Lectern costs before it does anything: `python bench/idle.py start`, `rest` and `first`.

* `start`: a lesson is made once, in a home of its own, and then again, when its every part is stored; and the commands
  that only ask are run where no Lectern runs. Reports the processor time of the command with all that it started.
* `rest`: a runner with one finished video is left alone, and watched. Reports the share of a core and the memory (PSS)
  of each of its processes.
* `first`: the first film of a fresh runner that has rested, whose sandboxes warm up at its start or with its work, in
  turn: each in a home of its own. Reports the seconds and the processor time from the request to the film.

Processor time is measured by the kernel for all descendants, those included that outlived their parents: other
programs on the machine hardly change it. Seconds on the wall are shown beside it, for a quiet machine.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LECTERN = str(Path(sys.executable).with_name("lectern"))
TOPIC = "The Pythagorean theorem"
ASKING = (["--version"], ["--help"], ["lessons"], ["voices"], ["list"], ["show", "none"])
SAMPLE_SECONDS = 0.05
SETTLE_SECONDS = 20.0  # after a start, until what is done once is done
_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_CHILD_SUBREAPER = 36


@dataclass
class ProcessSample:
    """A process as it was last seen: seconds of computing, its parent, and what it is called."""

    parent: int
    cpu_seconds: float
    name: str


@dataclass
class Usage:
    """What a command used. `by_process` is what each of its processes was last seen to have used, by name."""

    cpu_seconds: float
    wall_seconds: float
    status: int
    by_process: dict[str, float] = field(default_factory=dict)


def read_processes() -> dict[int, ProcessSample]:
    """Every process of this machine that can be read."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            cpu_seconds = (int(fields[11]) + int(fields[12])) / _TICKS
            found[int(folder.name)] = ProcessSample(int(fields[1]), cpu_seconds, name_process(command))
    return found


def name_process(command: Sequence[str]) -> str:
    """A short name of a command line: the program, and the module or command that it runs."""
    words = [Path(word).name for word in command if word]
    python = next((at for at, word in enumerate(words) if word.startswith("python")), None)
    if python is None:
        return " ".join(words[:1]) or "(ended)"
    named = [word for word in words[python + 1 :] if not word.startswith("-")]
    return " ".join(named[:2])[:50] or "python"


def find_descendants(root: int, processes: Mapping[int, ProcessSample]) -> dict[int, ProcessSample]:
    """The processes that a process started, directly or through others."""
    found: dict[int, ProcessSample] = {}
    parents = {root}
    while parents:
        children = {pid for pid, each in processes.items() if each.parent in parents and pid not in found}
        found |= {pid: processes[pid] for pid in children}
        parents = children
    return found


@contextlib.contextmanager
def sampling(seen: dict[int, ProcessSample]) -> Iterator[None]:
    """Notes, while the context lasts, what each process below this one has used so far."""
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            for pid, process in find_descendants(os.getpid(), read_processes()).items():
                if process.name != "(ended)" or pid not in seen:
                    seen[pid] = process

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def run_measured(arguments: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Runs a command to its end, and to the end of everything that it started."""
    seen: dict[int, ProcessSample] = {}
    started = time.monotonic()
    with sampling(seen):
        pid = os.posix_spawn(
            arguments[0],
            [*arguments],
            environment,
            file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0), (os.POSIX_SPAWN_DUP2, 1, 2)],
        )
        total, status = 0.0, 0
        with contextlib.suppress(ChildProcessError):
            while True:
                ended, how, usage = os.wait4(-1, 0)
                total += usage.ru_utime + usage.ru_stime
                status = os.waitstatus_to_exitcode(how) if ended == pid else status
    by_process: dict[str, float] = {}
    for process in seen.values():
        by_process[process.name] = by_process.get(process.name, 0.0) + process.cpu_seconds
    return Usage(total, time.monotonic() - started, status, by_process)


def measure_starts(home: Path, repeats: int) -> None:
    """Makes a lesson, makes it again, and asks."""
    environment = {**os.environ, "LECTERN_HOME": str(home / "home")}
    make = [LECTERN, "make", TOPIC, "--quality", "draft", "--no-open", "--json", "--out", str(home / "out")]
    commands = [("make, for the first time", make)]
    commands += [("make, made already", make)] * repeats
    commands += [(" ".join(words), [LECTERN, *words]) for words in ASKING for _ in range(repeats)]
    for title, command in commands:
        usage = run_measured(command, environment)
        print(f"{title:28} {usage.cpu_seconds:7.2f} CPU s   {usage.wall_seconds:7.2f} s   status {usage.status}")
        for name, seconds in sorted(usage.by_process.items(), key=lambda each: -each[1]):
            if seconds >= 0.05 and len(usage.by_process) > 1:
                print(f"      {seconds:7.2f}  {name}")


def read_pss(pid: int) -> int:
    """A process's share of memory in bytes: what it shares with others is divided among them."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def measure_rest(home: Path, seconds: float) -> None:
    """Leaves a runner alone after one video, and shows what its processes use."""
    environment = {**os.environ, "LECTERN_HOME": str(home / "home")}
    with (home / "runner.log").open("wb") as log:
        command = [LECTERN, "up", "--port", "0", "--json"]
        runner = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log)
    try:
        assert runner.stdout is not None
        print(runner.stdout.readline().decode().strip())
        for title in ("at rest, nothing made yet", "at rest, after a video"):
            if "after" in title:
                make = [LECTERN, "make", TOPIC, "--quality", "draft", "--no-open", "--out", str(home / "out")]
                subprocess.run(make, env=environment, check=True, capture_output=True)
            time.sleep(SETTLE_SECONDS)
            show_rest(runner.pid, title, seconds)
    finally:
        started = time.monotonic()
        runner.send_signal(signal.SIGTERM)
        runner.wait()
        print(f"stopped within {time.monotonic() - started:.2f} s")


def show_rest(runner: int, title: str, seconds: float) -> None:
    """Shows what the runner's processes compute in so many seconds, and the memory that they hold."""
    before, started = _find_family(runner), time.monotonic()
    time.sleep(seconds)
    after, elapsed = _find_family(runner), time.monotonic() - started
    used = {pid: each.cpu_seconds - before[pid].cpu_seconds for pid, each in after.items() if pid in before}
    memory = {pid: read_pss(pid) for pid in after}
    print(f"{title}: {100 * sum(used.values()) / elapsed:.2f} % of a core, {sum(memory.values()) / 1e6:.0f} MB")
    for pid in sorted(after, key=lambda pid: -memory[pid]):
        print(f"      {100 * used.get(pid, 0.0) / elapsed:6.2f} %  {memory[pid] / 1e6:6.0f} MB  {after[pid].name}")


def measure_first_films(home: Path, repeats: int) -> None:
    """Makes the first film of fresh runners that warm up at their start, and with their work, in turn."""
    for turn in range(repeats):
        for warm_up in ("at-start", "with-work")[:: 1 if turn % 2 else -1]:
            environment = {**os.environ, "LECTERN_HOME": str(home / f"{warm_up}-{turn}"), "LECTERN_WARM_UP": warm_up}
            command = [LECTERN, "up", "--port", "0", "--json"]
            runner = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            try:
                assert runner.stdout is not None
                runner.stdout.readline()
                time.sleep(SETTLE_SECONDS)
                before, started = sum_computing(runner.pid), time.monotonic()
                make = [LECTERN, "make", TOPIC, "--quality", "draft", "--no-open", "--out", str(home / "out")]
                subprocess.run(make, env=environment, check=True, capture_output=True)
                elapsed = time.monotonic() - started
                used = sum_computing(runner.pid)
                print(
                    f"{warm_up:10} {elapsed:6.1f} s until the film   {used - before:6.2f} CPU s, {before:6.2f} before",
                    flush=True,
                )
            finally:
                runner.send_signal(signal.SIGTERM)
                runner.wait()


def sum_computing(root: int) -> float:
    """Processor seconds of a process and of all below it, those included that have ended and were waited for."""
    total = 0.0
    for pid in _find_family(root):
        with contextlib.suppress(OSError, IndexError, ValueError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(field) for field in fields[11:15]) / _TICKS
    return total


def _find_family(root: int) -> dict[int, ProcessSample]:
    processes = read_processes()
    return {root: processes[root], **find_descendants(root, processes)}


def main() -> None:
    """Measures what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("start", "rest", "first"))
    parser.add_argument("--home", type=Path, help="a folder to use and keep, with what was made in it")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60.0, help="how long a runner is watched at rest")
    arguments = parser.parse_args()
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt orphans")
    with contextlib.ExitStack() as closing:
        home = arguments.home or Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="bench-idle-")))
        home.mkdir(parents=True, exist_ok=True)
        if arguments.what == "start":
            measure_starts(home, arguments.repeats)
        elif arguments.what == "rest":
            measure_rest(home, arguments.seconds)
        else:
            measure_first_films(home, arguments.repeats)


if __name__ == "__main__":
    main()
