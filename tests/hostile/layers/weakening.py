"""Leaves layers out of the real sandbox, which itself refuses to run with so few. For a container only.

Namespaces, tmpfs and users are settings of the pool; everything else is replaced in each of its processes here.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from lectern.confinement import kernel, landlock, seccomp
from lectern.renderer.sandbox import (
    child_processes,
    forked_job,
    supervisor_client,
    verification,
    warm_pool,
    watcher,
)
from lectern.renderer.sandbox.job import RenderOutcome, SceneResult
from lectern.renderer.sandbox.job_folder import OutputRefused
from lectern.renderer.sandbox.layers import confinement, rlimits
from lectern.renderer.sandbox.message_socket import MessageSocket

PROGRAM = Path(__file__).with_name("weak_program.py")
SETTINGS_OF_POOL = frozenset({"namespaces", "tmpfs", "uid"})


def weaken(kept: frozenset[str]) -> None:
    """Leaves out of this process, and of those of the sandbox that it starts, every layer that is not kept."""

    def build_command(module: str, theirs: MessageSocket, pool: str) -> tuple[str, ...]:
        words = f"lectern.renderer.sandbox.{module}", str(theirs.fileno()), pool, ",".join(sorted(kept))
        return sys.executable, "-I", str(PROGRAM), *words

    for module in (child_processes, supervisor_client):
        _replace(module, build_command=build_command)
    _replace(confinement, check_layers=lambda *_: {"weakened": "active"})
    for layer, leave_out in _WAYS.items():
        if layer not in kept:
            leave_out()


def _replace(place: Any, **replacements: Any) -> None:
    for name, replacement in replacements.items():
        assert hasattr(place, name), f"{place} has no {name} to leave out"
        setattr(place, name, replacement)


def _leave_out_seccomp() -> None:
    _replace(seccomp, load_program=lambda _: None)


def _leave_out_landlock() -> None:
    _replace(landlock, restrict=lambda *_: None)


def _leave_out_rlimits() -> None:
    _replace(rlimits, set_limits=lambda *_: None)


def _leave_out_inheritance() -> None:
    """Keeps capabilities, variables and descriptors. `no_new_privs` stays: without it the kernel takes no filter."""
    _replace(kernel, drop_capabilities=lambda: None)
    _replace(confinement, scrub_environment=lambda _: None, arrange_descriptors=_arrange_and_keep)
    _replace(supervisor_client, _ENVIRONMENT={**os.environ, **supervisor_client._ENVIRONMENT})


def _arrange_and_keep(log: int, output: int, folder: int, report: int, extra: Sequence[int] = ()) -> None:
    ordered = [os.open(os.devnull, os.O_RDONLY), log, log, output, folder, report, *extra]
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 64) for fd in ordered]
    for number in range(3, len(high)):  # what stood there is still there, elsewhere
        os.dup(number)
    for number, fd in enumerate(high):
        os.dup2(fd, number, inheritable=False)


def _leave_out_watcher() -> None:
    watch_job = watcher.watch_job

    async def watch_without_limits(job: Any, limits: Any, on_output: Any) -> Any:
        endless = {"processors": float("inf"), "log_bytes": sys.maxsize}
        return await watch_job(job, msgspec.structs.replace(limits, **endless), on_output)

    _replace(forked_job, watch_job=watch_without_limits)
    _replace(watcher, find_exceeded_time=lambda *_: None)
    _replace(watcher._Watcher, _find_excess=lambda _: None, _find_last_excess=lambda _: None)


def _leave_out_output_rules() -> None:
    def open_whatever(folder: int, name: str, _: int) -> int:
        try:
            return os.open(name, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        except OSError as error:
            raise OutputRefused(str(error)) from None

    def read_whatever(folder: int) -> SceneResult:
        """Reads the result of any size, links followed, its words as they are: decoding is no rule."""
        try:
            with open(open_whatever(folder, "result.json", 0), "rb") as file:
                return msgspec.json.decode(file.read(), type=SceneResult)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            raise OutputRefused(str(error)) from None

    async def believe(_pool: Any, _job: Any, outcome: RenderOutcome, _uid: Any) -> RenderOutcome:
        return outcome

    _replace(verification, open_output=open_whatever, read_result=read_whatever, check_footage=lambda _: None)
    _replace(warm_pool.WarmPool, _verify=believe)


_WAYS = {
    "seccomp": _leave_out_seccomp,
    "landlock": _leave_out_landlock,
    "rlimits": _leave_out_rlimits,
    "inheritance": _leave_out_inheritance,
    "watcher": _leave_out_watcher,
    "output": _leave_out_output_rules,
}
