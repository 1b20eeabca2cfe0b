"""A cell works with the layers that the machine has, and says which it lacks."""

from __future__ import annotations

import dataclasses
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from lectern.confinement import seccomp
from lectern.confinement.cell import (
    CELL_FAILED,
    Cell,
    CellLayers,
    CellLimits,
    build_launch,
    find_layers,
    list_python_paths,
)

CELL = Cell(readable=list_python_paths())
READ_A_SECRET = "print(open({path!r}).read())"
FORK = "import os; print(os.fork() >= 0)"


def start(code: str, layers: CellLayers, cell: Cell = CELL) -> subprocess.CompletedProcess[str]:
    argv, environment = build_launch(cell, [sys.executable, "-I", "-c", code], layers)
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=60, cwd="/")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("canary")
    return tmp_path / "secret"


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_an_older_kernel_s_landlock_protects_files_as_well(abi: int, secret: Path) -> None:
    layers = dataclasses.replace(find_layers(), landlock_abi=abi)
    assert "PermissionError" in start(READ_A_SECRET.format(path=str(secret)), layers).stderr


def test_a_program_runs_without_the_layers_that_a_machine_lacks(secret: Path) -> None:
    """A control as well: the layers are what protects."""
    without = CellLayers(landlock_abi=0, program=b"", states={})
    assert start(READ_A_SECRET.format(path=str(secret)), without).stdout == "canary\n"
    assert start(FORK, without).stdout == "True\nTrue\n"
    assert "PermissionError" in start(FORK, find_layers()).stderr


def test_a_cell_that_cannot_be_set_up_starts_nothing(secret: Path) -> None:
    broken = dataclasses.replace(find_layers(), program=b"\xff" * 8)
    done = start(READ_A_SECRET.format(path=str(secret)), broken)
    assert (done.returncode, done.stdout) == (CELL_FAILED, "")
    assert "its cell could not be set up" in done.stderr


def test_a_missing_library_is_reported_as_a_layer_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bytes:
        raise RuntimeError("Unable to find libseccomp")

    monkeypatch.setattr(seccomp, "build_program_without_processes", fail)
    layers = find_layers.__wrapped__()
    assert (layers.program, layers.states["seccomp"]) == (b"", "off: Unable to find libseccomp")
    assert layers.states["landlock"].startswith("active")


def test_limits_never_rise_above_those_of_the_caller() -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    high = dataclasses.replace(CELL, limits=CellLimits(open_files=1 << 30))
    _, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = highest if highest != resource.RLIM_INFINITY else 1 << 30
    assert start(code, find_layers(), high).stdout == f"({allowed}, {allowed})\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_crash_starts_no_program_that_dumps_are_piped_to() -> None:
    """With 0 the kernel starts it all the same: core(5)."""
    code = """
import resource
print(resource.getrlimit(resource.RLIMIT_CORE))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
"""
    done = start(code, find_layers())
    assert done.stdout == "(1, 1)\n"
    assert "Error" in done.stderr


def test_an_ordinary_user_gets_the_same_cell() -> None:
    code = "from lectern.confinement.cell import find_layers; print(dict(find_layers().states))"
    as_user = Path(__file__).parents[2] / "hostile/as_user.py"
    argv = [sys.executable, str(as_user), "20001", sys.executable, "-c", code]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == str(dict(find_layers().states)), done.stderr
