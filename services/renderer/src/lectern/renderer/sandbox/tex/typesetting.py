"""Typesets a LaTeX document as SVG, in a folder of its own: LaTeX, then dvisvgm, each a guarded program."""

from __future__ import annotations

import os
import re
import signal
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from lectern.confinement import landlock
from lectern.renderer.sandbox.job_folder import OutputRefused, open_output, wipe_folder
from lectern.renderer.sandbox.tex.guarded_program import (
    OUTPUT_FILE,
    ProgramCell,
    ProgramEnd,
    ProgramLimits,
    run_program,
)
from lectern.renderer.sandbox.tex.protocol import MAX_REPLY_BYTES, TexReply, TexRequest

SYSTEM_PROGRAMS = ("/usr/local/bin", "/usr/bin", "/bin")
_INSTALLED = ("/usr", "/lib", "/lib64", "/bin")
_DATA = ("/etc/texmf", "/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives", "/var/lib/texmf")
_CACHES = ("/var/cache/fontconfig", "/var/cache/fonts")
_DEVICES = ("/dev/urandom", "/dev/zero")
# A page as PDF would need Ghostscript, the largest program by far. The same engine's DVI has the same outlines.
# Not lualatex: Lua runs programs and reads files regardless of -no-shell-escape.
_COMPILERS = {
    ("latex", ".dvi"): ("-output-format=dvi", ".dvi"),
    ("pdflatex", ".pdf"): ("-output-format=dvi", ".dvi"),
    ("xelatex", ".xdv"): ("-no-pdf", ".xdv"),
    ("xelatex", ".pdf"): ("-no-pdf", ".xdv"),
}
# Without Ghostscript, colours, turned boxes and TikZ have to come as dvisvgm's own specials. On the first line, so that
# the lines of the document keep their numbers.
_DRIVERS = r"\def\pgfsysdriver{pgfsys-dvisvgm.def}" + "".join(
    rf"\PassOptionsToPackage{{dvisvgm}}{{{package}}}" for package in ("graphics", "graphicx", "color", "xcolor")
)
_MAX_LOG_BYTES = 1 << 20
_MAX_WARNING = 300  # characters of a line that dvisvgm printed; its own have under 120
_MAX_ERROR = 2000  # characters; refusals are remembered, and an author reads them


class Typesetter(msgspec.Struct, frozen=True, kw_only=True):
    """What typesetting works with: the cell around programs, their limits, and the folders they are searched in."""

    cell: ProgramCell
    programs: tuple[str, ...] = SYSTEM_PROGRAMS
    limits: ProgramLimits = ProgramLimits()

    def lower_priority(self, nice: int) -> Typesetter:
        """Returns the same with programs of that priority, from 0 to 19, which is the lowest."""
        return msgspec.structs.replace(self, limits=msgspec.structs.replace(self.limits, nice=nice))


