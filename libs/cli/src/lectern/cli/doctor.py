"""What this machine has of what Lectern uses, a line each, with the remedy for what is missing."""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from lectern.cli.machine.home import Home
from lectern.cli.machine.servers import program
from lectern.contracts.problems import ProblemError

FONTS = ("Inter", "Noto Sans", "Noto Sans Mono")
_LANDLOCK_CREATE_RULESET = 444  # the same on every architecture (Linux 5.13)
_LANDLOCK_VERSION = 1


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing looked at. `required`: without it no video is made."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    required: bool = True


def examine(home: Path) -> Iterator[Check]:
    """Every check, in the order a video meets them. Runs a few programs for their versions; changes nothing."""
    checks: tuple[Callable[[], Check], ...] = (
        _python,
        _ffmpeg,
        *(lambda font=font: _font(font) for font in FONTS),
        _east_asian,
        _espeak,
        _manim,
        _typst,
        _latex,
        _seccomp,
        _landlock,
        lambda: _server("NATS", "nats-server", "--version"),
        lambda: _server("store", "rclone", "version"),
        lambda: _home(home),
        _model,
    )
    for check in checks:
        yield check()


def _first_line(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).strip().splitlines()
    return lines[0] if lines and done.returncode == 0 else ""


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check(name="Python", ok=sys.version_info >= (3, 11), found=version, remedy="Install Python 3.11 or newer.")


def _ffmpeg() -> Check:
    remedy = "apt-get install ffmpeg"
    version = _first_line("ffmpeg", "-version")
    if not version or not shutil.which("ffprobe"):
        return Check(name="ffmpeg", ok=False, found="ffmpeg or ffprobe is missing", remedy=remedy)
    encoders = subprocess.run(["ffmpeg", "-hide_banner", "-encoders"], capture_output=True, text=True, check=False)
    missing = [name for name in ("libx264", "aac", "flac") if not re.search(rf"\s{name}\s", encoders.stdout)]
    found = " ".join(version.split()[:3]) + (f", without {', '.join(missing)}" if missing else "")
    return Check(name="ffmpeg", ok=not missing, found=found, remedy=f"{remedy} (a build with those encoders)")


def _font(family: str) -> Check:
    name = f"font {family}"
    remedy = "apt-get install fontconfig fonts-inter fonts-noto-core fonts-noto-mono"
    if not shutil.which("fc-list"):
        return Check(name=name, ok=False, found="fc-list is missing", remedy=remedy)
    listed = subprocess.run(["fc-list", "-q", family], capture_output=True, check=False)
    ok = listed.returncode == 0
    return Check(name=name, ok=ok, found="installed" if ok else "not installed", remedy=remedy)


def _east_asian() -> Check:
    """Letters of Chinese, Japanese and Korean, in scenes and in captions that are burned in."""
    found = _font("Noto Sans CJK SC")
    return msgspec.structs.replace(found, remedy="apt-get install fonts-noto-cjk", required=False)


def _module(name: str, module: str, remedy: str) -> Check:
    ok = importlib.util.find_spec(module) is not None
    return Check(name=name, ok=ok, found="installed" if ok else "not installed", remedy=remedy)


def _espeak() -> Check:
    return _module("espeak-ng", "espeakng_loader", "Run `make setup`: the locked packages bring it.")


def _manim() -> Check:
    return _module("manim", "manim", "Run `make setup`: the locked packages bring it.")


def _typst() -> Check:
    return _module("Typst", "typst", "Run `make setup`: manim[typst] brings it.")


def _latex() -> Check:
    found = _first_line("latex", "--version")
    ok = bool(found and shutil.which("dvisvgm"))
    remedy = "For MathTex in scenes: apt-get install texlive-latex-extra dvisvgm. Typst maths works without."
    return Check(
        name="LaTeX", ok=ok, found=found or "not installed (formulas use Typst)", remedy=remedy, required=False
    )


def _seccomp() -> Check:
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    kernel = actions.exists() and "kill_process" in actions.read_text()
    library = ctypes.util.find_library("seccomp")
    missing = [] if kernel else ["the kernel has no seccomp filters"]
    missing += [] if library else ["libseccomp is missing"]
    found = ", ".join(missing) or f"{library}, kernel filters"
    return Check(name="sandbox: seccomp", ok=not missing, found=found, remedy="apt-get install libseccomp2")


def _landlock() -> Check:
    """Asks the kernel for its Landlock version; a private mount namespace (root) does instead."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    if version > 0:
        return Check(name="sandbox: files", ok=True, found=f"Landlock version {version}")
    instead = os.geteuid() == 0
    found = "no Landlock" + ("; root can use a private mount namespace instead" if instead else "")
    return Check(
        name="sandbox: files",
        ok=instead,
        found=found,
        remedy="Use a kernel with Landlock (5.13; boot with lsm=landlock,…), or run the renderer as root.",
    )


def _server(name: str, command: str, version: str) -> Check:
    try:
        line = _first_line(program(command), version)
    except ProblemError as error:
        return Check(name=name, ok=False, found=error.problem.detail, remedy=error.problem.remedy)
    return Check(name=name, ok=bool(line), found=line or f"{command} does not start", remedy="Run `make setup`.")


def _home(path: Path) -> Check:
    home = Home.at(path).path
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    ok = os.access(nearest, os.W_OK)
    free = shutil.disk_usage(nearest).free / 1e9
    endpoint = Home.at(path).find()
    running = f", Lectern runs at {endpoint.url}" if endpoint else ""
    found = f"{home}: {free:.0f} GB free{running}" if ok else f"{home} cannot be written"
    remedy = "Name another folder in LECTERN_HOME." if not ok else "Free some space: a video takes up to 1 GB."
    return Check(name="home", ok=ok and free > 1.0, found=found, remedy=remedy)


def _model() -> Check:
    names = ("LECTERN_GEMINI_API_KEY", "GEMINI_API_KEY", "GOOGLE_API_KEY", "LECTERN_LLM_URL")
    found = next((name for name in names if os.environ.get(name)), "")
    return Check(
        name="model",
        ok=bool(found),
        found=f"{found} is set" if found else "none: finished lessons and Markdown work, other topics do not",
        remedy="Set GEMINI_API_KEY to make videos on any topic.",
        required=False,
    )
