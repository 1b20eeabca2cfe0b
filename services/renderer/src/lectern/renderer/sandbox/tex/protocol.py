"""The messages that a job and the TeX broker exchange over two pipes."""

from __future__ import annotations

import hashlib
import struct

import msgspec

MAX_REQUEST_BYTES = 64 * 1024
MAX_REPLY_BYTES = 2 * 1024 * 1024  # a formula takes 5 to 50 kB, a large TikZ picture a few hundred
_TYPESETTING = 2  # counts changes of how a source is typeset: answers made in another way are not reused
_LENGTH = struct.Struct("<I")
HEADER_BYTES = _LENGTH.size


class TexRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole LaTeX document, and how to typeset it."""

    source: str
    compiler: str = "latex"
    output: str = ".dvi"

    def cache_key(self) -> str:
        """Returns a hash of the document and how it is typeset."""
        return hashlib.sha256(f"{_TYPESETTING}\0{self.compiler}\0{self.output}\0{self.source}".encode()).hexdigest()


class TexReply(msgspec.Struct, frozen=True, kw_only=True):
    """The first page as SVG, or the reason why there is none.

    `verdict`: the reason is TeX's own word on the source, the same each time. Any other failure may be the machine's.
    """

    svg: bytes = b""
    error: str = ""
    verdict: bool = False


def encode_frame(message: TexRequest | TexReply) -> bytes:
    """Encodes a message with its length in front."""
    data = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(data)) + data


def decode_length(header: bytes) -> int:
    """Decodes a message's length in bytes from its header."""
    return int(_LENGTH.unpack(header)[0])
