"""`lectern doctor`: checks this machine's dependencies, and names the remedy for each that is missing."""

from __future__ import annotations

import ctypes
import ctypes.util
import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import msgspec
from pydantic import AliasChoices, SecretStr, ValidationError

from lectern.cli.runner.home import Home
from lectern.cli.runner.servers import find_program
from lectern.confinement.cell import find_layers
from lectern.contracts.problems import ProblemError
from lectern.llm import ModelSettings

_ENGINE_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "gemini": ("gemini_api_key",),
    "openai": ("openai_url", "openai_model"),
    "files": ("prompts",),
}
MIN_FREE_GB = 1.0
_RUN_SETUP = "Run `make setup`, which installs the locked packages."
FONTS = ("Inter", "Noto Sans", "Noto Sans Mono")
_LANDLOCK_CREATE_RULESET = 444  # the same on every architecture (Linux 5.13)
_LANDLOCK_VERSION = 1


class DependencyCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check. No video can be made without what is `required`."""

    name: str
    ok: bool
    found: str
    remedy: str = ""
    required: bool = True


def check_dependencies(home: Path) -> Iterator[DependencyCheck]:
    """Every check, in the order in which a video needs them. Runs programs to get their versions; changes nothing."""
    checks: tuple[Callable[[], DependencyCheck], ...] = (
        _check_python,
        _check_ffmpeg,
        *(functools.partial(_check_font, font) for font in FONTS),
        _check_east_asian_font,
        lambda: _check_module("espeak-ng", "espeakng_loader"),
        lambda: _check_module("manim", "manim"),
        lambda: _check_module("Typst", "typst"),
        _check_latex,
        _check_seccomp,
        _check_landlock,
        _check_cells,
        lambda: _check_server("NATS", "nats-server", "--version"),
        lambda: _check_server("store", "weed", "version"),
        lambda: _check_home(home),
        check_model,
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


def _check_python() -> DependencyCheck:
    version = ".".join(map(str, sys.version_info[:3]))
    return DependencyCheck(
        name="Python", ok=sys.version_info >= (3, 11), found=version, remedy="Install Python 3.11 or newer."
    )


def _check_ffmpeg() -> DependencyCheck:
    remedy = "apt-get install ffmpeg"
    version = _first_line("ffmpeg", "-version")
    if not version or not shutil.which("ffprobe"):
        return DependencyCheck(name="ffmpeg", ok=False, found="ffmpeg or ffprobe is missing", remedy=remedy)
    encoders = subprocess.run(["ffmpeg", "-hide_banner", "-encoders"], capture_output=True, text=True, check=False)
    missing = [name for name in ("libx264", "aac", "flac") if not re.search(rf"\s{name}\s", encoders.stdout)]
    found = " ".join(version.split()[:3]) + (f", without {', '.join(missing)}" if missing else "")
    return DependencyCheck(name="ffmpeg", ok=not missing, found=found, remedy=f"{remedy} (a build with those encoders)")


def _check_font(family: str) -> DependencyCheck:
    name = f"font {family}"
    remedy = "apt-get install fontconfig fonts-inter fonts-noto-core fonts-noto-cjk fonts-noto-mono"
    if not shutil.which("fc-list"):
        return DependencyCheck(name=name, ok=False, found="fc-list is missing", remedy=remedy)
    listed = subprocess.run(["fc-list", "-q", family], capture_output=True, check=False)
    ok = listed.returncode == 0
    return DependencyCheck(name=name, ok=ok, found="installed" if ok else "not installed", remedy=remedy)


def _check_east_asian_font() -> DependencyCheck:
    """The letters of Chinese, Japanese and Korean, in scenes and in burned-in captions."""
    check = _check_font("Noto Sans CJK SC")
    return msgspec.structs.replace(check, remedy="apt-get install fonts-noto-cjk", required=False)


def _check_module(name: str, module: str) -> DependencyCheck:
    ok = importlib.util.find_spec(module) is not None
    found = "installed" if ok else "not installed"
    return DependencyCheck(name=name, ok=ok, found=found, remedy=_RUN_SETUP)


def _check_latex() -> DependencyCheck:
    found = _first_line("latex", "--version")
    ok = bool(found and shutil.which("dvisvgm"))
    remedy = "Only for MathTex in scenes: apt-get install texlive-latex-extra dvisvgm."
    return DependencyCheck(
        name="LaTeX", ok=ok, found=found or "not installed (formulas use Typst)", remedy=remedy, required=False
    )


def _check_seccomp() -> DependencyCheck:
    actions = Path("/proc/sys/kernel/seccomp/actions_avail")
    kernel = actions.exists() and "kill_process" in actions.read_text()
    library = ctypes.util.find_library("seccomp")
    missing = [] if kernel else ["the kernel has no seccomp filters"]
    missing += [] if library else ["libseccomp is missing"]
    found = ", ".join(missing) or f"{library}, kernel filters"
    return DependencyCheck(name="sandbox: seccomp", ok=not missing, found=found, remedy="apt-get install libseccomp2")


def _check_landlock() -> DependencyCheck:
    """Asks the kernel for its Landlock version. As root, a private mount namespace replaces Landlock."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_LANDLOCK_VERSION))
    if version > 0:
        return DependencyCheck(name="sandbox: files", ok=True, found=f"Landlock version {version}")
    is_root = os.geteuid() == 0
    found = "no Landlock" + ("; root can use a private mount namespace instead" if is_root else "")
    return DependencyCheck(
        name="sandbox: files",
        ok=is_root,
        found=found,
        remedy="Use a kernel with Landlock (5.13; boot with lsm=landlock,…), or run the renderer as root.",
    )


