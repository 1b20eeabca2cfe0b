"""The music option: a bundled track, the id of an uploaded one, or a file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path

from lectern.cli.exit_status import USAGE, CommandExit, command_exit
from lectern.contracts.options import MUSIC, NO_MUSIC

AUDIO_SUFFIXES = (".mp3", ".wav", ".flac", ".ogg", ".oga", ".opus", ".m4a")
MAX_BYTES = 20 * 1024 * 1024  # the API's limit

_ASSET_ID = re.compile(r"[0-9a-f]{64}")


def find_track(name: str) -> str | Path:
    """The value of the API's `options.music`, or the file to upload for it. Raises CommandExit when there is none."""
    if name in (*MUSIC, NO_MUSIC) or _ASSET_ID.fullmatch(name):
        return name
    path = Path(name).expanduser()
    if path.is_file():
        if path.suffix.lower() not in AUDIO_SUFFIXES:
            raise _refusal(f"{name} is not an audio file", f"Use a file ending in {', '.join(AUDIO_SUFFIXES)}.")
        if path.stat().st_size > MAX_BYTES:
            raise _refusal(f"{name} is larger than {MAX_BYTES // 2**20} MB", "Shorten it, or save it as MP3 or Opus.")
        return path
    if path.suffix or "/" in name:
        raise _refusal(f"there is no file {name}", "Check the path.")
    near = difflib.get_close_matches(name.lower(), MUSIC, n=1, cutoff=0.4)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise _refusal(f"there is no track {name!r}", f"{hint}Use {', '.join(MUSIC)} or {NO_MUSIC}, or a file.")


def _refusal(detail: str, remedy: str) -> CommandExit:
    return command_exit(USAGE, "music-refused", "The music cannot be used", f"--music: {detail}.", remedy)
