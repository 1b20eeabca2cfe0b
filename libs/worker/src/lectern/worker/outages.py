"""Which failures are not the work's fault: the machine, its disk, or the event log is in trouble."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nats.errors
from nats.js import errors as js_errors

from lectern.worker.failures import Transient, Unavailable

FULL_BELOW = 1024 * 1024  # bytes free: less than any job writes
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
_DISK_BROKEN = {errno.EROFS, errno.EIO}
_MACHINE_FULL = {errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM}
_OWN_FAULT = (nats.errors.MaxPayloadError, nats.errors.BadSubjectError)  # the message cannot be sent at any time


def find_outage(error: BaseException, scratch: Path | None) -> Unavailable | None:
    """The outage that an exception tells of, in itself or in its causes; None when the work itself failed.

    An exception that tells nothing counts as a full disk while the disk under `scratch` is full: most programs that
    cannot write say so in words of their own.
    """
    for each in _causes(error):
        if isinstance(each, Unavailable):
            return each
        if isinstance(each, OSError) and (outage := describe_os_error(each)):
            return outage
        if _is_log_outage(each):
            return Unavailable(f"the event log cannot be reached ({type(each).__name__})", code="log-unavailable")
        if isinstance(each, Transient) and each.problem:
            return None  # it has said what failed
    return _disk_outage() if is_disk_full(scratch) else None


def describe_os_error(error: OSError) -> Unavailable | None:
    """The outage behind an error of the operating system, without the path; None for any other error."""
    if error.errno in _DISK_FULL:
        return _disk_outage()
    if error.errno in _DISK_BROKEN:
        reason = os.strerror(error.errno or 0).lower()
        return Unavailable(f"this machine's disk cannot be used ({reason})", code="disk-unusable")
    if error.errno in _MACHINE_FULL:
        return Unavailable(f"this machine is overloaded ({os.strerror(error.errno or 0).lower()})", code="machine-busy")
    return None


def is_disk_full(folder: Path | None) -> bool:
    """True if the file system of a folder (None: the system's for temporary files) has no space or no inode left."""
    try:
        found = os.statvfs(folder or tempfile.gettempdir())
    except OSError:
        return False
    return found.f_bavail * found.f_frsize < FULL_BELOW or (found.f_files > 0 and found.f_favail == 0)


def check_disk_space(folder: Path | None) -> None:
    """Raises Unavailable if `is_disk_full`."""
    if is_disk_full(folder):
        raise _disk_outage()


def _disk_outage() -> Unavailable:
    return Unavailable("the disk of this machine is full", code="disk-full")


def _is_log_outage(error: BaseException) -> bool:
    if isinstance(error, js_errors.APIError):
        return (error.code or 500) >= 500
    return isinstance(error, nats.errors.Error) and not isinstance(error, _OWN_FAULT)


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__
