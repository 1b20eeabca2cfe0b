"""Runs inputs in limited children: a fork for each batch, a new one after a crash, a limit or a finding."""

from __future__ import annotations

import os
import resource
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import msgspec

from fuzz.target import Target

ADDRESS_SPACE = 3 * 1024**3
CPU_BACKSTOP = 20  # seconds for one input, over every target's own limit


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """An input that broke a promise, and how."""

    data: bytes
    kind: str
    detail: str


class _Report(msgspec.Struct, frozen=True, kw_only=True):
    done: int
    kind: str = ""
    detail: str = ""


def run_batch(target: Target, inputs: Sequence[bytes], *, backstop: int = CPU_BACKSTOP) -> tuple[int, Finding | None]:
    """The number of inputs that ran, and the finding that ended the batch. `backstop` in seconds of CPU."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            _run_inputs(target, inputs, writer, backstop)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as file:
        lines = file.read().splitlines()
    _, status = os.waitpid(child, 0)
    reports = [msgspec.json.decode(line, type=_Report) for line in lines]
    last = reports[-1] if reports else _Report(done=0)
    if last.kind:
        return last.done, Finding(data=inputs[last.done - 1], kind=last.kind, detail=last.detail)
    if last.done < len(inputs):
        detail = f"the process ended with status {os.waitstatus_to_exitcode(status)}"
        return last.done + 1, Finding(data=inputs[last.done], kind="crash", detail=detail)
    return len(inputs), None


def check_input(target: Target, data: bytes) -> Finding | None:
    """The finding that one input is. What is only slow or large is tried thrice: a busy machine slows everything."""
    found = run_batch(target, [data])[1]
    for _ in range(2):
        if found and found.kind in ("cpu", "memory"):
            found = run_batch(target, [data])[1]
    return found


def minimize(target: Target, finding: Finding, seconds: float) -> Finding:
    """A smaller input with a finding of the same kind, as far as `seconds` of trying lead."""
    deadline = time.monotonic() + seconds
    size = len(finding.data) // 2
    while size:
        at = 0
        while at < len(finding.data):
            if time.monotonic() > deadline:
                return finding
            shorter = finding.data[:at] + finding.data[at + size :]
            found = check_input(target, shorter)
            if found and found.kind == finding.kind:
                finding = found
            else:
                at += size
        size //= 2
    return finding


def _run_inputs(target: Target, inputs: Sequence[bytes], writer: int, backstop: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for number, data in enumerate(inputs, 1):
        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + backstop, resource.RLIM_INFINITY))
        Path("/proc/self/clear_refs").write_text("5")
        before, started = _peak_bytes(), time.process_time()
        kind = detail = ""
        try:
            target.check(data)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            kind = f"{type(error).__name__} in {Path(where.filename).name}"
            detail = f"{type(error).__name__}: {str(error)[:200]} ({where.filename}:{where.lineno})"
        seconds, grown = time.process_time() - started, _peak_bytes() - before
        allowed = target.cpu + target.cpu_per_byte * len(data)
        if not kind and seconds > allowed:
            kind, detail = "cpu", f"{len(data)} bytes took {seconds:.2f} s of CPU; {allowed:.2f} are allowed"
        if not kind and grown > target.memory:
            kind, detail = "memory", f"{len(data)} bytes took {grown / 1e6:.0f} MB"
        os.write(writer, msgspec.json.encode(_Report(done=number, kind=kind, detail=detail[:1000])) + b"\n")
        if kind:
            return


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024
