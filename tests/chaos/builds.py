"""Other builds of Lectern, as a PYTHONPATH that goes before the installed one: edited contracts, or a whole revision."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "libs" / "contracts" / "src" / "lectern" / "contracts"

_FIELDS = '    traceparent: str = ""\n\n\nclass SceneEvent('
_ADDED = (
    '    traceparent: str = ""\n'
    '    added_by_the_next_version: dict[str, int] = msgspec.field(default_factory=lambda: {"answer": 42})\n\n\n'
    "class SceneEvent("
)
_CLOCK = "    return datetime.now(UTC)\n"


def build_next(folder: Path) -> str:
    """A build whose every event has a field more, which it always writes."""
    return _edit_contracts(folder, _FIELDS, _ADDED)


def build_skewed(folder: Path, seconds: int) -> str:
    """A build whose clock is so many seconds ahead."""
    skewed = f"    from datetime import timedelta\n\n    return datetime.now(UTC) + timedelta(seconds={seconds})\n"
    return _edit_contracts(folder, _CLOCK, skewed)


def _edit_contracts(folder: Path, old: str, new: str) -> str:
    shutil.copytree(CONTRACTS, folder / "lectern" / "contracts", ignore=shutil.ignore_patterns("__pycache__"))
    events = folder / "lectern" / "contracts" / "events.py"
    source = events.read_text(encoding="utf-8")
    assert source.count(old) == 1, f"events.py has changed: it no longer has {old!r} once"
    events.write_text(source.replace(old, new), encoding="utf-8")
    return str(folder)


def find_earlier_revision() -> str:
    """The last release; where there is none yet, the state of a hundred commits ago."""
    described = _git("describe", "--tags", "--abbrev=0", "HEAD~1", check=False)
    return described or _git("rev-list", "--first-parent", "-n", "1", "--skip", "100", "HEAD")


def describe_revision(revision: str) -> str:
    """A revision in words: its tag if it has one, what it is and from when."""
    tag = _git("describe", "--tags", "--exact-match", revision, check=False)
    what = _git("log", "-1", "--format=%h of %cs (%s)", revision)
    return f"the release {tag}, {what}" if tag else f"{what}, which is no release"


@contextmanager
def build_revision(folder: Path, revision: str) -> Iterator[str]:
    """A build of another revision of this repository, checked out while the context lasts."""
    _git("worktree", "add", "--detach", str(folder), revision)
    try:
        sources = sorted(str(path) for place in ("libs", "services") for path in folder.glob(f"{place}/*/src"))
        yield os.pathsep.join(sources)
    finally:
        _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str, check: bool = True) -> str:
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip() if done.returncode == 0 else ""
