"""What a finished run amounts to: reads what hostile code left behind and believes none of it unchecked."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import folder as folders
from lectern.renderer.sandbox.job import Footage, RenderJob, RenderOutcome, Result
from lectern.renderer.sandbox.wire import Ended


def judge(job: RenderJob, folder: int, shelf: Path, ended: Ended) -> RenderOutcome:
    """The outcome of a job whose processes are all gone. Footage is copied out of its folder to `shelf`, unverified."""
    spent = RenderOutcome(
        ok=False,
        cpu_seconds=ended.cpu_seconds,
        wall_seconds=ended.wall_seconds,
        peak_memory_bytes=ended.peak_memory_bytes,
        log_tail=ended.log_tail,
    )
    replace = msgspec.structs.replace
    if ended.killed:
        return replace(spent, killed=ended.killed, reason=ended.reason, retryable=ended.killed == "sandbox")
    if ended.exit_code != 0:
        return replace(spent, **_crash(job, ended))
    try:
        result = folders.read_result(folder)
    except folders.NotAccepted as error:
        return replace(spent, killed="crash", reason=f"the scene ended without a usable result ({error})")
    if result.error is not None and result.error.type.endswith("MemoryError"):
        megabytes = job.limits.memory_bytes >> 20
        return replace(spent, result=result, killed="memory", reason=f"the scene needed more than {megabytes} MiB")
    if not result.ok or job.settings.get("mode") == "measure":
        return replace(spent, ok=result.ok, result=result)
    try:
        fd = folders.take(folder, "footage.mp4", job.limits.output_bytes)
    except folders.NotAccepted as error:
        return replace(spent, result=result, killed="sandbox", reason=f"the footage was refused ({error})")
    target = Path(tempfile.mktemp(suffix=".mp4", dir=shelf))  # noqa: S306  # created with O_EXCL in a private folder
    try:
        folders.move_out(fd, target)
    except OSError as error:
        return replace(disk_outcome(error), result=result, log_tail=spent.log_tail)
    finally:
        os.close(fd)
    return replace(spent, ok=True, result=result, footage=target)


def _crash(job: RenderJob, ended: Ended) -> dict[str, str]:
    code, limit = ended.exit_code, job.limits.cpu_seconds
    if code == -signal.SIGXCPU or (code == -signal.SIGKILL and ended.cpu_seconds >= limit):
        return {"killed": "cpu", "reason": f"the scene used more than {limit:g} seconds of CPU"}
    if code == -signal.SIGKILL:
        return {"killed": "memory", "reason": "the kernel killed the scene, most likely for its memory"}
    if code < 0:
        return {"killed": "crash", "reason": f"the scene died of signal {signal.Signals(-code).name}"}
    return {"killed": "crash", "reason": f"the scene's process ended with status {code}"}


def refuse_unless_true(job: RenderJob, outcome: RenderOutcome, decoded: Footage | None, ended: Ended) -> RenderOutcome:
    """The outcome with what decoding found, or without footage when that is not what the job was to deliver."""
    wrong = _wrong(job, outcome, decoded) or (ended.reason if ended.killed else "")
    if decoded is None and not ended.killed:
        wrong = ended.log_tail.strip().splitlines()[-1] if ended.log_tail.strip() else "it cannot be decoded"
    if wrong:
        reason = f"the footage was refused ({wrong})"
        gone = ended.killed == "sandbox"
        return msgspec.structs.replace(outcome, ok=False, footage=None, killed="sandbox", reason=reason, retryable=gone)
    return msgspec.structs.replace(outcome, decoded=decoded, cpu_seconds=outcome.cpu_seconds + ended.cpu_seconds)


def _wrong(job: RenderJob, outcome: RenderOutcome, decoded: Footage | None) -> str:
    if decoded is None or outcome.result is None:
        return ""
    wanted = {
        "width": job.settings.get("width", decoded.width),
        "height": job.settings.get("height", decoded.height),
        "fps": float(job.settings.get("fps", decoded.fps)),
        "frames": _frames(job, outcome.result),
        "pixel_format": "yuv420p",
        "codec": "h264",
    }
    for name, value in wanted.items():
        found = getattr(decoded, name)
        if found != value:
            return f"{name} is {found}, not {value}"
    return ""


def _frames(job: RenderJob, result: Result) -> int:
    """Exactly as long as the narration; a job that names no length is held to what its own result says."""
    settings = job.settings
    if "seconds" in settings and "fps" in settings:
        return round(float(settings["seconds"]) * int(settings["fps"]))
    return result.frames


def disk_outcome(error: OSError) -> RenderOutcome:
    """The outcome when the renderer itself cannot write: a full disk, or one it may not write to."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = "Free space where the renderer keeps its jobs." if full else "Check the renderer's work folder."
    return RenderOutcome(ok=False, killed="disk", reason=f"{error}. {remedy}", retryable=True)
