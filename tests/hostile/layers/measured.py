"""What was measured: the file beside this module, which whole runs and parts of one add to, and the table made of it."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TypeAlias

import msgspec
from hostile.layers.attacks import ATTACKS
from hostile.layers.settings import LAYERS, NEEDS, Setting, list_settings
from hostile.monitored_pool import SCENES

FILE = Path(__file__).with_name("measured.json")
REPOSITORY = Path(__file__).resolve().parents[3]
PAGE = REPOSITORY / "docs/security.md"

BEGIN, END = "<!-- layers -->", "<!-- end of layers -->"

_SANDBOX = "services/renderer/src/lectern/renderer/sandbox/"
_CONFINEMENT = "libs/confinement/src/lectern/confinement/"
CODE = {
    "seccomp": (f"{_SANDBOX}layers/system_calls.py", f"{_CONFINEMENT}seccomp.py"),
    "landlock": (f"{_SANDBOX}layers/confinement.py", f"{_CONFINEMENT}landlock.py"),
    "namespaces": (f"{_SANDBOX}layers/namespaces.py",),
    "tmpfs": (f"{_SANDBOX}layers/job_filesystem.py", f"{_SANDBOX}disk_usage.py"),
    "uid": (f"{_SANDBOX}layers/job_users.py",),
    "rlimits": (f"{_SANDBOX}layers/rlimits.py",),
    "inheritance": (f"{_SANDBOX}layers/confinement.py",),
    "watcher": tuple(f"{_SANDBOX}{name}.py" for name in ("watcher", "job_clock", "disk_usage", "processor_demand")),
    "output": tuple(f"{_SANDBOX}{name}.py" for name in ("verification", "job_folder", "probe")),
}
"""The files that a layer is made of: when one has changed, what was measured of it is tried again."""


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a scene did harm, and a digest `of` that scene and of the layers that it met."""

    harm: bool
    of: str


Results: TypeAlias = dict[str, dict[str, dict[str, Measured]]]
"""What was measured by user, setting and scene."""


def read_measured() -> Results:
    """Reads what was measured so far."""
    return _parse(FILE.read_text()) if FILE.exists() else {}


def record(setting: Setting, scene: str, harm: list[str]) -> None:
    """Adds a result. Several runs may do so at once."""
    with open(FILE, "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        results = _parse(file.read())
        result = Measured(harm=bool(harm), of=digest_attack(setting, scene))
        results.setdefault(setting.user, {}).setdefault(setting.name, {})[scene] = result
        file.truncate(0)
        file.write(format_results(results))


def _parse(text: str) -> Results:
    return {
        user: {
            name: {scene: Measured(harm=told[:5] == "harm ", of=told[5:]) for scene, told in scenes.items()}
            for name, scenes in settings.items()
        }
        for user, settings in json.loads(text or "{}").items()
    }


def format_results(results: Results) -> str:
    """Formats results as JSON, of which each is a line: "held" or "harm", and the digest."""
    told = {
        user: {
            name: {scene: f"{'harm' if each.harm else 'held'} {each.of}" for scene, each in scenes.items()}
            for name, scenes in settings.items()
        }
        for user, settings in results.items()
    }
    return json.dumps(told, indent=0, sort_keys=True) + "\n"


def digest_attack(setting: Setting, scene: str) -> str:
    """Returns a digest of the scene and of the code of every layer that it meets."""
    parts = [_read(f"{SCENES.relative_to(REPOSITORY)}/{scene}.py")]
    parts += [_read(file) for layer in sorted(setting.kept) for file in CODE[layer]]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]


@cache
def _read(file: str) -> bytes:
    return (REPOSITORY / file).read_bytes()


def write_table() -> None:
    """Writes the table into docs/security.md, between its two marks."""
    page = PAGE.read_text()
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{build_table(read_measured())}\n{END}{after}")


def build_table(results: Results) -> str:
    """Builds the table: a row for each layer and user, a column for each kind of attack, attacks that were held."""
    rows = [
        "| kept | user | " + " | ".join(ATTACKS) + " |",
        "|---|---|" + "---|" * len(ATTACKS),
    ]
    for user in ("root", "ordinary"):
        known = results.get(user, {})
        for setting in list_settings(user):
            if setting.name in known:
                cells = (_describe_cell(known[setting.name], known.get("none", {}), each) for each in ATTACKS.values())
                rows.append(f"| {_describe_setting(setting)} | {user} | {' | '.join(cells)} |")
    escapes = "\n".join(_list_escapes(results))
    return "\n".join(rows) + f"\n\nWhat does harm when one layer is left out:\n\n{escapes}"


def _describe_cell(found: Mapping[str, Measured], without_any: Mapping[str, Measured], attacks: tuple[str, ...]) -> str:
    """Describes how many of the attacks that do harm without any layer were held: "all", or "1 of 2".

    A dash says that none does harm even without, an empty cell that none was tried.
    """
    harmful = [each for each in attacks if each not in without_any or without_any[each].harm]
    tried = [each for each in harmful if each in found]
    held = sum(not found[each].harm for each in tried)
    if not harmful:
        return "–"
    if not tried:
        return ""
    return "all" if held == len(harmful) else f"{held} of {len(tried)}"


def _describe_setting(setting: Setting) -> str:
    kind, _, layer = setting.name.partition(" ")
    if not layer:
        return kind
    together = f" and {LAYERS[NEEDS[layer]]}" if kind == "only" and layer in NEEDS else ""
    return f"{kind} {LAYERS[layer]}{together}"


def _list_escapes(results: Results) -> Iterator[str]:
    for user, known in sorted(results.items(), reverse=True):
        for setting in list_settings(user):  # type: ignore[arg-type]
            if setting.name.startswith("without ") and setting.name in known:
                scenes = sorted(scene for scene, result in known[setting.name].items() if result.harm)
                yield f"* {user}, {_describe_setting(setting)}: {', '.join(f'`{each}`' for each in scenes) or 'nothing'}"
