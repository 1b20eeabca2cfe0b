"""Messages between agent, supervisor, zygote and TeX broker: one msgpack struct per datagram.

Files accompany a message as descriptors.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec

from lectern.renderer.sandbox.job import JobLimits, KillReason

MAX_REASON_LENGTH = 2000  # characters

JobKind: TypeAlias = Literal["render", "probe"]


class Configure(msgspec.Struct, frozen=True, kw_only=True, tag="configure"):
    """The first message to each of the sandbox's programs: its settings, as JSON.

    They are not arguments of the program, which other processes could read, and every job in its memory.
    """

    setup: bytes


class StartJob(msgspec.Struct, frozen=True, kw_only=True, tag="start"):
    """Starts a job.

    Files: the job folder (render) or the footage (probe); to the zygote also the log, the output, the report
    on the confinement and the TeX pipes.
    """

    id: int
    kind: JobKind
    limits: JobLimits
    uid: int | None = None
    frames: int = 0  # that were ordered, if any


class KillJob(msgspec.Struct, frozen=True, kw_only=True, tag="kill"):
    """Kills a job now. Its `JobEnded` follows as always."""

    id: int


class ServeTex(msgspec.Struct, frozen=True, kw_only=True, tag="serve"):
    """Connects a job to the TeX broker. Files: a pipe to read its requests from, a pipe to write its replies to.

    `nice` is the priority of what runs for it.
    """

    id: int
    nice: int = 0


class TypesettingBegan(msgspec.Struct, frozen=True, kw_only=True, tag="typesetting"):
    """The TeX broker typesets a formula for a job, which waits for it meanwhile. Jobs wait for one at a time."""

    id: int


class TypesettingEnded(msgspec.Struct, frozen=True, kw_only=True, tag="typeset"):
    """The formula is about to be delivered. `cpu_seconds` is what TeX's programs computed for it."""

    id: int
    cpu_seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class SandboxReady(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The sandbox works, as checked from inside it. `uids`: each job can run as a user of its own."""

    layers: dict[str, str]
    uids: bool
    latex: bool = False


class SandboxUnavailable(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The sandbox cannot be set up on this machine; `reason` explains why."""

    reason: str
    layers: dict[str, str]


class FrameProgress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """Frames written so far, as the job claims, of those that were ordered. They rise, and seldom come."""

    id: int
    frames: int
    of: int


class JobStarted(msgspec.Struct, frozen=True, kw_only=True, tag="started"):
    """The job was forked. Files: its pidfd."""

    id: int


class FolderMounted(msgspec.Struct, frozen=True, kw_only=True, tag="mounted"):
    """The job has a file system of its own, with its inputs in it. Files: its folder there, which outlives the job."""


class JobConfined(msgspec.Struct, frozen=True, kw_only=True, tag="confined"):
    """The job has confined itself and goes on to read the scene. Whatever happens from now on is the scene's doing."""


class ConfinementFailed(msgspec.Struct, frozen=True, kw_only=True, tag="unconfined"):
    """The job could not confine itself, and has read nothing of the scene."""

    reason: str


class JobExited(msgspec.Struct, frozen=True, kw_only=True, tag="exited"):
    """The zygote has reaped a job. `exit_code` is negative for a signal."""

    id: int
    exit_code: int
    cpu_seconds: float
    peak_memory_bytes: int


class JobEnded(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """A job has ended and none of its processes is left. `begun`: it had read the scene.

    `disk_full`: the disk under its folder had no room left. `asked_latex`: it wanted at least one formula. Files: the
    folder with its outputs, if that is not the job folder itself.
    """

    id: int
    exit_code: int
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    wall_seconds: float = 0.0
    killed: KillReason | None = None
    reason: str = ""
    log_tail: str = ""
    output: bytes = b""
    begun: bool = False
    disk_full: bool = False
    asked_latex: bool = False


SandboxMessage: TypeAlias = (
    Configure
    | StartJob
    | KillJob
    | ServeTex
    | TypesettingBegan
    | TypesettingEnded
    | SandboxReady
    | SandboxUnavailable
    | FrameProgress
    | JobStarted
    | FolderMounted
    | JobConfined
    | ConfinementFailed
    | JobExited
    | JobEnded
)
