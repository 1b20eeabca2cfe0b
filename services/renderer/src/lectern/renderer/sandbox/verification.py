"""Turns what a finished job left behind into an outcome. Hostile code wrote it: nothing is trusted unchecked."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from lectern.media import FootageRefused, bound_footage_bytes, check_footage
from lectern.renderer.sandbox.job import (
    MACHINES_FAULTS,
    DecodedFootage,
    RenderJob,
    RenderOutcome,
    SceneResult,
)
from lectern.renderer.sandbox.job_folder import OutputRefused, copy_out, open_output, read_result
from lectern.renderer.sandbox.messages import JobEnded

_NAME_ERRORS = frozenset((errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.EINVAL))


def read_outcome(job: RenderJob, folder: int, footage_folder: Path, ended: JobEnded) -> RenderOutcome:
    """Reads the outcome of a job that has ended. Copies its footage, of which only the boxes are checked yet.

    `folder` is a descriptor of the job folder; the copy is made in `footage_folder`.
    """
    outcome = RenderOutcome(
        ok=False,
        cpu_seconds=ended.cpu_seconds,
        wall_seconds=ended.wall_seconds,
        peak_memory_bytes=ended.peak_memory_bytes,
        begun=ended.begun,
        log_tail=ended.log_tail,
    )
    replace = msgspec.structs.replace
    if ended.killed:
        return replace(outcome, killed=ended.killed, reason=ended.reason, retryable=ended.killed in MACHINES_FAULTS)
    if ended.exit_code != 0 and _names_full_disk(ended.log_tail) and ended.disk_full:
        return replace(outcome, **_blame_disk())
    if ended.exit_code != 0:
        return replace(outcome, **_explain_crash(job, ended))
    try:
        result = read_result(folder)
    except OutputRefused as error:
        return replace(outcome, killed="crash", reason=f"the scene ended without a usable result ({error})")
    if result.error is not None and _names_full_disk(result.error.message) and ended.disk_full:
        return replace(outcome, **_blame_disk())
    if result.error is not None and result.error.type.endswith("MemoryError"):
        megabytes = job.limits.memory_bytes >> 20
        return replace(outcome, result=result, killed="memory", reason=f"the scene needed more than {megabytes} MiB")
    if not result.ok or job.settings.get("mode") == "measure":
        return replace(outcome, ok=result.ok, result=result)
    try:
        fd = open_output(folder, "footage.mp4", _bound_footage(job, result))
    except OutputRefused as error:
        return replace(outcome, result=result, killed="sandbox", reason=f"the footage was refused ({error})")
    target = Path(tempfile.mktemp(suffix=".mp4", dir=footage_folder))  # noqa: S306  # created with O_EXCL in a private folder
    try:
        copy_out(fd, target)
        with target.open("rb") as copy:
            check_footage(copy)
    except FootageRefused as error:
        target.unlink()
        return replace(outcome, result=result, killed="sandbox", reason=f"the footage was refused ({error})")
    except OSError as error:
        return replace(describe_disk_error(error), result=result, begun=outcome.begun, log_tail=outcome.log_tail)
    finally:
        os.close(fd)
    return replace(outcome, ok=True, result=result, footage=target)


def _bound_footage(job: RenderJob, result: SceneResult) -> int:
    """Returns the most bytes that footage of this job can have, whatever is in the pictures."""
    width, height = (int(job.settings.get(name, 0)) for name in ("width", "height"))
    if not (width and height):
        return job.limits.output_bytes
    return min(job.limits.output_bytes, bound_footage_bytes(_count_expected_frames(job, result), width * height))


def _names_full_disk(text: str) -> bool:
    return any(os.strerror(number) in text for number in (errno.ENOSPC, errno.EDQUOT))


def _blame_disk() -> dict[str, Any]:
    """Describes a scene that failed for want of room on the disk, which the watcher has seen to be full.

    Its own limit did not leave it without room: whoever exceeds that is killed.
    """
    full = describe_disk_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    return {"killed": full.killed, "reason": full.reason, "retryable": full.retryable}


def _explain_crash(job: RenderJob, ended: JobEnded) -> dict[str, str]:
    code, limit = ended.exit_code, job.limits.cpu_seconds
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and ended.cpu_seconds >= limit):
        return {"killed": "cpu", "reason": f"the scene used more than {limit:g} seconds of computing"}
    if code == -signal.SIGKILL:
        return {"killed": "memory", "reason": "the kernel killed the scene, most likely because of its memory use"}
    if code < 0:
        return {"killed": "crash", "reason": f"the scene was killed by {_name_signal(-code)}"}
    return {"killed": "crash", "reason": f"the scene's process exited with status {code}"}


def _name_signal(number: int) -> str:
    try:
        return f"signal {signal.Signals(number).name}"
    except ValueError:  # the real-time signals between the first and the last have no names
        return f"signal {number}"


def verify_footage(
    job: RenderJob, outcome: RenderOutcome, decoded: DecodedFootage | None, ended: JobEnded
) -> RenderOutcome:
    """Compares the decoded footage with what was ordered. Returns the outcome with it, or refused without footage.

    `ended` is the end of the decode probe; `decoded` is None when the probe reported nothing.
    """
    replace = msgspec.structs.replace
    if ended.killed in MACHINES_FAULTS:
        return replace(outcome, ok=False, footage=None, killed=ended.killed, reason=ended.reason, retryable=True)
    fault = _find_mismatch(job, outcome, decoded) or (ended.reason if ended.killed else "")
    if decoded is None and not ended.killed:
        fault = ended.log_tail.strip().splitlines()[-1] if ended.log_tail.strip() else "it cannot be decoded"
    if fault:
        reason = f"the footage was refused ({fault})"
        return replace(outcome, ok=False, footage=None, killed="sandbox", reason=reason)
    return replace(outcome, decoded=decoded, cpu_seconds=outcome.cpu_seconds + ended.cpu_seconds)


def _find_mismatch(job: RenderJob, outcome: RenderOutcome, decoded: DecodedFootage | None) -> str:
    if decoded is None or outcome.result is None:
        return ""
    expected = {
        "width": job.settings.get("width", decoded.width),
        "height": job.settings.get("height", decoded.height),
        "fps": float(job.settings.get("fps", decoded.fps)),
        "frames": _count_expected_frames(job, outcome.result),
        "pixel_format": "yuv420p",
        "codec": "h264",
    }
    for name, value in expected.items():
        found = getattr(decoded, name)
        if found != value:
            return f"{name} is {found}, not {value}"
    return ""


def _count_expected_frames(job: RenderJob, result: SceneResult) -> int:
    """Returns the narration's length in frames; without one, the number of frames in the job's own result."""
    ordered = count_ordered_frames(job)
    return result.frames if ordered is None else ordered


def count_ordered_frames(job: RenderJob) -> int | None:
    """Returns the narration's length in frames; None if the job has none."""
    settings = job.settings
    if "seconds" in settings and "fps" in settings:
        return round(float(settings["seconds"]) * int(settings["fps"]))
    return None


def describe_disk_error(error: OSError) -> RenderOutcome:
    """Returns the outcome for a disk that the renderer cannot write to, full or otherwise.

    A name that cannot be a file's is the document's fault, and would fail again. No path of this machine is named.
    """
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    if error.errno in _NAME_ERRORS:
        return RenderOutcome(ok=False, killed="crash", reason=f"an image has a name that no file can have ({reason})")
    state = "is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "cannot be used"
    return RenderOutcome(ok=False, killed="disk", reason=f"the renderer's disk {state} ({reason})", retryable=True)
