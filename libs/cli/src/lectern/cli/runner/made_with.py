"""What a film depends on besides its request: this installation, what it is set to, and what the machine has."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import lectern

PROGRAMS = ("ffmpeg", "ffprobe", "espeak-ng", "latex", "dvisvgm", "typst")
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
_READ = ("LECTERN_", "GEMINI_", "GOOGLE_", "OPENAI_", "LANG", "LC_")
_NO_MATTER = frozenset(  # where a Lectern is, and what it says of itself
    {"LECTERN_HOME", "LECTERN_API", "LECTERN_API_KEY", "LECTERN_URL", "LECTERN_HOST", "LECTERN_PORT"}
    | {"LECTERN_LOG_FORMAT", "LECTERN_LOG_LEVEL", "LECTERN_SCRATCH", "LECTERN_SLOTS"}
)


def digest_surroundings(home: Path, environment: Mapping[str, str], roots: Sequence[str] = ()) -> str:
    """A digest that changes whenever a film of the same request might come out in another way. Takes some 30 ms.

    It covers Lectern's own files (below `roots`, where it is installed if none are given), the versions of what is
    installed beside it, settings, programs, fonts and voices.
    """
    digest = hashlib.sha256(sys.version.encode())
    for root in sorted({*(roots or lectern.__path__)}):
        for line in _list_files(Path(root)):
            digest.update(line)
    installed = sorted(name for name in os.listdir(sysconfig.get_path("purelib")) if name.endswith(".dist-info"))
    settings = sorted(
        f"{name}={value}" for name, value in environment.items() if name.startswith(_READ) and name not in _NO_MATTER
    )
    programs = [_describe(Path(found)) for found in map(shutil.which, PROGRAMS) if found]
    fonts = [_describe(Path(folder)) for root in FONTS for folder, _, _ in os.walk(Path(root).expanduser())]
    voices = [_describe(each) for each in sorted((home / "voices").glob("*"))]
    digest.update("\0".join([*installed, *settings, *programs, *sorted(fonts), *voices]).encode())
    return digest.hexdigest()


def _list_files(root: Path) -> Iterator[bytes]:
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(files):
            yield _describe(Path(folder, name)).encode()


def _describe(path: Path) -> str:
    """A file as it is now: one that is written again has another time."""
    try:
        found = path.stat()
    except OSError:
        return f"{path} -"
    return f"{path} {found.st_size} {found.st_mtime_ns}"
