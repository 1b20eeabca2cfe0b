"""seccomp programs: compiled once with libseccomp, loaded by each process that is to be bound to them."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import tempfile
from collections.abc import Iterable

from lectern.confinement import kernel

PID_PLACEHOLDER = 0x5EA1_0B1D  # stands in a program for the process id of whoever loads it


def build_deny_program(denied: Iterable[str]) -> bytes:
    """Compiles a program under which the named system calls fail with EPERM; calls for another architecture kill.

    Raises RuntimeError or OSError when libseccomp is missing or too old.
    """
    import pyseccomp as sc  # raises at import when the library is missing

    program = sc.SyscallFilter(sc.ALLOW)
    for name in denied:
        if sc.resolve_syscall(sc.system_arch(), name) >= 0:  # negative: the call does not exist on this architecture
            program.add_rule(sc.ERRNO(errno.EPERM), name)
    return export_program(program)


def export_program(program: object) -> bytes:
    """Returns a libseccomp filter as a BPF program."""
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)  # type: ignore[attr-defined]
        file.seek(0)
        return file.read()


def load_program(program: bytes) -> None:
    """Binds the calling thread to the program for good, as process `os.getpid()`. Requires no_new_privs."""
    instruction = struct.Struct("=HBBI")
    own = os.getpid()
    patched = b"".join(
        instruction.pack(code, yes, no, own if k == PID_PLACEHOLDER else k)
        for code, yes, no, k in instruction.iter_unpack(program)
    )
    text = ctypes.create_string_buffer(patched, len(patched))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(patched) // instruction.size, ctypes.addressof(text)))
    kernel.prctl(kernel.PR_SET_SECCOMP, kernel.SECCOMP_MODE_FILTER, ctypes.addressof(header))
