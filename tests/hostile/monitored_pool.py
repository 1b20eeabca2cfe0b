"""A pool for hostile scenes, and around it everything they must not reach, monitored from outside."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unicodedata
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from lectern.renderer.pool import JobLimits, RenderJob, RenderOutcome, WarmPool
from lectern.renderer.sandbox.tex.warmup import WARMUP_MARKER

T = TypeVar("T")
SCENES = Path(__file__).parent / "scenes"
CASTS = Path(__file__).parent / "casts"
HONEST = """
from manim import Circle, Create, Scene

class Honest(Scene):
    def construct(self):
        self.play(Create(Circle()))
"""
SETTINGS: dict[str, Any] = {
    "mode": "render",
    "scene_class": None,
    "width": 426,
    "height": 240,
    "fps": 10,
    "seconds": 0.5,
    "beats": [{"start": 0.0, "end": 0.5, "text": "A circle."}],
    "words": [],
    "theme": "dark",
    "seed": 7,
    "encoder": {"preset": "ultrafast", "crf": 23, "threads": 1},
    "tex": "broker",
}
MIB = 1024 * 1024
LIMITS = {
    "wall_seconds": 600.0,
    "idle_seconds": 10.0,
    "cpu_seconds": 8.0,
    "formula_seconds": 60.0,
    "memory_bytes": 1200 * MIB,
    "output_bytes": 32 * MIB,
    "files": 400,
    "processes": 8,
    "open_files": 64,
    "log_bytes": MIB,
}

# What a scene says about itself is not lost with it.
EACH_LINE_AT_ONCE = "import sys; sys.stdout.reconfigure(line_buffering=True)\n"

# Stands for the agent: same user, with a secret in its environment and memory. Answers "alive" until it is killed.
VICTIM = """
import os, resource, sys
memory = os.environ["SECRET"] * 3
for line in sys.stdin:
    facts = (os.nice(0), sorted(os.sched_getaffinity(0)), resource.getrlimit(resource.RLIMIT_NOFILE))
    print("alive", facts, flush=True)
