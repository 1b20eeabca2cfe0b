"""LaTeX in the broker: what it typesets, refuses and caches. Requires LaTeX."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from lectern.confinement import landlock
from lectern.renderer.sandbox.tex.broker import BrokerSetup, TexBroker
from lectern.renderer.sandbox.tex.protocol import TexRequest
from lectern.renderer.sandbox.tex.typesetting import MAX_CPU_SECONDS, MAX_WALL_SECONDS, typeset

installed = all(shutil.which(program) for program in ("latex", "dvisvgm"))
needs_latex = pytest.mark.skipif(not installed, reason="LaTeX is not installed")


def document(body: str, compiler: str = "latex", output: str = ".dvi") -> TexRequest:
    source = r"\documentclass[preview]{standalone}\usepackage{amsmath}\begin{document}" + body + r"\end{document}"
    return TexRequest(source=source, compiler=compiler, output=output)


@pytest.fixture
def broker(tmp_path: Path) -> TexBroker:
    for name in ("cache", "scratch"):
        (tmp_path / name).mkdir()
    return TexBroker(BrokerSetup(folder=str(tmp_path), slots=2), landlock.read_abi_version())


async def test_a_compiler_that_runs_programs_is_refused(tmp_path: Path) -> None:
    reply = await typeset(document("$x$", "lualatex", ".pdf"), tmp_path, landlock.read_abi_version())
    assert "lualatex" in reply.error
    assert "use latex" in reply.error


@pytest.mark.skipif(installed, reason="LaTeX is installed")
async def test_without_latex_the_reply_names_the_packages_to_install(tmp_path: Path) -> None:
    reply = await typeset(document("$x$"), tmp_path, landlock.read_abi_version())
    assert "install texlive" in reply.error
    assert list(tmp_path.iterdir()) == []


@needs_latex
async def test_a_formula_is_typeset_as_svg_and_cached(broker: TexBroker, tmp_path: Path) -> None:
    first = await broker.typeset(document("$x^2$"))
    assert b"<svg" in first.svg
    started = time.monotonic()
    assert await broker.typeset(document("$x^2$")) == first
    assert time.monotonic() - started < 0.05
    assert list((tmp_path / "scratch").iterdir()) == []


@needs_latex
async def test_an_unknown_command_is_named(broker: TexBroker) -> None:
    reply = await broker.typeset(document(r"$\undefinedcommand$"))
    assert "Undefined control sequence" in reply.error
    assert "undefinedcommand" in reply.error


@needs_latex
@pytest.mark.slow
async def test_an_endless_document_is_stopped(broker: TexBroker) -> None:
    started = time.monotonic()
    reply = await broker.typeset(document(r"\loop\iftrue\repeat"))
    assert f"more than {MAX_CPU_SECONDS} seconds" in reply.error or f"longer than {MAX_WALL_SECONDS:g}" in reply.error
    assert time.monotonic() - started < MAX_WALL_SECONDS + 5


@needs_latex
@pytest.mark.parametrize("read", [r"\input{%s}", r"\openin5=%s \read5 to\l \l", r"\special{psfile=%s}"])
async def test_a_document_cannot_read_the_host(broker: TexBroker, tmp_path: Path, read: str) -> None:
    (tmp_path / "secret.tex").write_text("canary-in-the-host")
    reply = await broker.typeset(document(read % (tmp_path / "secret.tex")))
    assert b"canary" not in reply.svg
    assert "canary" not in reply.error
