"""The typeset formulas that are kept: bounded in size, the least recently used go first, and restarts keep them."""

from __future__ import annotations

import contextlib
import os
import time
from collections import OrderedDict
from pathlib import Path

from lectern.renderer.sandbox.tex.protocol import TexReply

MAX_CACHE_BYTES = 128 << 20
MAX_REMEMBERED_REFUSALS = 256  # worth remembering: MathTex tries everything twice
_SUFFIX = ".svg"
_ABANDONED_SECONDS = 60.0  # until then another broker may still be writing it
_BLOCK_BYTES = 4096  # what the smallest file occupies


class FormulaCache:
    """Answers by key. Of failures only TeX's own verdicts on a source are remembered, and only until a restart.

    `max_bytes` bounds what the files occupy, in whole blocks. The folder may be shared with another broker.
    """

    def __init__(self, folder: Path, max_bytes: int = MAX_CACHE_BYTES) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._refusals: OrderedDict[str, TexReply] = OrderedDict()
        self._sizes = _read_sizes(folder)  # least recently used first
        self._total = sum(self._sizes.values())
        self._evict()

    def find(self, key: str) -> TexReply | None:
        """Finds the answer to a request and marks it as used."""
        if key in self._refusals:
            self._refusals.move_to_end(key)
            return self._refusals[key]
        path = self._folder / f"{key}{_SUFFIX}"
        try:
            svg = path.read_bytes()
        except FileNotFoundError:
            self._total -= self._sizes.pop(key, 0)
            return None
        self._note(key, len(svg))
        with contextlib.suppress(OSError):
            os.utime(path)  # the order of use survives a restart as the files' times
        return TexReply(svg=svg)

    def store(self, key: str, reply: TexReply) -> None:
        """Stores an answer if it will be the same next time. Raises OSError when the disk is full."""
        if reply.verdict:
            self._refusals[key] = reply
            if len(self._refusals) > MAX_REMEMBERED_REFUSALS:
                self._refusals.popitem(last=False)
        if reply.error:
            return
        part = self._folder / f"{key}.{os.urandom(4).hex()}"
        try:
            part.write_bytes(reply.svg)
            part.replace(self._folder / f"{key}{_SUFFIX}")
        except OSError:
            part.unlink(missing_ok=True)
            raise
        self._note(key, len(reply.svg))
        self._evict()

    def _note(self, key: str, size: int) -> None:
        self._total -= self._sizes.pop(key, 0)
        self._sizes[key] = _round_to_blocks(size)
        self._total += self._sizes[key]

    def _evict(self) -> None:
        while self._total > self._max_bytes:
            key, size = self._sizes.popitem(last=False)
            self._total -= size
            with contextlib.suppress(OSError):  # another broker may own it
                (self._folder / f"{key}{_SUFFIX}").unlink(missing_ok=True)


def _read_sizes(folder: Path) -> OrderedDict[str, int]:
    """Reads the formulas that a folder holds, least recently used first, and removes what a crash left half written."""
    found = []
    for entry in os.scandir(folder):
        path = Path(entry.path)
        if path.suffix == _SUFFIX:
            status = entry.stat(follow_symlinks=False)
            found.append((status.st_mtime_ns, path.stem, _round_to_blocks(status.st_size)))
        elif entry.stat(follow_symlinks=False).st_mtime < time.time() - _ABANDONED_SECONDS:
            path.unlink(missing_ok=True)
    return OrderedDict((key, size) for _, key, size in sorted(found))


def _round_to_blocks(size: int) -> int:
    return -(-size // _BLOCK_BYTES) * _BLOCK_BYTES