"""


class MonitoredPool:
    """One pool with its surroundings. No scene may ever see `secret`."""

    def __init__(self, disabled_layers: frozenset[str] | None = None, *, spare: bool = True) -> None:
        self.secret = "canary-" + secrets.token_hex(12)
        os.environ["LECTERN_TEST_SECRET"] = self.secret
        self.home = Path(tempfile.mkdtemp(prefix="lectern-hostile-"))
        self.home.chmod(0o755)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.pool = WarmPool(
            root=self.home / "pool",
            slots=2,
            spare=spare,
            disabled_layers=_disabled_layers() if disabled_layers is None else disabled_layers,
            max_landlock_abi=_max_landlock_abi(),
        )
        # A pool fills its cache of formulas after the first one; its job for that would look like a scene left behind.
        (self.home / "pool/tex").mkdir(parents=True)
        (self.home / "pool/tex" / WARMUP_MARKER).touch()
        self.wait(self.pool.start())
        self._write_canaries()
        self._listen()
        self.victim = subprocess.Popen(
            [sys.executable, "-I", "-c", VICTIM],
            env={"SECRET": self.secret},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.victim_facts = self.query_victim()
        self.targets = self.home / "targets.json"
        self.targets.write_text(json.dumps(self._targets()))
        self._initial_state = self._read_state()

    def _write_canaries(self) -> None:
        self.canaries = {
            self.home / "secret.txt": self.secret,
            self.home / "secret.tex": f"{self.secret}\n",
            self.home / "writable.txt": "unchanged",
            self.home / "pool/jobs/job-neighbour/scene.py": f"# {self.secret}",
            self.home / "pool/footage/neighbour.mp4": self.secret,
        }
        for path, text in self.canaries.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        # Any user could write these, so only the sandbox prevents it.
        (self.home / "writable.txt").chmod(0o666)
        (self.home / "secret.txt").chmod(0o644)
        (self.home / "open").mkdir()
        (self.home / "open").chmod(0o777)

    def _listen(self) -> None:
        def bind(family: int, kind: int, address: Any) -> socket.socket:
            listener = socket.socket(family, kind)
            listener.bind(address)
            if kind == socket.SOCK_STREAM:
                listener.listen()
            listener.setblocking(False)
            return listener

        abstract = f"\0lectern-{self.secret[-8:]}"
        self.listeners = {
            "tcp": bind(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "tcp6": bind(socket.AF_INET6, socket.SOCK_STREAM, ("::1", 0)),
            "udp": bind(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "unix": bind(socket.AF_UNIX, socket.SOCK_STREAM, str(self.home / "open/listener")),
            "abstract": bind(socket.AF_UNIX, socket.SOCK_STREAM, abstract),
        }
        (self.home / "open/listener").chmod(0o777)

    def _targets(self) -> dict[str, Any]:
        return {
            "home": str(self.home),
            "files": [str(path) for path in self.canaries],
            "open": str(self.home / "open"),
            "victim": self.victim.pid,
            "agent": os.getpid(),
            "sandbox": sorted(self.find_processes()),
            "tcp": self.listeners["tcp"].getsockname()[1],
            "tcp6": self.listeners["tcp6"].getsockname()[1],
            "udp": self.listeners["udp"].getsockname()[1],
            "unix": str(self.home / "open/listener"),
            "abstract": self.listeners["abstract"].getsockname().decode()[1:],
        }

    def start(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.start(work).result(900)  # however busy the machine is

    def build_job(self, code: str, **limits: float) -> RenderJob:
        return RenderJob(
            code=f"{EACH_LINE_AT_ONCE}{code}",
            cast=_read_cast(code),
            settings=SETTINGS,
            assets={"targets.json": self.targets},
            limits=JobLimits(**(LIMITS | limits)),  # type: ignore[arg-type]
        )

    def run_scene(self, scene: Path) -> tuple[RenderOutcome, list[tuple[int, int]]]:
        """Runs a scene under the limits in its `# limits:` line. Returns its outcome and the progress it reported."""
        code = scene.read_text()
        progress: list[tuple[int, int]] = []
        job = self.build_job(code, **parse_limits(code))
        return self.wait(self.pool.run(job, lambda frames, of: progress.append((frames, of)))), progress

    def render_honest_scene(self) -> str:
        """Renders the honest scene and returns its footage's digest, which never changes unless somebody tampers."""
        outcome = self.wait(self.pool.run(self.build_job(HONEST)))
        assert outcome.ok, outcome
        assert outcome.footage is not None
        digest = hashlib.sha256(outcome.footage.read_bytes()).hexdigest()
        outcome.footage.unlink()
        return digest

    def query_victim(self) -> str:
        assert self.victim.stdin is not None
        assert self.victim.stdout is not None
        self.victim.stdin.write("?\n")
        self.victim.stdin.flush()
        return self.victim.stdout.readline()

    def find_processes(self) -> dict[int, int]:
        """Finds the supervisor, zygotes and jobs of this pool. Returns the session id of each process id."""
        found = {}
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    command = Path(f"/proc/{entry}/cmdline").read_bytes()
                    if b"lectern.renderer.sandbox." in command and self.pool.name.encode() in command:
                        fields = Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()
                        if fields[0] != "Z":
                            found[int(entry)] = int(fields[3])
        return found

    def find_jobs(self) -> list[int]:
        """Finds forks of a zygote, and theirs: each job begins a session, and all else is in the supervisor's."""
        supervisor = self.pool.supervisor_pid
        return [pid for pid, session in self.find_processes().items() if session != supervisor]

    def _read_state(self) -> dict[str, Any]:
        return {
            "canaries": {str(path): _describe_file(path) for path in self.canaries},
            "open": sorted(os.listdir(self.home / "open")) if (self.home / "open").is_dir() else None,
            "home": sorted(os.listdir(self.home)),
            "shm": sorted(name for name in os.listdir("/dev/shm") if name.startswith("lectern-")),
            "jobs": sorted(os.listdir(self.home / "pool/jobs")),
            "stage": sorted(os.listdir(self.home / "pool/stage")),
            "footage": sorted(os.listdir(self.home / "pool/footage")),
        }

    def find_damage(self, outcome: RenderOutcome, patience: float = 30.0) -> Iterator[str]:
        """Lists everything that has changed or leaked; nothing if the sandbox held.

        What the job started has `patience` seconds to be gone.
        """
        if self.victim.poll() is not None or self.query_victim() != self.victim_facts:
            yield "the victim process was killed or changed"
        state = self._read_state()
        for name, initial in self._initial_state.items():
            if state[name] != initial:
                yield f"{name} changed: {state[name]}"
        for name, listener in self.listeners.items():
            with contextlib.suppress(BlockingIOError):
                listener.recv(1) if name == "udp" else listener.accept()
                yield f"the {name} listener was reached"
        if not wait_until(lambda: not self.find_jobs(), patience):
            yield f"processes of the job are still alive: {self.find_jobs()}"
        output = f"{outcome.log_tail}{outcome.result}{outcome.reason}"
        if self.secret in output:
            yield "the scene read the secret"
        told = msgspec.json.encode((outcome.result, outcome.reason)).decode()
        if acting := {letter for text in _texts(json.loads(told)) for letter in text if not _is_plain(letter)}:
            yield f"the outcome has letters that act on who reads it: {acting}"
        yield from re.findall(r"^ESCAPED.*", outcome.log_tail, re.M)

    def close(self) -> None:
        self.wait(self.pool.close())
        self.victim.kill()
        self.victim.wait()
        for listener in self.listeners.values():
            listener.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self.home)


