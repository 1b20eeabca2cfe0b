"""A zip archive as a stream: nothing but the chunk in hand is kept, so it may be of any size."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from datetime import datetime

import msgspec

_LOCAL, _CENTRAL, _END, _DESCRIPTOR, _ZIP64_EXTRA = 30, 46, 22, 24, 20  # bytes, APPNOTE.TXT 4.3
_LARGEST_WITHOUT_ZIP64 = 0x7FFFFFFF  # bytes: beyond, records grow by a few more
_MOST_WITHOUT_ZIP64 = 0xFFFF  # entries


class ZipEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A file of an archive: its name, its size in bytes, and what opens it."""

    name: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]


class _Pipe(io.RawIOBase):
    """Where the archive is written to: it is taken out again at once, and cannot be gone back in."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]
        self._written += view
        return view.nbytes

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


async def write_zip(entries: Sequence[ZipEntry], at: datetime) -> AsyncGenerator[bytes, None]:
    """Yield an archive, its files stored as they are. Raises ValueError for a file that has not its size."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            info = zipfile.ZipInfo(entry.name, date_time=at.timetuple()[:6])
            info.external_attr = 0o644 << 16
            written = 0
            with archive.open(info, "w", force_zip64=True) as file:
                async for chunk in entry.open():
                    written += file.write(chunk)
                    yield pipe.take()
            if written != entry.size:
                raise ValueError(f"{entry.name} has {written} bytes, not {entry.size}")
    yield pipe.take()


def measure_zip(entries: Sequence[ZipEntry]) -> int | None:
    """The size of the archive in bytes; None for one so large that its records differ."""
    total = _END
    for entry in entries:
        name = len(entry.name.encode())
        total += _LOCAL + name + _ZIP64_EXTRA + entry.size + _DESCRIPTOR + _CENTRAL + name
    return total if total < _LARGEST_WITHOUT_ZIP64 and len(entries) < _MOST_WITHOUT_ZIP64 else None
