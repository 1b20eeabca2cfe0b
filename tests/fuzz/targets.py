"""What is fuzzed: each target takes bytes, and raises for an input that breaks a promise.

A target lets pass the exceptions that its parser documents; any other is a finding, as is an `assert` that fails.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from pydantic import ValidationError

from fuzz.message_targets import MESSAGE_TARGETS
from fuzz.target import Target, split_words
from fuzz.upload_targets import UPLOAD_TARGETS
from lectern.coder.codegen.fixes import fix_code
from lectern.coder.codegen.reference import ManimReference
from lectern.coder.templates.phrases import key_phrase
from lectern.contracts import plain_text
from lectern.contracts.problems import ProblemError
from lectern.contracts.script import Script
from lectern.gateway.json_body import parse_json_body
from lectern.gateway.refusals import Refusal
from lectern.gateway.schemas import CancelRequest, DubRequest, RedoRequest, VideoRequest
from lectern.gateway.schemas.requests import SentDocument
from lectern.gateway.script_input import check_script, parse_json
from lectern.language.sentences import sentence_spans
from lectern.language.slugs import slug
from lectern.language.splitting import split_text
from lectern.language.words import count_words, fold
from lectern.markdown import images, narration, parse, render
from lectern.markdown.inline import render_image
from lectern.media import FootageRefused, check_footage
from lectern.renderer.sandbox.job_folder import OutputRefused, read_result
from lectern.scripter.dubbing.code_texts import find_texts, replace_texts
from lectern.scripter.scriptwriting.plain_text import strip_markup

_REFERENCE = ManimReference(manim="0", names={"Circle": "()", "Create": "()"}, methods={}, added={}, kit=("Flow",))


def check_lesson(data: bytes) -> None:
    """Markdown is read or refused; what was read is rendered and read again without loss."""
    text = data.decode("utf-8", "replace")
    for read in (images, narration):
        with contextlib.suppress(ProblemError):
            read(text)
    script = _accept(parse, text)
    if script is None:
        return
    again = parse(render(script))
    assert again == script, "a script that does not survive Markdown"


def _accept(read: Callable[[str], Script], text: str) -> Script | None:
    try:
        return read(text)
    except ProblemError as error:
        problem = error.problem
    if not (problem.detail and problem.remedy):
        raise AssertionError("a problem without words or remedy")
    return None


def check_picture_names(data: bytes) -> None:
    """A name that the API takes is one that Markdown writes and reads, and that a file in a folder can have."""
    names = data.decode("utf-8", "surrogateescape").split("\n")[:8]
    try:
        sent = SentDocument.model_validate({"markdown": "# A", "assets": dict.fromkeys(names, "0" * 64)})
    except ValidationError:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in sent.assets:
            file = Path(folder, "assets", name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(b"")
            assert file.resolve().is_relative_to(Path(folder).resolve()), "a picture outside its folder"
    for name in sent.assets:
        if name == plain_text.clean_line(name) and name == " ".join(name.split()):
            assert [each for _, each in images(render_image(name, "x"))] == [name], "a name that Markdown changes"


def check_request(data: bytes) -> None:
    """A body is refused with a Refusal or a validation error; what is accepted can be stored and sent."""
    for model in (VideoRequest, DubRequest, RedoRequest, CancelRequest):
        try:
            accepted = model.model_validate(parse_json_body(data))
        except (Refusal, ValidationError):
            continue
        accepted.model_dump_json().encode()
    try:
        script = parse_json(data).script
        check_script(script)
    except (Refusal, ValidationError):
        return
    msgspec.json.encode(script)


def check_film(data: bytes) -> None:
    """A film is accepted box by box or refused."""
    try:
        tables = check_footage(io.BytesIO(data))
    except FootageRefused:
        return
    assert b"moov" in data, tables


def check_result(data: bytes) -> None:
    """A result file is read or refused; what was read can be sent on."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "result.json").write_bytes(data)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            result = read_result(descriptor)
        except OutputRefused:
            return
        finally:
            os.close(descriptor)
    msgspec.json.encode(result)
    for text in _find_texts(msgspec.to_builtins(result)):
        assert plain_text.clean_text(text) == text, "control characters on their way to a terminal"


def _find_texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _find_texts(item)
        case dict():
            for name, item in value.items():
                yield from (*_find_texts(name), *_find_texts(item))