def _describe_file(path: Path) -> tuple[str, int, int] | None:
    """Describes a file so that any change of it shows; None for one that is gone."""
    try:
        return path.read_text(), path.stat().st_mode, path.stat().st_mtime_ns
    except OSError:
        return None


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _texts(item)
        case dict():
            for name, item in value.items():
                yield name
                yield from _texts(item)


def _is_plain(letter: str) -> bool:
    """Whether a letter shows and does nothing else: no control character, none that turns the direction of text."""
    return letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _disabled_layers() -> frozenset[str]:
    """Reads which layers to leave out, to test the others alone: LECTERN_HOSTILE_WITHOUT="namespaces"."""
    return frozenset(os.environ.get("LECTERN_HOSTILE_WITHOUT", "").split())


def _max_landlock_abi() -> int:
    """Reads the Landlock ABI of an older kernel to emulate: LECTERN_HOSTILE_LANDLOCK=1 is Linux 5.13."""
    return int(os.environ.get("LECTERN_HOSTILE_LANDLOCK", "99"))


def parse_limits(code: str) -> dict[str, float]:
    """Parses the limits in a scene's `# limits:` line."""
    found = re.search(r"^# limits: (.*)$", code, re.M)
    pairs = (pair.split("=") for pair in found[1].split()) if found else ()
    return {name: type(LIMITS[name])(float(value)) for name, value in pairs}


def _read_cast(code: str) -> str:
    """Reads the code that a scene's `# cast:` line names, which it shares with others."""
    found = re.search(r"^# cast: (.*)$", code, re.M)
    return (CASTS / f"{found[1]}.py").read_text() if found else ""


def parse_expected_ends(code: str) -> set[str]:
    """Parses how a scene may end from its `# ends:` line: "ok", "error" (its own exception), or why it was killed."""
    found = re.search(r"^# ends: (.*)$", code, re.M)
    assert found, "a hostile scene has an `# ends:` line"
    return set(found[1].split())


def parse_expected_reason(code: str) -> str:
    """Parses what the reason says that a scene's end is given, from its `# because:` line; "" where it has none."""
    found = re.search(r"^# because: (.*)$", code, re.M)
    return found[1] if found else ""


def describe_end(outcome: RenderOutcome) -> str:
    """Describes how a scene ended, in the words of its `# ends:` line."""
    return outcome.killed or ("ok" if outcome.ok else "error")


def wait_until(condition: Any, seconds: float = 30.0) -> bool:
    """Waits until `condition()` is true. Returns False if it is not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