def _check_cells() -> DependencyCheck:
    """Tries the layers that confine ffmpeg and the voices. Without one of them they run all the same."""
    states = find_layers().states
    missing = [f"{name} {state}" for name, state in states.items() if not state.startswith("active")]
    return DependencyCheck(
        name="cells of media programs",
        ok=not missing,
        found=", ".join(missing or states),
        remedy="Install libseccomp2, and use a kernel with Landlock; without them run no code from strangers.",
        required=False,
    )


def _check_server(name: str, command: str, version: str) -> DependencyCheck:
    try:
        line = _first_line(find_program(command), version)
    except ProblemError as error:
        return DependencyCheck(name=name, ok=False, found=error.problem.detail, remedy=error.problem.remedy)
    return DependencyCheck(name=name, ok=bool(line), found=line or f"{command} does not start", remedy=_RUN_SETUP)


def _check_home(path: Path) -> DependencyCheck:
    home = Home.at(path)
    nearest = next(folder for folder in (home.path, *home.path.parents) if folder.exists())
    if not os.access(nearest, os.W_OK):
        found, remedy = f"{home.path} is not writable", "Set LECTERN_HOME to another folder."
        return DependencyCheck(name="home", ok=False, found=found, remedy=remedy)
    free = shutil.disk_usage(nearest).free / 1e9
    endpoint = home.find()
    running = f", Lectern runs at {endpoint.url}" if endpoint else ""
    found = f"{home.path}: {free:.0f} GB free{running}"
    remedy = "Free some space: a video takes up to 1 GB."
    return DependencyCheck(name="home", ok=free > MIN_FREE_GB, found=found, remedy=remedy)


def check_model() -> DependencyCheck:
    """The settings of the model, as the services read them."""
    remedy = f"Set {_variable('gemini_api_key')}, or {_variable('openai_url')}, to make videos on any topic."
    try:
        settings = ModelSettings()
    except ValidationError as error:
        found = f"a setting is invalid: {error.errors()[0]['msg']}"
        return DependencyCheck(name="model", ok=False, found=found, remedy=remedy, required=False)
    engine = settings.engine()
    missing = [_variable(name) for name in _ENGINE_SETTINGS[engine] if not _is_set(settings, name)]
    if missing:
        found, remedy = f"{engine}, but {' and '.join(missing)} must be set", f"Set {' and '.join(missing)}."
    elif engine == "none":
        found = "none configured; bundled lessons and Markdown work, other topics do not"
    else:
        found = f"{engine} is configured"
    ok = engine != "none" and not missing
    return DependencyCheck(name="model", ok=ok, found=found, remedy=remedy, required=False)


def _variable(name: str) -> str:
    """The environment variable that sets a model setting."""
    alias = ModelSettings.model_fields[name].validation_alias
    return str(alias.choices[-1]) if isinstance(alias, AliasChoices) else f"LECTERN_{name.upper()}"


def _is_set(settings: ModelSettings, name: str) -> bool:
    value = getattr(settings, name)
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)
