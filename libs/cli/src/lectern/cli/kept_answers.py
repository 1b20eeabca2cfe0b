"""What the last runner of a home said of its videos and voices: it holds while none runs, as nothing changes then."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from typing import TypeVar

import msgspec

from lectern.cli.runner.home import Home, write_private
from lectern.cli.runner.made_with import digest_surroundings

PAGE = 20  # videos, the newest: as many as `lectern list` shows

T = TypeVar("T")


class KeptAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of the API: a list of the newest videos, each of them in whole, and all voices.

    `complete`: there are no other videos. `surroundings` is the digest of what they were made with. From
    `believed_until` on, in seconds of the epoch, a video of the list may be forgotten; None: never.
    """

    surroundings: str
    believed_until: float | None
    complete: bool
    videos: tuple[msgspec.Raw, ...]
    shown: dict[str, msgspec.Raw]
    voices: tuple[msgspec.Raw, ...]

    def list_videos(self, limit: int, kind: type[T]) -> list[T] | None:
        """The newest videos, `limit` at most; None where more are needed than were kept."""
        if limit > len(self.videos) and not self.complete:
            return None
        return [msgspec.json.decode(video, type=kind) for video in self.videos[:limit]]

    def find_video(self, video_id: str, kind: type[T]) -> T | None:
        """A video in whole; None where it was not kept, and may exist."""
        found = self.shown.get(video_id)
        return None if found is None else msgspec.json.decode(found, type=kind)

    def write(self, home: Home) -> None:
        """Keeps the answers in a home. Without space, nothing is kept."""
        with contextlib.suppress(OSError):
            write_private(home.answers, msgspec.json.encode(self))


def find_answers(url: str, path: Path) -> KeptAnswers | None:
    """What the last runner of a home said; None where one runs, which knows better, or where it may not hold any more.

    With a `url` another Lectern is meant, with a key another owner's videos.
    """
    home = Home.at(path)
    if url or os.environ.get("LECTERN_API_KEY") or home.is_owned():
        return None
    try:
        answers = msgspec.json.decode(home.answers.read_bytes(), type=KeptAnswers)
    except (OSError, msgspec.MsgspecError):
        return None
    if answers.believed_until is not None and time.time() >= answers.believed_until:
        return None
    return answers if answers.surroundings == digest_surroundings(home.path, os.environ) else None
