"""Fetches a file whose size and digest are known: resumes where it was cut off, and keeps nothing that is wrong."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx

from lectern.cli.exit_status import FAILED, UNAVAILABLE, CommandExit, command_exit
from lectern.cli.natural_voices.catalogue import CatalogueFile

ATTEMPTS = 5  # in a row that bring nothing new, after which it is given up
PAUSE_SECONDS = 1.0  # before the second of them, more before each further one
SPARE_BYTES = 64 * 1024 * 1024  # that stay free on the disk
TIMEOUT_SECONDS = 30.0  # for a connection, and between two pieces
MAX_TEXT_BYTES = 16 * 1024 * 1024

OnBytes = Callable[[int, int], None]


async def fetch_text(client: httpx.AsyncClient, address: str) -> bytes:
    """A small file. Raises CommandExit when it cannot be had."""
    try:
        async with client.stream("GET", address) as answer:
            answer.raise_for_status()
            data = bytearray()
            async for piece in answer.aiter_bytes():
                data += piece
                if len(data) > MAX_TEXT_BYTES:
                    raise command_exit(
                        FAILED, "voice-catalogue", "The file is too long", f"{address} has no end.", "Try again later."
                    )
            return bytes(data)
    except httpx.HTTPError as error:
        raise _explain(address, error) from error


async def fetch_file(
    client: httpx.AsyncClient, address: str, wanted: CatalogueFile, part: Path, on_bytes: OnBytes
) -> None:
    """Fetches `wanted` to `part`, which may hold its beginning already; `on_bytes` gets the bytes so far, and all.

    Raises CommandExit: when the connection is lost again and again, and `part` is kept for the next time; when the sum
    is wrong, and it is removed; when the disk is full.
    """
    failures = 0
    while (size := _count_bytes(part)) < wanted.size_bytes:
        _check_space(part, wanted.size_bytes - size)
        try:
            await _fetch_rest(client, address, wanted, part, on_bytes)
        except httpx.HTTPError as error:
            failures = 0 if _count_bytes(part) > size else failures + 1
            if failures >= ATTEMPTS or _is_final(error):
                raise _explain(address, error) from error
            await asyncio.sleep(PAUSE_SECONDS * failures)
        except OSError as error:
            raise _explain_disk(part, error) from error
    _check_digest(address, wanted, part)


async def _fetch_rest(
    client: httpx.AsyncClient, address: str, wanted: CatalogueFile, part: Path, on_bytes: OnBytes
) -> None:
    have = _count_bytes(part)
    headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
    async with client.stream("GET", address, headers=headers) as answer:
        answer.raise_for_status()
        if have and answer.status_code != httpx.codes.PARTIAL_CONTENT:
            have = 0  # it does not resume: from the beginning
        with part.open("ab" if have else "wb") as file:
            async for piece in answer.aiter_bytes():
                have += len(piece)
                if have > wanted.size_bytes:
                    file.truncate(0)
                    detail = f"{address} has more than the {wanted.size_bytes:,} bytes that the catalogue says."
                    raise command_exit(
                        FAILED, "voice-damaged", "The voice arrived damaged", detail, "Run the command again."
                    )
                file.write(piece)
                on_bytes(have, wanted.size_bytes)
    if have < wanted.size_bytes:
        raise httpx.RemoteProtocolError("the connection ended early")


def _check_digest(address: str, wanted: CatalogueFile, part: Path) -> None:
    if hash_file(part) != wanted.md5_digest:
        part.unlink()
        detail = f"What was fetched from {address} is not what the catalogue describes, and was removed."
        raise command_exit(FAILED, "voice-damaged", "The voice arrived damaged", detail, "Run the command again.")


def hash_file(path: Path) -> str:
    """The MD5 digest of a file, which tells damage, not malice: its publisher is known by the connection."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _count_bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check_space(part: Path, missing: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if free < missing + SPARE_BYTES:
        raise _explain_disk(
            part, OSError(errno.ENOSPC, f"{missing // 2**20 + 1} MB are needed, {free // 2**20} are free")
        )


def _is_final(error: httpx.HTTPError) -> bool:
    return (
        isinstance(error, httpx.HTTPStatusError)
        and error.response.status_code < 500
        and error.response.status_code not in (408, 429)
    )


def _explain(address: str, error: httpx.HTTPError) -> CommandExit:
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    remedy = "Check the network, then run the command again: it goes on where it stopped."
    return command_exit(
        UNAVAILABLE, "voice-unreachable", "The voice cannot be fetched", f"{address}: {reason}.", remedy
    )


def _explain_disk(part: Path, error: OSError) -> CommandExit:
    reason = error.strerror or str(error)
    remedy = "Free some space, then run the command again: it goes on where it stopped."
    return command_exit(FAILED, "disk-full", "The voice cannot be written", f"{part.parent}: {reason}.", remedy)
