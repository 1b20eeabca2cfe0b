"""A cell: what a program may read, write and use. It is entered by way of `launch.py`, which then becomes the program.

For programs that read what strangers made: ffmpeg, ffprobe and speech engines. They need no process, no socket and no
file but those they are given. A layer that this machine lacks is left out, and `find_layers` says so.
"""

from __future__ import annotations

import functools
import marshal
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lectern.confinement import landlock, seccomp

CELL_FAILED = 97  # exit status of a program whose cell could not be set up
_GIB = 1 << 30
_CHECK_TIMEOUT_SECONDS = 20.0

_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/libexec", "/lib", "/lib64", "/usr/local/lib", "/nix/store")
_PROGRAMS = ("/usr/bin", "/bin", "/usr/local/bin")
_READABLE = (
    *("/usr/share", "/usr/local/share", "/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/var/cache/fontconfig"),
    *("/proc/cpuinfo", "/sys/devices/system/cpu", "/sys/devices/system/node"),
    *("/dev/urandom", "/dev/random", "/dev/zero"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLimits:
    """Limits of one program: seconds of CPU over all its threads, bytes of address space and of each file it writes."""

    cpu_seconds: float = 600.0
    memory_bytes: int = 4 * _GIB
    file_bytes: int = 256 * 1024 * 1024
    open_files: int = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """Files and folders a program may read, files it may write, its working folder, and its limits.

    Files in `writable` must exist: nothing can be created, so what a program can write is bounded by their number.
    `variables` are added to the environment. The working folder is not readable by itself.
    """

    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    folder: str = "/"
    variables: Mapping[str, str] | None = None
    limits: CellLimits = CellLimits()


@dataclass(frozen=True, kw_only=True, slots=True)
class CellLayers:
    """The layers that work here. `states` has "active" or "off: " and the reason for each by name."""

    landlock_abi: int
    program: bytes
    states: Mapping[str, str]


def build_launch(cell: Cell, argv: Sequence[str], layers: CellLayers) -> tuple[list[str], dict[str, str]]:
    """Builds the command line and the environment that start a program in its cell, from `cell.folder`.

    Raises FileNotFoundError if there is no such program.
    """
    program = shutil.which(argv[0])
    if program is None:
        raise FileNotFoundError(f"{argv[0]} is not installed, or not on the PATH")
    return (
        [*_launcher(), _encode_setup(cell, program, layers).hex(), *argv],
        {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": cell.folder,
            "TMPDIR": cell.folder,
            **(cell.variables or {}),
        },
    )


@functools.cache
def find_layers() -> CellLayers:
    """Finds out, once, which layers work on this machine: a process enters a cell and tries what each forbids."""
    try:
        program, reason = seccomp.build_program_without_processes(), ""
    except (ImportError, RuntimeError, OSError) as error:
        program, reason = b"", f"off: {error}"
    wanted = CellLayers(landlock_abi=landlock.read_abi_version(), program=program, states={})
    setup = _encode_setup(Cell(), sys.executable, wanted)
    try:
        done = subprocess.run([*_launcher(), setup.hex()], capture_output=True, timeout=_CHECK_TIMEOUT_SECONDS, env={})
        states = dict(line.split(": ", 1) for line in done.stdout.decode().splitlines())
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        states = {"limits": f"off: the check failed ({type(error).__name__})"}
    if not program:
        states["seccomp"] = reason
    return CellLayers(
        landlock_abi=wanted.landlock_abi if states.get("landlock", "").startswith("active") else 0,
        program=program if states.get("seccomp") == "active" else b"",
        states=states,
    )


def list_python_paths() -> tuple[str, ...]:
    """Lists what this Python reads to run our modules: itself, the standard library and the packages."""
    import sysconfig

    import lectern

    prefixes = (sys.prefix, sys.base_prefix)
    own = [f"{prefix}/{name}" for prefix in prefixes for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    packages = (*sysconfig.get_paths().values(), *(str(Path(folder).parent) for folder in lectern.__path__))
    return tuple(dict.fromkeys((*own, *packages)))


def _launcher() -> list[str]:
    return [sys.executable, "-I", "-S", str(Path(__file__).with_name("launch.py"))]


def _encode_setup(cell: Cell, program: str, layers: CellLayers) -> bytes:
    """Encodes a cell for `launch.py`, in a format that is read without any import."""
    real = os.path.realpath(program)
    run = landlock.READ | landlock.EXECUTE
    write = landlock.READ_FILE | landlock.WRITE_FILE | landlock.TRUNCATE
    rules = [
        *((path, run) for path in (*_LIBRARIES, *_PROGRAMS, program, real)),
        *((path, landlock.READ) for path in (*_READABLE, *_own_libraries(real))),
        ("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE),
        *((os.path.join(cell.folder, path), landlock.READ) for path in cell.readable),
        *((os.path.join(cell.folder, path), write) for path in cell.writable),
    ]
    return marshal.dumps(
        {
            "program": program,
            "parent": os.getpid(),
            "rules": rules,
            "landlock_abi": layers.landlock_abi,
            "seccomp": layers.program,
            "cpu_seconds": math.ceil(cell.limits.cpu_seconds),
            "memory_bytes": cell.limits.memory_bytes,
            "file_bytes": cell.limits.file_bytes,
            "open_files": cell.limits.open_files,
        }
    )


def _own_libraries(program: str) -> tuple[str, ...]:
    """Returns where a program that was not installed by the system keeps its libraries."""
    if program.startswith(("/usr/", "/bin/")):
        return ()
    return (str(Path(program).parent.parent / "lib"),)
