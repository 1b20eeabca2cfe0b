"""A file on its way from the API: what has come, and what is still to ask for."""

from __future__ import annotations

import mimetypes
import os
import secrets
from pathlib import Path
from typing import IO

import httpx

from lectern.client.errors import IncompleteDownload

_AUDIO_TYPES = {
    ".flac": "audio/flac",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".webp": "image/webp",
}


def read_upload(file: Path) -> tuple[bytes, str]:
    """A file's bytes, and its media type by its name."""
    media_type = _AUDIO_TYPES.get(file.suffix.lower()) or mimetypes.guess_type(file.name)[0]
    return file.read_bytes(), media_type or "application/octet-stream"


class PartialFile:
    """A download that can go on after its connection broke. The file appears under its name only when it is whole."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.received = 0
        self._part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
        self._file: IO[bytes] | None = None
        self._tag = ""
        self._total: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """Headers that ask for what is missing."""
        headers = {"Accept-Encoding": "identity"}  # else the length would be that of other bytes
        if self.received and self._tag:
            headers |= {"Range": f"bytes={self.received}-", "If-Range": self._tag}
        return headers

    def begin(self, response: httpx.Response) -> None:
        """Take note of an answer: the rest, or the whole again when there is another file by now."""
        if response.status_code != httpx.codes.PARTIAL_CONTENT or not self._continues(response):
            self._reset()
            length = response.headers.get("Content-Length", "")
            self._total = int(length) if length.isdecimal() else None
            tag = response.headers.get("ETag", "")
            self._tag = "" if tag.startswith("W/") else tag
        if self._file is None:
            self.target.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._part.open("wb")

    def write(self, data: bytes) -> None:
        """Append what has come."""
        assert self._file is not None
        self._file.write(data)
        self.received += len(data)

    def finish(self) -> Path:
        """Put the file in its place. Raises IncompleteDownload when it is not as long as announced."""
        assert self._file is not None
        if not self.is_whole:
            raise IncompleteDownload(
                f"{self.target.name} ended after {self.received} of {self._total} bytes.", "Download it again."
            )
        self._file.close()
        os.replace(self._part, self.target)
        return self.target

    @property
    def is_whole(self) -> bool:
        """Whether all that was announced has come. A file without announced length is whole when its answer ends."""
        return self._total is None or self.received == self._total

    def discard(self) -> None:
        """Remove what is left of an unfinished download."""
        if self._file is not None:
            self._file.close()
        self._part.unlink(missing_ok=True)

    def _continues(self, response: httpx.Response) -> bool:
        start: str = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
        return start == str(self.received)

    def _reset(self) -> None:
        self.received = 0
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