def check_text(data: bytes) -> None:
    """Cleaning is idempotent; nothing but space is lost in splitting; a phrase is one line."""
    text = data.decode("utf-8", "surrogateescape")
    text = text if len(text) < 20_000 else text[:20_000]
    cleaned = plain_text.clean_text(text)
    assert plain_text.clean_text(cleaned) == cleaned, "cleaning twice changes more"
    cleaned.encode()
    with contextlib.suppress(ValueError):
        normalized = plain_text.normalize_text(cleaned, lines=True)
        assert plain_text.normalize_text(normalized, lines=True) == normalized, "normalising twice changes more"
    stripped = strip_markup(cleaned)
    assert strip_markup(stripped) == stripped, "stripping markup twice changes more"
    spoken = "".join(cleaned[start:end] for start, end in sentence_spans(cleaned))
    assert "".join(spoken.split()) == "".join(cleaned.split()), "sentences lose text"
    pieces = "".join(piece.text for piece in split_text(cleaned, lambda part: len(part) <= 80))
    assert "".join(pieces.split()) == "".join(cleaned.split()), "pieces lose text"
    assert "\n" not in key_phrase(cleaned)
    assert "/" not in slug(cleaned, "x")
    count_words(cleaned)
    fold(cleaned)


def check_code(data: bytes) -> None:
    """Code is fixed or left alone; replacing no text changes nothing."""
    code = data.decode("utf-8", "replace").replace("\r", "")
    fix_code(code, _REFERENCE)
    texts = find_texts(code)
    assert replace_texts(code, {each: each for each in texts.screen}, {}) == code, "a text replaced by itself"


_MARKDOWN = split_words(
    "## # --- ``` ~~~ ```manim ```chart ```flow ```equation ```timeline ```comparison ```table ```python | |- -|- : - * ** _ __ "
    "` [ ] ( ) ![ ]( [a]: <!-- --> <!--say: <div> < > &amp; &# \\ $ $$ > - 1. title: language: symbol: pronounce: "
    "source: import a .a f\"{a}\" -> \ufeff \u202e \u0301 中 。 👩\u200d \x00 \r\n \t"
)  # fmt: skip
_JSON = split_words(
    '{ } [ ] , : " "topic": "document": "markdown": "assets": "options": "title": "scenes": "beats": "text": "visual": '
    '"kind": "manim" "source": \\ud800 \\u0000 1e999 -0 null true NaN 0.5 "quality": "language": "de" "draft"'
)

TARGETS = {
    target.name: target
    for target in (
        # A document over 10,000 bytes is read in a child process with 20 CPU seconds: it must be linear, not fast.
        Target(
            name="lesson",
            check=check_lesson,
            tokens=_MARKDOWN,
            max_bytes=30_000,
            cpu_per_byte=200e-6,
            memory=400 * 1024**2,
        ),
        Target(
            name="names",
            check=check_picture_names,
            tokens=split_words("a / .. . ./ % %00 é \\ \x00 \u202e .png ( ) [ ] < > & * _ ` # ? : é́"),
            max_bytes=4_000,
        ),
        Target(name="request", check=check_request, tokens=_JSON),
        Target(
            name="film",
            check=check_film,
            tokens=(
                b"ftyp",
                b"moov",
                b"mdat",
                b"free",
                b"trak",
                b"stsz",
                b"stco",
                b"dref",
                b"url ",
                b"\0" * 4,
                b"\xff" * 4,
                b"\0\0\0\x01",
            ),
        ),
        Target(
            name="result",
            check=check_result,
            tokens=split_words(
                '{ } [ ] , : " "ok": "beats": "findings": "error": "frames": \\u001b \\ud800 1e999 true null -1'
            ),
        ),
        Target(name="text", check=check_text, tokens=_MARKDOWN, max_bytes=40_000, cpu=2.0, cpu_per_byte=200e-6),
        Target(
            name="code",
            check=check_code,
            tokens=split_words(
                'import .a a f"{a}" ( ) [ ] { } "ab" \' """ \\ : class def Scene Axes( x_min=0, x_max=1 .at( lambda - not # 9 0x “ ” −'
            ),
            max_bytes=20_000,
        ),
        *MESSAGE_TARGETS,
        *UPLOAD_TARGETS,
    )
}
