"""The public names of lectern.media are those in `__all__`, and other packages import no submodule."""

from __future__ import annotations

import re
from inspect import ismodule
from pathlib import Path

import lectern.media

ROOT = Path(__file__).parents[3]


def test_all_lists_exactly_what_the_package_exports() -> None:
    names = lectern.media.__all__
    public = {name for name, value in vars(lectern.media).items() if not name.startswith("_") and not ismodule(value)}
    assert sorted(public) == sorted(names)


def test_other_packages_import_no_submodule() -> None:
    own = ROOT / "libs/media"
    offenders = [
        str(path.relative_to(ROOT))
        for place in ("libs", "services")
        for path in (ROOT / place).rglob("*.py")
        if not path.is_relative_to(own) and "lectern.media." in path.read_text(encoding="utf-8")
    ]
    assert offenders == [], "export what is needed from lectern.media instead"


def test_one_module_alone_imports_ffmpeg_python() -> None:
    importing = [
        path.relative_to(ROOT).as_posix()
        for place in ("libs", "services", "tests", "bench", "scripts")
        for path in (ROOT / place).rglob("*.py")
        if re.search(r"^\s*(?:import ffmpeg|from ffmpeg)\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importing == ["libs/media/src/lectern/media/ffmpeg.py"]
