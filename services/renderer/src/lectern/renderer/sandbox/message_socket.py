"""A socket that carries the sandbox's messages and the files that accompany them."""

from __future__ import annotations

import array
import asyncio
import socket
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from lectern.renderer.sandbox.messages import Configure, SandboxMessage

MAX_MESSAGE_BYTES = 96 * 1024  # below the smallest default send buffer (net.core.wmem_default): a datagram always fits
MAX_FILES = 8

T = TypeVar("T")


class MessageSocket:
    """A connected SEQPACKET socket that carries messages. Not thread-safe."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._decode = msgspec.msgpack.Decoder(SandboxMessage)

    @classmethod
    def pair(cls) -> tuple[MessageSocket, MessageSocket]:
        """Creates two sockets that are connected to each other."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        return cls(ours), cls(theirs)

    @classmethod
    def from_fd(cls, fd: int) -> MessageSocket:
        """Takes over an inherited descriptor."""
        return cls(socket.socket(fileno=fd))

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def detach(self) -> int:
        """Gives up the descriptor to the caller."""
        return self._socket.detach()

    def send(self, message: SandboxMessage, files: Sequence[int] = (), *, drop_if_full: bool = False) -> None:
        """Sends a message with duplicates of `files`.

        Raises OSError when the peer has hung up, ValueError when the message is larger than `MAX_MESSAGE_BYTES`.
        With `drop_if_full` the message is dropped when the send buffer is full; otherwise the call blocks.
        """
        flags = socket.MSG_NOSIGNAL | (socket.MSG_DONTWAIT if drop_if_full else 0)
        data = msgspec.msgpack.encode(message)
        if len(data) > MAX_MESSAGE_BYTES:
            raise ValueError(f"a message of {len(data)} bytes; at most {MAX_MESSAGE_BYTES} are sent")
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))] if files else []
        try:
            self._socket.sendmsg([data], rights, flags)
        except BlockingIOError:
            if not drop_if_full:
                raise

    def send_setup(self, setup: msgspec.Struct) -> None:
        """Sends a program its settings, as the first message. Raises OSError when it has already exited."""
        self.send(Configure(setup=msgspec.json.encode(setup)))

    def receive_setup(self, kind: type[T]) -> T:
        """Waits for the program's settings. Raises EOFError when whoever started it has hung up."""
        received = self.receive()
        if received is None or not isinstance(received[0], Configure):
            raise EOFError("no settings were sent")
        return msgspec.json.decode(received[0].setup, type=kind)

    async def wait_for_message(self) -> tuple[SandboxMessage, list[int]] | None:
        """Receives as `receive` does, without blocking the event loop meanwhile."""
        loop, readable = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.fileno(), readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(self.fileno())
        return self.receive()

    def receive(self, *, wait: bool = True) -> tuple[SandboxMessage, list[int]] | None:
        """Receives a message and its files, which are close-on-exec and owned by the caller; None at end of stream.

        With `wait` false raises BlockingIOError when no message is waiting.
        """
        flags = socket.MSG_CMSG_CLOEXEC | (0 if wait else socket.MSG_DONTWAIT)
        try:
            data, ancillary, _, _ = self._socket.recvmsg(MAX_MESSAGE_BYTES * 2, socket.CMSG_SPACE(4 * MAX_FILES), flags)
        except ConnectionError:
            return None
        files = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                files.frombytes(payload[: len(payload) - len(payload) % files.itemsize])
        if not data:
            return None
        return self._decode.decode(data), list(files)
