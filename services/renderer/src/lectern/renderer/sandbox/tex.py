"""What a job and the TeX broker say to each other over two pipes, and the job's half of it."""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

REQUEST_BYTES = 64 * 1024
ANSWER_BYTES = 8 * 1024 * 1024
_LENGTH = struct.Struct("<I")


class TexRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole LaTeX document, and how to typeset it."""

    source: str
    compiler: str = "latex"
    output: str = ".dvi"

    def key(self) -> str:
        """What the cache knows it by."""
        return hashlib.sha256(f"{self.compiler}\0{self.output}\0{self.source}".encode()).hexdigest()


class TexAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The first page as SVG, or in words why there is none."""

    svg: bytes = b""
    error: str = ""


class LatexFailed(RuntimeError):
    """LaTeX refused what scene code asked it to typeset; the message is LaTeX's own."""


def framed(message: msgspec.Struct) -> bytes:
    data = msgspec.msgpack.encode(message)
    return _LENGTH.pack(len(data)) + data


def length_of(head: bytes) -> int:
    return int(_LENGTH.unpack(head)[0])


HEAD = _LENGTH.size


def use_broker(asks: int, answers: int) -> None:
    """Has manim's MathTex and Tex ask the broker instead of running LaTeX. Call it in the job's own process."""
    import manim.mobject.text.tex_mobject as tex_mobject

    tex_mobject.tex_to_svg_file = _tex_to_svg_file(asks, answers)


def _tex_to_svg_file(asks: int, answers: int) -> Callable[..., Path]:
    def tex_to_svg_file(expression: str, environment: str | None = None, tex_template: Any = None) -> Path:
        from manim import config

        template = tex_template or config["tex_template"]
        if environment is None:
            source = template.get_texcode_for_expression(expression)
        else:
            source = template.get_texcode_for_expression_in_env(expression, environment)
        compiler = template.tex_compiler if isinstance(template.tex_compiler, str) else template.tex_compiler[0]
        request = TexRequest(source=source, compiler=compiler, output=template.output_format)
        target = Path(config.get_dir("tex_dir")) / f"{request.key()[:32]}.svg"
        if not target.exists():
            answer = _ask(asks, answers, request)
            if answer.error:
                shown = re.sub(r"\\special\{[^}]*\}", "", expression).strip()  # manim's own marks
                comment = "; % starts a comment, write \\%" if re.search(r"(?<!\\)%", shown) else ""
                raise LatexFailed(f"LaTeX cannot typeset {shown[:80]!r}: {answer.error}{comment}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(answer.svg)
        return target

    return tex_to_svg_file


def _ask(asks: int, answers: int, request: TexRequest) -> TexAnswer:
    data = framed(request)
    if len(data) > REQUEST_BYTES:
        raise LatexFailed(f"LaTeX source of {len(data)} bytes is too long; {REQUEST_BYTES} are allowed")
    try:
        while data:
            data = data[os.write(asks, data) :]
        return msgspec.msgpack.decode(_read(answers, length_of(_read(answers, HEAD))), type=TexAnswer)
    except OSError as error:
        raise LatexFailed(f"the LaTeX broker is gone ({error}); run the scene again") from None


def _read(fd: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = os.read(fd, count - len(data))
        if not piece:
            raise BrokenPipeError("it hung up")
        data += piece
    return data
