"""The types that cross the sandbox's boundary: a job with its limits, its result and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import msgspec

from lectern.contracts.parties import Party
from lectern.contracts.requests import Finding, SceneException
from lectern.contracts.sounds import MAX_SOUND_CUES, SoundCue

ProgressCallback: TypeAlias = Callable[[int, int], None]
KillReason: TypeAlias = Literal[
    "cpu", "idle", "starved", "memory", "output", "disk", "log", "threads", "crash", "sandbox"
]
JobPurpose: TypeAlias = Literal["render", "preflight", "stills"]
MACHINES_FAULTS: frozenset[KillReason] = frozenset({"starved", "disk", "sandbox"})  # any other is the scene's

MAX_MISSING_LETTERS = 40  # as many as the scene kit lists

MIB = 1024 * 1024


class JobLimits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one job. If it exceeds one, it is killed or its call fails, and the outcome names the limit.

    `cpu_seconds` bounds what it computes, over all its threads, and `idle_seconds` for how long it may do nothing at
    all. Time in which it waits for a processor or for a formula counts for neither. `formula_seconds` bounds what is
    computed for its formulas, 0.3 s for one that is new. `wall_seconds` is a backstop for a machine that is
    too busy to let it finish: a job that meets it is not at fault.
    `memory_bytes` is address space (RLIMIT_AS): a 1080p60 scene needs 0.9 to 1.0 GB of it with one encoder thread,
    measured. `output_bytes` bounds the whole job folder and each file in it, `files` the number of its entries.
    `processes` counts threads too: a job can start threads but never a process. Lessons have two, with Typst four,
    at any frame size, measured. `processors` is how many they may use or wait for, averaged over some seconds; lessons
    want 1.0 to 1.5. `nice` is its priority, 19 the lowest.
    """

    cpu_seconds: float = 110.0
    idle_seconds: float = 60.0
    formula_seconds: float = 60.0
    wall_seconds: float = 3600.0
    memory_bytes: int = 2048 * MIB
    output_bytes: int = 256 * MIB
    files: int = 4096
    processes: int = 8
    processors: float = 3.0
    open_files: int = 128
    log_bytes: int = 8 * MIB
    nice: int = 0


PREFLIGHT_LIMITS = JobLimits(cpu_seconds=12.0, idle_seconds=30.0, wall_seconds=300.0, output_bytes=64 * MIB)


class RenderJob(msgspec.Struct, frozen=True, kw_only=True):
    """One run of scene code.

    `settings` is the content of `job.json` (mode, frame size, seconds, beats, ...). `assets` maps a name below
    `assets/` in the job folder to the file that is copied there. `purpose` is what metrics call it. Parties take turns.
    `cast` is code that the scene's may use, `before` that of the scenes whose things it goes on with, oldest first.
    """

    code: str
    settings: dict[str, Any]
    cast: str = ""
    before: tuple[str, ...] = ()
    assets: Mapping[str, Path] = {}
    limits: JobLimits = JobLimits()
    purpose: JobPurpose = "render"
    party: Party = Party()


class BeatTiming(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds a beat's animations took, seconds its narration allots, and the speed-up that reconciles them."""

    measured: float = 0.0
    allotted: float = 0.0
    speed: float = 1.0


PartSeconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class CpuParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a job says that its computing was spent on, in CPU seconds."""

    set_up: PartSeconds = 0.0
    interpolation: PartSeconds = 0.0
    rasterising: PartSeconds = 0.0
    conversion: PartSeconds = 0.0
    encoding: PartSeconds = 0.0

    def share(self, cpu_seconds: float) -> dict[str, float]:
        """Shares out what the kernel says that the job used, as the job says it was spent."""
        told = msgspec.structs.asdict(self)
        whole = sum(told.values())
        return {part: cpu_seconds * seconds / whole for part, seconds in told.items()} if whole else {}


class SceneResult(msgspec.Struct, frozen=True, kw_only=True):
    """`result.json` as the job wrote it. Its shape and size are checked; its truth is not: hostile code wrote it.

    `render_seconds` is the computing that a render is foretold to take. `missing_letters` are those that no font has.
    """

    ok: bool
    frames: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    beats: list[BeatTiming] = []
    cpu_seconds: float = 0.0
    cpu_parts: CpuParts = CpuParts()
    render_seconds: Annotated[float, msgspec.Meta(ge=0, le=1e9)] = 0.0
    sounds: Annotated[list[SoundCue], msgspec.Meta(max_length=MAX_SOUND_CUES)] = []
    missing_letters: Annotated[str, msgspec.Meta(max_length=MAX_MISSING_LETTERS)] = ""
    findings: list[Finding] = []
    error: SceneException | None = None


class DecodedFootage(msgspec.Struct, frozen=True, kw_only=True):
    """Properties of footage found by decoding every frame. Unlike a `SceneResult`, these can be trusted."""

    codec: str
    width: int
    height: int
    fps: float
    frames: int
    pixel_format: str
    audio_streams: int = 0


class RenderOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a run.

    `ok` means that the job exited by itself, its result says ok and, for a render, its footage was verified. `footage`
    is a regular file outside every job's reach; the caller owns and deletes it. `killed` is the reason why a run was
    killed or died, and `reason` explains it. `retryable` means that the renderer was at fault, not the scene: the same
    job may succeed later or on another renderer. `begun`: the scene had run by then, and may have brought it about.
    `log_tail` is the last 32 KiB of the job's output.
    """

    ok: bool
    result: SceneResult | None = None
    footage: Path | None = None
    decoded: DecodedFootage | None = None
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_memory_bytes: int = 0
    killed: KillReason | None = None
    reason: str = ""
    retryable: bool = False
    begun: bool = False
    log_tail: str = ""
