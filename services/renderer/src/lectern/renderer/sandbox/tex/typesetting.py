"""Typesets a LaTeX document as SVG. Each program has limits of its own and may write to a single folder."""

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

from lectern.confinement import kernel, landlock
from lectern.renderer.sandbox.job_folder import wipe_folder
from lectern.renderer.sandbox.tex.protocol import MAX_REPLY_BYTES, TexReply, TexRequest

MAX_CPU_SECONDS = 5  # a formula takes 0.3; only a loop takes longer
MAX_WALL_SECONDS = 10.0
_MAX_MEMORY_BYTES = 1 << 30
_MAX_FILE_BYTES = 16 << 20
_OUTPUT_FILE = "output.txt"
_PROGRAMS = ("/usr", "/lib", "/lib64", "/bin")
_DATA = ("/etc/texmf", "/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives", "/var/lib/texmf", "/var/lib/ghostscript")
_CACHES = ("/var/cache/fontconfig", "/var/cache/fonts")
# Not lualatex: Lua runs programs and reads files regardless of -no-shell-escape.
_COMPILERS = {("latex", ".dvi"), ("pdflatex", ".pdf"), ("xelatex", ".xdv"), ("xelatex", ".pdf")}


def build_rules() -> list[tuple[str, int]]:
    """Returns the Landlock rules of TeX: programs to run and data to read."""
    rules = [(path, landlock.READ | landlock.EXECUTE) for path in _PROGRAMS]
    rules += [(path, landlock.READ) for path in (*_DATA, *_CACHES, "/dev/urandom")]
    rules.append(("/dev/null", landlock.READ_FILE | landlock.WRITE_FILE))
    return rules


async def typeset(request: TexRequest, scratch: Path, landlock_abi: int) -> TexReply:
    """Runs LaTeX, then dvisvgm, in a fresh folder below `scratch`. Failures are reported in the reply."""
    if (request.compiler, request.output) not in _COMPILERS:
        allowed = ", ".join(sorted({compiler for compiler, _ in _COMPILERS}))
        return TexReply(error=f"the compiler {request.compiler!r} to {request.output!r} is not allowed; use {allowed}")
    folder = Path(tempfile.mkdtemp(dir=scratch))
    try:
        (folder / "page.tex").write_text(request.source, encoding="utf-8")
        latex: list[str] = [request.compiler, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
        if request.compiler == "xelatex":
            latex += ["-no-pdf"] if request.output == ".xdv" else []
        else:
            latex.append(f"-output-format={request.output[1:]}")
        failure = await _run([*latex, "page.tex"], folder, landlock_abi)
        if failure:
            return TexReply(error=_find_latex_error(folder / "page.log") or failure)
        pdf = ["--pdf"] if request.output == ".pdf" else []
        convert = ["dvisvgm", *pdf, "--page=1", "--no-fonts", "--verbosity=3", "--output=page.svg"]
        failure = await _run([*convert, f"page{request.output}"], folder, landlock_abi)
        svg = folder / "page.svg"
        if not svg.is_file() or svg.stat().st_size > MAX_REPLY_BYTES - 1024:
            return TexReply(error=failure or "nothing was typeset; a % comments out the rest of its line")
        return TexReply(svg=svg.read_bytes())
    finally:
        wipe_folder(folder)


async def _run(command: Sequence[str], folder: Path, landlock_abi: int) -> str:
    """Runs a program in the folder. Returns "" on success, or the reason of its failure."""
    try:
        process = _spawn(command, folder, landlock_abi)
    except FileNotFoundError:
        return f"{command[0]} is not installed; install texlive-latex-extra and dvisvgm, or use Typst: MathTypst"
    try:
        code = await asyncio.wait_for(_wait_for_exit(process), MAX_WALL_SECONDS)
    except TimeoutError:
        return f"{command[0]} took longer than {MAX_WALL_SECONDS:g} seconds"
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if code in (-signal.SIGKILL, -signal.SIGXCPU):
        return f"{command[0]} used more than {MAX_CPU_SECONDS} seconds of CPU time"
    text = (folder / _OUTPUT_FILE).read_bytes()[-400:].decode("utf-8", "replace").strip()
    return f"{command[0]} exited with status {code}: {text}" if code else ""


def _spawn(command: Sequence[str], folder: Path, landlock_abi: int) -> subprocess.Popen[bytes]:
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
    with open(folder / _OUTPUT_FILE, "wb") as output:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=_build_confinement(folder, landlock_abi),
        )


def _build_confinement(folder: Path, landlock_abi: int) -> Callable[[], None]:
    def confine() -> None:
        limits = {
            resource.RLIMIT_CPU: MAX_CPU_SECONDS,
            resource.RLIMIT_AS: _MAX_MEMORY_BYTES,
            resource.RLIMIT_FSIZE: _MAX_FILE_BYTES,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_NOFILE: 256,
        }
        for limit, value in limits.items():
            resource.setrlimit(limit, (value, value))
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        if landlock_abi:
            landlock.restrict(landlock_abi, [*build_rules(), (str(folder), landlock.READ_WRITE)])

    return confine


async def _wait_for_exit(process: subprocess.Popen[bytes]) -> int:
    loop = asyncio.get_running_loop()
    exited: asyncio.Future[None] = loop.create_future()
    pidfd = os.pidfd_open(process.pid)
    loop.add_reader(pidfd, exited.set_result, None)
    try:
        await exited
    finally:
        loop.remove_reader(pidfd)
        os.close(pidfd)
    return process.wait()


def _find_latex_error(log: Path) -> str:
    """Finds LaTeX's first error in its log, with the text where it stopped, as one line; "" if there is none."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    found = re.search(r"^! (.+?)$(?:.*?^(l\.\d+ .*?)$)?", text, re.M | re.S)
    if not found:
        return ""
    position = re.sub(r"^l\.\d+ ", "", found[2] or "").strip()
    return f"{found[1].strip()}{f' (at {position[-80:]})' if position else ''}"
