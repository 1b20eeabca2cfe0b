"""Music for a video, as the command line names it: a bundled track, the id of an uploaded one, or a file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from lectern.cli.exits import USAGE, Stop, stop
from lectern.contracts.options import MUSIC

SUFFIXES = (".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a")
LARGEST = 20 * 1024 * 1024  # bytes, as the API takes them

_ASSET_ID = re.compile(r"[0-9a-f]{64}")


def track(name: str) -> str | Path:
    """What `options.music` is to be, or the file to upload for it. Raises Stop before anything is sent."""
    if name in MUSIC or _ASSET_ID.fullmatch(name):
        return name
    path = Path(name).expanduser()
    if path.is_file():
        if path.suffix.lower() not in SUFFIXES:
            raise _refused(f"{name} is no track", f"Use a file ending in {', '.join(SUFFIXES)}.")
        if path.stat().st_size > LARGEST:
            raise _refused(f"{name} has more than {LARGEST // 2**20} MB", "Save it shorter or as MP3 or Opus.")
        return path
    if path.suffix or "/" in name:
        raise _refused(f"there is no file {name}", "Check the path.")
    near = difflib.get_close_matches(name.lower(), MUSIC, n=1, cutoff=0.4)
    raise _refused(
        f"there is no track {name!r}",
        f"{f'Did you mean {near[0]}? ' if near else ''}Use {' or '.join(MUSIC)}, or a file.",
    )


def _refused(what: str, remedy: str) -> Stop:
    return stop(USAGE, "music-refused", "The music cannot be used", f"--music: {what}.", remedy)
