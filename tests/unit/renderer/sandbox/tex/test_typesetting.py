"""LaTeX in the broker: what it typesets, refuses and caches. `make setup` installs LaTeX."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.renderer.sandbox.tex.broker_rig import BrokerRig

from lectern.renderer.sandbox.tex.protocol import TexRequest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("latex") or not shutil.which("dvisvgm"), reason="LaTeX is not installed"),
]

CLASS = r"\documentclass[preview]{standalone}"


def write_document(body: str, preamble: str = r"\usepackage{amsmath}") -> str:
    return rf"{CLASS}{preamble}\begin{{document}}{body}\end{{document}}"


@pytest.fixture(params=[True, False], ids=["namespaces", "no-namespaces"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BrokerRig]:
    rig = BrokerRig(tmp_path, namespaces=request.param, max_landlock_abi=99 if request.param else 1, installed=True)
    yield rig
    rig.close()


def test_a_formula_is_typeset_as_svg_and_kept(rig: BrokerRig) -> None:
    first = rig.ask(write_document("$x^2$"))
    assert b"<path" in first.svg, first
    (kept,) = rig.folders["cache"].iterdir()
    kept.write_bytes(b"<svg>kept</svg>")
    assert rig.ask(write_document("$x^2$")).svg == b"<svg>kept</svg>"


def test_the_page_is_what_dvisvgm_draws_outside_the_broker(rig: BrokerRig, tmp_path: Path) -> None:
    """With all specials: leaving out PostScript changes nothing that manim writes, its own marks included."""
    formula = r"\special{dvisvgm:raw <g id='unique000'>}\frac{a}{b}\special{dvisvgm:raw </g>}+\sqrt{\color{red}x}"
    source = write_document(rf"\begin{{align*}}{formula}\end{{align*}}", r"\usepackage{amsmath}\usepackage{color}")
    (tmp_path / "page.tex").write_text(source)
    for command in (
        ["latex", "-interaction=batchmode", "page.tex"],
        ["dvisvgm", "--page=1", "--no-fonts", "--verbosity=3", "--output=page.svg", "page.dvi"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    assert rig.ask(source).svg == (tmp_path / "page.svg").read_bytes()


@pytest.mark.parametrize(
    ("preamble", "body", "drawn"),
    [
        (r"\usepackage{tikz}", r"\tikz \fill[red] (0,0) circle (1);", rb"fill='(red|#f00)'"),
        (r"\usepackage{graphicx}", r"\rotatebox{90}{turned}", rb"(rotate\(-?90|matrix)"),
        (r"\usepackage{xcolor}", r"\textcolor{red}{red}", rb"fill='(red|#f00)'"),
    ],
    ids=["tikz", "turned", "colour"],
)
def test_drawings_need_no_postscript(rig: BrokerRig, preamble: str, body: str, drawn: bytes) -> None:
    reply = rig.ask(write_document(body, preamble))
    assert re.search(drawn, reply.svg), reply


def test_postscript_is_never_run(rig: BrokerRig) -> None:
    reply = rig.ask(write_document(r"\special{ps: 0 0 moveto 99 99 lineto stroke}x"))
    assert reply.svg == rig.ask(write_document("x")).svg


def test_a_font_that_only_metafont_can_draw_is_drawn_or_named(rig: BrokerRig) -> None:
    """Metafont is a process of its own. A page without its glyphs would be worse than an error."""
    reply = rig.ask(write_document("Hello", r"\usepackage[T1]{fontenc}"))
    if rig.setup.namespaces or has_outlines():
        assert reply.svg.count(b"<path") >= 4, reply
    else:
        assert "no outlines of a font" in reply.error
        assert not reply.verdict


def has_outlines() -> bool:
    return bool(subprocess.run(["kpsewhich", "sfrm1000.pfb"], capture_output=True, timeout=30).stdout)


def test_an_unknown_command_is_named_and_remembered(rig: BrokerRig) -> None:
    reply = rig.ask(write_document("\n" + r"$\undefinedcommand$"))
    assert "Undefined control sequence" in reply.error
    assert "undefinedcommand" in reply.error
    assert reply.verdict


def test_an_endless_document_is_stopped_and_not_remembered(rig: BrokerRig) -> None:
    reply = rig.ask(write_document(r"\loop\iftrue\repeat"))
    assert "used more than 5 seconds of CPU time" in reply.error
    assert not reply.verdict


def test_a_document_that_writes_without_end_is_stopped_and_not_remembered(rig: BrokerRig) -> None:
    body = r"\newwrite\f\immediate\openout\f=x.txt \loop\immediate\write\f{" + "x" * 900 + r"}\iftrue\repeat"
    reply = rig.ask(write_document(body))
    assert reply.error
    assert not reply.verdict


@pytest.mark.parametrize("read", [r"\input{%s}", r"\openin5=%s \read5 to\l \l", r"\special{psfile=%s}"])
def test_a_document_cannot_read_the_host(rig: BrokerRig, tmp_path: Path, read: str) -> None:
    (tmp_path / "secret.tex").write_text("canary-in-the-host")
    reply = rig.ask(write_document(read % (tmp_path / "secret.tex")))
    assert b"canary" not in reply.svg
    assert "canary" not in reply.error


@pytest.mark.parametrize(("compiler", "output"), [("pdflatex", ".pdf"), ("latex", ".dvi")])
def test_a_template_for_pdf_is_typeset_without_a_pdf(rig: BrokerRig, compiler: str, output: str) -> None:
    reply = rig.send(TexRequest(source=write_document("$x$"), compiler=compiler, output=output))
    assert b"<path" in reply.svg, reply
