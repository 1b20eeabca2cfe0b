"""The messages that a job and the TeX broker exchange over two pipes."""

from __future__ import annotations

import hashlib
import struct

import msgspec

MAX_REQUEST_BYTES = 64 * 1024
MAX_REPLY_BYTES = 8 * 1024 * 1024
_LENGTH = struct.Struct("<I")
HEADER_BYTES = _LENGTH.size


class TexRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole LaTeX document, and how to typeset it."""

    source: str
    compiler: str = "latex"
    output: str = ".dvi"

    def cache_key(self) -> str:
        """Returns a hash of the document and how it is typeset."""
        return hashlib.sha256(f"{self.compiler}\0{self.output}\0{self.source}".encode()).hexdigest()


class TexReply(msgspec.Struct, frozen=True, kw_only=True):
    """The first page as SVG, or the reason why there is none."""

    svg: bytes = b""
    error: str = ""


def encode_frame(message: TexRequest | TexReply) -> bytes:
    """Encodes a message with its length in front."""
    data = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(data)) + data


def decode_length(header: bytes) -> int:
    """Decodes a message's length in bytes from its header."""
    return int(_LENGTH.unpack(header)[0])
