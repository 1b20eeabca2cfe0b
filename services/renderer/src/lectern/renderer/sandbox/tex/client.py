"""Lets manim typeset LaTeX through the broker. Runs in the job."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from lectern.renderer.sandbox.tex.protocol import (
    HEADER_BYTES,
    MAX_REQUEST_BYTES,
    TexReply,
    TexRequest,
    decode_length,
    encode_frame,
)


class LatexFailed(RuntimeError):
    """LaTeX could not typeset what the scene asked for; the message is LaTeX's own."""


def use_broker(requests: int, replies: int) -> None:
    """Makes manim's MathTex and Tex ask the broker instead of running LaTeX. Call it in the job's own process.

    `requests` is the pipe to write requests to, `replies` the pipe to read replies from.
    """
    import manim.mobject.text.tex_mobject as tex_mobject

    tex_mobject.tex_to_svg_file = _build_tex_to_svg_file(requests, replies)


def _build_tex_to_svg_file(requests: int, replies: int) -> Callable[..., Path]:
    def tex_to_svg_file(expression: str, environment: str | None = None, tex_template: Any = None) -> Path:
        from manim import config

        template = tex_template or config["tex_template"]
        if environment is None:
            source = template.get_texcode_for_expression(expression)
        else:
            source = template.get_texcode_for_expression_in_env(expression, environment)
        compiler = template.tex_compiler if isinstance(template.tex_compiler, str) else template.tex_compiler[0]
        request = TexRequest(source=source, compiler=compiler, output=template.output_format)
        target = Path(config.get_dir("tex_dir")) / f"{request.cache_key()[:32]}.svg"
        if not target.exists():
            reply = _ask_broker(requests, replies, request)
            if reply.error:
                raise LatexFailed(_describe_error(expression, reply.error))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(reply.svg)
        return target

    return tex_to_svg_file


def _describe_error(expression: str, error: str) -> str:
    shown = re.sub(r"\\special\{[^}]*\}", "", expression).strip()  # manim's own marks
    hint = "; % starts a comment, write \\%" if re.search(r"(?<!\\)%", shown) else ""
    return f"LaTeX cannot typeset {shown[:80]!r}: {error}{hint}"


def _ask_broker(requests: int, replies: int, request: TexRequest) -> TexReply:
    data = encode_frame(request)
    if len(data) > MAX_REQUEST_BYTES:
        raise LatexFailed(f"the LaTeX source has {len(data)} bytes; at most {MAX_REQUEST_BYTES} are allowed")
    try:
        while data:
            data = data[os.write(requests, data) :]
        length = decode_length(_read(replies, HEADER_BYTES))
        return msgspec.msgpack.decode(_read(replies, length), type=TexReply)
    except OSError as error:
        raise LatexFailed(f"lost the connection to the LaTeX broker ({error}); run the scene again") from None


def _read(fd: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = os.read(fd, count - len(data))
        if not piece:
            raise BrokenPipeError("the broker hung up")
        data += piece
    return data
