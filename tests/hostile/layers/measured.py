"""What was measured: the file beside this module, which whole runs and parts of one add to, and the table made of it."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from hostile.layers.attacks import ATTACKS
from hostile.layers.settings import LAYERS, NEEDS, Setting, list_settings

FILE = Path(__file__).with_name("measured.json")
PAGE = Path(__file__).resolve().parents[3] / "docs/security.md"

BEGIN, END = "<!-- layers -->", "<!-- end of layers -->"

Results = dict[str, dict[str, dict[str, bool]]]
"""Whether a scene did harm, by user, setting and scene."""


def read_measured() -> Results:
    """Reads what was measured so far."""
    return json.loads(FILE.read_text()) if FILE.exists() else {}


def record(setting: Setting, scene: str, harm: list[str]) -> None:
    """Adds a result. Several runs may do so at once."""
    with open(FILE, "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        results: Results = json.loads(file.read() or "{}")
        results.setdefault(setting.user, {}).setdefault(setting.name, {})[scene] = bool(harm)
        file.truncate(0)
        file.write(json.dumps(results, indent=0, sort_keys=True) + "\n")


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


def _describe_cell(found: Mapping[str, bool], without_any: Mapping[str, bool], attacks: tuple[str, ...]) -> str:
    """Describes how many of the attacks that do harm without any layer were held: "3 of 3", or a dash."""
    harmful = [each for each in attacks if without_any.get(each) and each in found]
    held = sum(not found[each] for each in harmful)
    if not harmful:
        return "–"
    return "all" if held == len(harmful) else f"{held} of {len(harmful)}" if held else ""


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
                scenes = sorted(scene for scene, harm in known[setting.name].items() if harm)
                yield f"* {user}, {_describe_setting(setting)}: {', '.join(f'`{each}`' for each in scenes) or 'nothing'}"
