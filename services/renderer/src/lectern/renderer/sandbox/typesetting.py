"""One LaTeX document to one SVG, by programs that run under limits of their own and may write in one folder only."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from lectern.renderer.sandbox import kernel, landlock
from lectern.renderer.sandbox.folder import wipe
from lectern.renderer.sandbox.tex import ANSWER_BYTES, TexAnswer, TexRequest

CPU_SECONDS = 5  # a formula takes 0.3; only a loop takes longer
WALL_SECONDS = 10.0
_MEMORY = 1 << 30
_FILE = 16 << 20
_PROGRAMS = ("/usr", "/lib", "/lib64", "/bin")
_DATA = ("/etc/texmf", "/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives", "/var/lib/texmf", "/var/lib/ghostscript")
_CACHES = ("/var/cache/fontconfig", "/var/cache/fonts")
# lualatex is not among them: Lua runs programs and reads files whatever -no-shell-escape says.
_COMPILERS = {("latex", ".dvi"), ("pdflatex", ".pdf"), ("xelatex", ".xdv"), ("xelatex", ".pdf")}


def readable() -> list[tuple[str, int]]:
    """Landlock rules for TeX: programs to run, data to read."""
    rules = [(path, landlock.READ | landlock.EXECUTE) for path in _PROGRAMS]
    rules += [(path, landlock.READ) for path in (*_DATA, *_CACHES, "/dev/urandom")]
    rules.append(("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE))
    return rules


async def typeset(request: TexRequest, scratch: Path, abi: int) -> TexAnswer:
    """Runs LaTeX, then dvisvgm, in a fresh folder below `scratch`; an answer in words for everything that fails."""
    if (request.compiler, request.output) not in _COMPILERS:
        known = ", ".join(sorted({compiler for compiler, _ in _COMPILERS}))
        return TexAnswer(error=f"the compiler {request.compiler!r} to {request.output!r} is not allowed; use {known}")
    folder = Path(tempfile.mkdtemp(dir=scratch))
    try:
        (folder / "page.tex").write_text(request.source, encoding="utf-8")
        latex: list[str] = [request.compiler, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        if request.compiler == "xelatex":
            latex += ["-no-pdf"] if request.output == ".xdv" else []
        else:
            latex.append(f"-output-format={request.output[1:]}")
        failure = await _run([*latex, "page.tex"], folder, abi)
        if failure:
            return TexAnswer(error=_latex_error(folder / "page.log") or failure)
        pdf = ["--pdf"] if request.output == ".pdf" else []
        convert = ["dvisvgm", *pdf, "--page=1", "--no-fonts", "--verbosity=3", "--output=page.svg"]
        failure = await _run([*convert, f"page{request.output}"], folder, abi)
        svg = folder / "page.svg"
        if not svg.is_file() or svg.stat().st_size > ANSWER_BYTES - 1024:
            return TexAnswer(error=failure or "nothing was typeset; a % comments out the rest of its line")
        return TexAnswer(svg=svg.read_bytes())
    finally:
        wipe(folder)


async def _run(command: Sequence[str], folder: Path, abi: int) -> str:
    """Runs a program in the folder; "" when it ended well, or why not."""
    try:
        process = _spawn(command, folder, abi)
    except FileNotFoundError:
        return f"{command[0]} is not installed; install texlive-latex-extra and dvisvgm, or use Typst: MathTypst"
    try:
        code = await asyncio.wait_for(_ended(process), WALL_SECONDS)
    except TimeoutError:
        return f"{command[0]} took longer than {WALL_SECONDS:g} seconds"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        return f"{command[0]} took more than {CPU_SECONDS} seconds of computing"
    text = (folder / "said").read_bytes()[-400:].decode("utf-8", "replace").strip()
    return f"{command[0]} ended with status {code}: {text}" if code else ""


def _spawn(command: Sequence[str], folder: Path, abi: int) -> subprocess.Popen[bytes]:
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TEXMFVAR": str(folder),
        "TEXMFOUTPUT": ".",
        "openin_any": "p",  # TeX's own rule: no absolute and no parent paths
        "openout_any": "p",
        "shell_escape": "f",
        "LANG": "C.UTF-8",
    }
    with open(folder / "said", "wb") as said:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
            preexec_fn=_confined_to(folder, abi),
        )


def _confined_to(folder: Path, abi: int) -> Callable[[], None]:
    def confine() -> None:
        limits = {
            resource.RLIMIT_CPU: CPU_SECONDS,
            resource.RLIMIT_AS: _MEMORY,
            resource.RLIMIT_FSIZE: _FILE,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: 256,
        }
        for which, value in limits.items():
            resource.setrlimit(which, (value, value))
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if abi:
            landlock.restrict(abi, [*readable(), (str(folder), landlock.OWN)])

    return confine


async def _ended(process: subprocess.Popen[bytes]) -> int:
    loop = asyncio.get_running_loop()
    gone: asyncio.Future[None] = loop.create_future()
    pidfd = os.pidfd_open(process.pid)
    loop.add_reader(pidfd, gone.set_result, None)
    try:
        await gone
    finally:
        loop.remove_reader(pidfd)
        os.close(pidfd)
    return process.wait()


def _latex_error(log: Path) -> str:
    """LaTeX's first complaint with the line it stopped at, as one line."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"^! (.+?)$(?:.*?^(l\.\d+ .*?)$)?", text, re.M | re.S)
    if not found:
        return ""
    where = re.sub(r"^l\.\d+ ", "", found[2] or "").strip()
    return f"{found[1].strip()}{f' (at {where[-80:]})' if where else ''}"