def build_rules(programs: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Returns the Landlock rules of TeX: programs to run and data to read."""
    rules = [(path, landlock.READ | landlock.EXECUTE) for path in dict.fromkeys((*_INSTALLED, *programs))]
    rules += [(path, landlock.READ) for path in (*_DATA, *_CACHES, *_DEVICES)]
    rules.append(("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE))
    return tuple(rules)


async def typeset(request: TexRequest, scratch: Path, typesetter: Typesetter) -> tuple[TexReply, float]:
    """Typesets the document in a fresh folder below `scratch`. Failures are reported in the reply.

    Returns the reply and the seconds that the programs computed. Raises OSError when the disk is full.
    """
    if (request.compiler, request.output) not in _COMPILERS:
        allowed = ", ".join(sorted({compiler for compiler, _ in _COMPILERS}))
        asked = f"{request.compiler[:20]!r} to {request.output[:20]!r}"
        error = f"the compiler {asked} is not allowed; use {allowed}"
        return TexReply(error=error, verdict=True), 0.0
    ends: list[ProgramEnd] = []
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=scratch))
    try:
        reply = await _typeset_in(folder, request, typesetter, ends)
        return reply, sum(end.cpu_seconds for end in ends)
    finally:
        wipe_folder(folder)


async def _typeset_in(folder: Path, request: TexRequest, typesetter: Typesetter, ends: list[ProgramEnd]) -> TexReply:
    option, suffix = _COMPILERS[request.compiler, request.output]
    (folder / "page.tex").write_text(_DRIVERS + request.source, encoding="utf-8")
    latex = [request.compiler, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", option, "page.tex"]
    ends.append(end := await _run(latex, folder, typesetter))
    log = _read_text(folder, "page.log")
    if end.stopped or end.exit_code:
        said = _find_latex_error(log) if end.exit_code == 1 and not end.stopped else ""
        error = said or _describe_failure(request.compiler, end, folder, typesetter)
        return TexReply(error=error[:_MAX_ERROR], verdict=bool(said))
    if _has_ended(log) and "No pages of output" in log:
        return TexReply(error="nothing was typeset; a % comments out the rest of its line", verdict=True)
    convert = ["dvisvgm", "--page=1", "--no-fonts", "--no-specials=ps", "--verbosity=3", "--output=page.svg"]
    ends.append(end := await _run([*convert, f"page{suffix}"], folder, typesetter))
    try:
        svg = _read_bytes(folder, "page.svg", MAX_REPLY_BYTES - 1024)
    except OutputRefused as refused:
        svg, fault = b"", str(refused)
    else:
        fault = "" if svg.rstrip().endswith(b"</svg>") else "page.svg is not complete"
    failure = _describe_failure("dvisvgm", end, folder, typesetter)
    if not failure and (font := _find_missing_font(_read_text(folder, OUTPUT_FILE))):
        failure = f"dvisvgm has no outlines of a font ({font}); install cm-super, or use another font or encoding"
    if failure or fault:
        return TexReply(error=failure or f"dvisvgm drew no page ({fault}); run the scene again")
    return TexReply(svg=svg)


async def _run(command: Sequence[str], folder: Path, typesetter: Typesetter) -> ProgramEnd:
    environment = {
        "PATH": ":".join(typesetter.programs),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TEXMFVAR": str(folder),
        "TEXMFOUTPUT": ".",
        "openin_any": "p",  # TeX's own rule: no absolute and no parent paths
        "openout_any": "p",
        "shell_escape": "f",
        "LANG": "C.UTF-8",
    }
    return await run_program(command, environment, folder, typesetter.cell, typesetter.limits)


def _describe_failure(program: str, end: ProgramEnd, folder: Path, typesetter: Typesetter) -> str:
    """Says why a program failed and what to do, where TeX itself has said nothing; "" if it did not fail."""
    limits = typesetter.limits
    match end.stopped:
        case "wall":
            return (
                f"{program} took longer than {limits.wall_seconds:g} seconds, {end.cpu_seconds:g} of them computing; "
                "run the scene again when the machine is less busy"
            )
        case "disk":
            return f"{program} wrote more than {limits.folder_bytes >> 20} MB; let the formula write less"
        case "failed" if "FileNotFoundError" in end.detail:
            packages = "texlive-xetex" if program == "xelatex" else "texlive-latex-extra and dvisvgm"
            return f"{program} is not installed; install {packages}, or use Typst: MathTypst"
        case "failed":
            return f"{program} could not be run ({end.detail}); run the scene again"
    if end.exit_code in (-signal.SIGKILL, -signal.SIGXCPU):
        if end.cpu_seconds > limits.cpu_seconds / 2:  # the kernel limits by ticks, 15 % from the time it reports
            return f"{program} used more than {limits.cpu_seconds} seconds of CPU time; simplify the formula"
        return f"{program} was killed, most likely because memory ran out; run the scene again"
    printed = _read_text(folder, OUTPUT_FILE)[-400:].strip()
    return f"{program} exited with status {end.exit_code}: {printed}" if end.exit_code else ""


def _read_bytes(folder: Path, name: str, max_bytes: int) -> bytes:
    """Reads a file that a program may have made. Raises OutputRefused unless it is a plain one of that size."""
    folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with open(open_output(folder_fd, name, max_bytes), "rb") as file:
            return file.read(max_bytes)
    finally:
        os.close(folder_fd)


def _read_text(folder: Path, name: str) -> str:
    try:
        return _read_bytes(folder, name, _MAX_LOG_BYTES).decode("utf-8", "replace")
    except OutputRefused:
        return ""


def _find_missing_font(printed: str) -> str:
    """Finds dvisvgm's warning of a font that it cannot draw, or "": it leaves out the glyphs and reports success.

    Fonts without outlines are traced from what Metafont draws, which is a process that may be refused or killed.
    """
    for line in printed.splitlines():
        # A line of any length takes the pattern time with the square of it, and everybody's formulas wait.
        warning = line[:_MAX_WARNING]
        found = re.match(r"WARNING: (failed to create \S+\.gf|.*\bfont\b.*(?:not|can't) .*)", warning)
        if found:
            return found[1]
    return ""


def _has_ended(log: str) -> bool:
    """Checks that TeX has written its log to the end: a full disk cuts it."""
    return re.search(r"^(No pages of output\.|Output written on )", log[-1000:], re.M) is not None


def _find_latex_error(log: str) -> str:
    """Finds LaTeX's first error in its log, with the text where it stopped, as one line; "" if it said nothing.

    What TeX says about files that it cannot write is not about the source.
    """
    found = re.search(r"^! (.+?)$(?:.*?^(l\.\d+ .*?)$)?", log, re.M | re.S)
    if not found or not _has_ended(log) or "can't write" in found[1]:
        return ""
    position = re.sub(r"^l\.\d+ ", "", found[2] or "").strip()
    return f"{found[1].strip()}{f' (at {position[-80:]})' if position else ''}"
