"""Runs scenes that nobody would write in the real sandbox, and looks from outside at what they did."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import get_args

import msgspec
from hostile.monitored_pool import MonitoredPool, describe_end

from fuzz.scene_writing import write_scene
from lectern.renderer.pool import RenderOutcome
from lectern.renderer.sandbox.job import MACHINES_FAULTS, KillReason

CORPUS = Path(__file__).parent / "corpus/scene"
LIMITS = {"cpu_seconds": 2.0, "idle_seconds": 2.0, "formula_seconds": 10.0}
MOST_REASON = 2000  # characters
HONEST_EVERY = 8


class SceneFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A scene that broke a promise, and how."""

    code: str
    faults: tuple[str, ...]


def fuzz_scenes(
    monitored: MonitoredPool, seconds: float, random: Random, max_findings: int = 5
) -> tuple[Counter[str], list[SceneFinding]]:
    """Runs new scenes for so many seconds. Returns how many ended how, and those that broke a promise, made shorter."""
    honest = monitored.render_honest_scene()
    deadline = time.monotonic() + seconds
    ends: Counter[str] = Counter()
    findings: list[SceneFinding] = []
    while time.monotonic() < deadline and len(findings) < max_findings:
        code = write_scene(random)
        faults = tuple(
            find_faults(
                monitored, code, honest if ends.total() % HONEST_EVERY == 0 else "", lambda end: ends.update([end])
            )
        )
        if faults and tuple(find_faults(monitored, code, honest)):
            findings.append(shorten_scene(monitored, SceneFinding(code=code, faults=faults), honest))
    return ends, findings


def find_faults(
    monitored: MonitoredPool, code: str, honest: str, on_end: Callable[[str], None] = lambda _: None
) -> Iterator[str]:
    """Runs a scene and lists the promises it broke; with the digest of `honest`, what it left for the next job too."""
    supervisor = monitored.pool.supervisor_pid
    progress: list[tuple[int, int]] = []
    job = monitored.build_job(code, **LIMITS)
    try:
        outcome = monitored.start(monitored.pool.run(job, lambda *told: progress.append(told))).result(300)
    except Exception as error:
        on_end("raised")
        yield f"the pool raised {type(error).__name__}: {str(error)[:200]}"
        return
    on_end(describe_end(outcome))
    yield from _find_malformed(outcome)
    if outcome.footage is not None:
        if monitored.secret.encode() in outcome.footage.read_bytes():
            yield "the secret is in its film"
        outcome.footage.unlink()
    yield from monitored.find_damage(outcome)
    if monitored.pool.supervisor_pid != supervisor:
        yield "the supervisor was replaced"
    if any(not 0 <= frames <= of == 5 for frames, of in progress):
        yield f"progress that cannot be: {progress[:3]}"
    if any(before >= after for before, after in pairwise(progress)):
        yield "progress that went back"
    if honest and monitored.render_honest_scene() != honest:
        yield "the next job was changed"


def _find_malformed(outcome: RenderOutcome) -> Iterator[str]:
    if outcome.killed is not None and outcome.killed not in get_args(KillReason):
        yield f"an unknown reason: {outcome.killed}"
    if outcome.ok != (outcome.footage is not None and outcome.decoded is not None) or (outcome.ok and outcome.killed):
        yield "an outcome that contradicts itself"
    if outcome.retryable != (outcome.killed in MACHINES_FAULTS and not outcome.reason.startswith("the footage")):
        yield f"blame that contradicts the reason: {outcome.killed}, {outcome.reason[:100]}"
    if outcome.retryable and outcome.killed != "starved":
        yield f"the machine is blamed for what a scene did: {outcome.reason[:100]}"
    if len(outcome.reason) > MOST_REASON:
        yield f"a reason of {len(outcome.reason)} characters"
    msgspec.json.encode((outcome.result, outcome.reason, outcome.log_tail))


def shorten_scene(monitored: MonitoredPool, finding: SceneFinding, honest: str) -> SceneFinding:
    """Leaves out one statement after the other, as long as a promise is still broken."""
    head, *statements = finding.code.split("        try:\n")
    at = 0
    while at < len(statements) and len(statements) > 1:
        fewer = [*statements[:at], *statements[at + 1 :]]
        code = "        try:\n".join([head, *fewer])
        faults = tuple(find_faults(monitored, code, honest))
        if faults:
            statements, finding = fewer, SceneFinding(code=code, faults=faults)
        else:
            at += 1
    return finding


def save_scene(finding: SceneFinding) -> Path:
    """Adds a finding to the corpus and returns its file."""
    CORPUS.mkdir(parents=True, exist_ok=True)
    file = CORPUS / f"found_{hashlib.sha256(finding.code.encode()).hexdigest()[:12]}.py"
    file.write_text(finding.code)
    return file
