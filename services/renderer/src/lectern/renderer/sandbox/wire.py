"""Messages between agent, supervisor and zygote: one msgpack struct a datagram, files passed beside it."""

from __future__ import annotations

import array
import socket
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

from lectern.renderer.sandbox.job import Killed, Limits

MOST_BYTES = 160 * 1024  # below the smallest default send buffer (net.core.wmem_default), so a datagram always fits
MOST_FILES = 8
Kind: TypeAlias = Literal["render", "probe"]


class Start(msgspec.Struct, frozen=True, kw_only=True, tag="start"):
    """Run a job. Beside it: the job folder (render) or the footage (probe); to the zygote also log, output, pipes."""

    id: int
    kind: Kind
    limits: Limits
    uid: int | None = None


class Kill(msgspec.Struct, frozen=True, kw_only=True, tag="kill"):
    """End a job now. Its `Ended` follows as always."""

    id: int


class Serve(msgspec.Struct, frozen=True, kw_only=True, tag="serve"):
    """To the TeX broker: a job wants to ask. Beside it: its questions to read, its answers to write."""

    id: int


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The sandbox works, as checked from inside it. `uids`: a job may be given a user of its own."""

    layers: dict[str, str]
    uids: bool
    latex: bool = False


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag="refused"):
    """The sandbox cannot be set up here, and why."""

    reason: str
    layers: dict[str, str]


class Progress(msgspec.Struct, frozen=True, kw_only=True, tag="progress"):
    """Frames written so far, as the job claims."""

    id: int
    frames: int
    of: int


class Started(msgspec.Struct, frozen=True, kw_only=True, tag="started"):
    """The job was forked. Beside it: its pidfd."""

    id: int


class Exited(msgspec.Struct, frozen=True, kw_only=True, tag="exited"):
    """A fork of the zygote has been reaped. `exit_code` is negative for a signal."""

    id: int
    exit_code: int
    cpu_seconds: float
    peak_memory_bytes: int


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """A job is over and none of its processes is left."""

    id: int
    exit_code: int
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    wall_seconds: float = 0.0
    killed: Killed | None = None
    reason: str = ""
    log_tail: str = ""
    output: bytes = b""


Message: TypeAlias = Start | Kill | Serve | Ready | Refused | Progress | Started | Exited | Ended


class Channel:
    """A connected SEQPACKET socket that carries messages. Not thread-safe."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._decode = msgspec.msgpack.Decoder(Message)

    @classmethod
    def pair(cls) -> tuple[Channel, Channel]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), cls(theirs)

    @classmethod
    def of(cls, fd: int) -> Channel:
        """Takes over an inherited descriptor."""
        return cls(socket.socket(fileno=fd))

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def send(self, message: Message, files: Sequence[int] = (), *, or_drop: bool = False) -> None:
        """Sends a message with duplicates of `files`. Raises OSError when the other side is gone.

        With `or_drop` a full buffer loses the message rather than wait.
        """
        flags = socket.MSG_NOSIGNAL | (socket.MSG_DONTWAIT if or_drop else 0)
        data = msgspec.msgpack.encode(message)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        try:
            self._socket.sendmsg([data], rights, flags)
        except BlockingIOError:
            if not or_drop:
                raise

    def receive(self, *, wait: bool = True) -> tuple[Message, list[int]] | None:
        """The next message with the files beside it, close-on-exec and owned by the caller; None at the end.

        With `wait` false raises BlockingIOError when there is none yet.
        """
        flags = socket.MSG_CMSG_CLOEXEC | (0 if wait else socket.MSG_DONTWAIT)
        try:
            data, ancillary, _, _ = self._socket.recvmsg(MOST_BYTES * 2, socket.CMSG_SPACE(4 * MOST_FILES), flags)
        except ConnectionError:
            return None
        files = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(payload[: len(payload) - len(payload) % files.itemsize])
        if not data:
            return None
        return self._decode.decode(data), list(files)
