"""LaTeX in the broker: what it makes, what it refuses, what it remembers. Needs LaTeX."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from lectern.renderer.sandbox import landlock
from lectern.renderer.sandbox.broker import Broker, BrokerSetup
from lectern.renderer.sandbox.tex import TexRequest
from lectern.renderer.sandbox.typesetting import CPU_SECONDS, WALL_SECONDS, typeset

installed = all(shutil.which(program) for program in ("latex", "dvisvgm"))
needs_latex = pytest.mark.skipif(not installed, reason="LaTeX is not installed")


def document(body: str, compiler: str = "latex", output: str = ".dvi") -> TexRequest:
    source = r"\documentclass[preview]{standalone}\usepackage{amsmath}\begin{document}" + body + r"\end{document}"
    return TexRequest(source=source, compiler=compiler, output=output)


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    for name in ("cache", "scratch"):
        (tmp_path / name).mkdir()
    return Broker(BrokerSetup(folder=str(tmp_path), slots=2), landlock.abi())


async def test_a_compiler_that_runs_programs_is_refused(tmp_path: Path) -> None:
    answer = await typeset(document("$x$", "lualatex", ".pdf"), tmp_path, landlock.abi())
    assert "lualatex" in answer.error
    assert "use latex" in answer.error


@pytest.mark.skipif(installed, reason="LaTeX is installed")
async def test_without_latex_the_answer_names_what_to_install(tmp_path: Path) -> None:
    answer = await typeset(document("$x$"), tmp_path, landlock.abi())
    assert "install texlive" in answer.error
    assert list(tmp_path.iterdir()) == []


@needs_latex
async def test_a_formula_becomes_svg_and_is_remembered(broker: Broker, tmp_path: Path) -> None:
    first = await broker.answer(document("$x^2$"))
    assert b"<svg" in first.svg
    started = time.monotonic()
    assert await broker.answer(document("$x^2$")) == first
    assert time.monotonic() - started < 0.05
    assert list((tmp_path / "scratch").iterdir()) == []


@needs_latex
async def test_an_unknown_command_is_named(broker: Broker) -> None:
    answer = await broker.answer(document(r"$\undefinedcommand$"))
    assert "Undefined control sequence" in answer.error
    assert "undefinedcommand" in answer.error


@needs_latex
@pytest.mark.slow
async def test_an_endless_document_is_stopped(broker: Broker) -> None:
    started = time.monotonic()
    answer = await broker.answer(document(r"\loop\iftrue\repeat"))
    assert f"more than {CPU_SECONDS} seconds" in answer.error or f"longer than {WALL_SECONDS:g}" in answer.error
    assert time.monotonic() - started < WALL_SECONDS + 5


@needs_latex
@pytest.mark.parametrize("read", [r"\input{%s}", r"\openin5=%s \read5 to\l \l", r"\special{psfile=%s}"])
async def test_a_document_cannot_read_the_host(broker: Broker, tmp_path: Path, read: str) -> None:
    (tmp_path / "secret.tex").write_text("canary-in-the-host")
    answer = await broker.answer(document(read % (tmp_path / "secret.tex")))
    assert b"canary" not in answer.svg
    assert "canary" not in answer.error
