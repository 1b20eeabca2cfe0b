"""`python -m hostile.layers`: tries the set in every setting and writes what escaped, and the table of docs/security.md."""

from __future__ import annotations

import argparse
import os
import sys

from hostile.layers.attacks import list_attacks
from hostile.layers.measured import digest_attack, read_measured, record, write_table
from hostile.layers.settings import Setting, User, list_settings
from hostile.layers.trial import try_scenes
from hostile.monitored_pool import SCENES


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 unless something escaped all layers."""
    parser = argparse.ArgumentParser(prog="make layers")
    parser.add_argument("--user", choices=("root", "ordinary"), action="append", help="by default both")
    parser.add_argument("--setting", action="append", help="as 'only seccomp'; by default every one")
    parser.add_argument(
        "--scene", action="append", help="by default a few of each kind that a layer claims (attacks.py)"
    )
    parser.add_argument("--every-scene", action="store_true", help="the whole set, which takes hours")
    parser.add_argument("--again", action="store_true", help="also what was measured before and has not changed since")
    parser.add_argument("--table", action="store_true", help="only write the table anew")
    options = parser.parse_args(arguments)
    if options.table:
        write_table()
        return 0
    if os.geteuid() != 0:
        print(
            "make layers needs root: only root can make the container around what has too few layers", file=sys.stderr
        )
        return 2
    every = sorted(scene.stem for scene in SCENES.glob("*.py"))
    chosen = options.scene or (every if options.every_scene else None)
    users: list[User] = options.user or ["root", "ordinary"]
    for user in users:
        for setting in list_settings(user):
            if not options.setting or setting.name in options.setting:
                _try_setting(setting, chosen or list(list_attacks(setting)), again=options.again)
    write_table()
    whole = [result for settings in read_measured().values() for result in settings.get("all", {}).values()]
    return 1 if any(result.harm for result in whole) else 0


def _try_setting(setting: Setting, names: list[str], *, again: bool) -> None:
    measured = read_measured().get(setting.user, {})
    current = {
        name for name, result in measured.get(setting.name, {}).items() if result.of == digest_attack(setting, name)
    }
    names = [name for name in names if again or name not in current]
    if setting.name not in ("none", "all"):
        harmless = {name for name, result in measured.get("none", {}).items() if not result.harm}
        names = [name for name in names if name not in harmless]
    for scene, harm in try_scenes(setting, names):
        record(setting, scene, harm)
        print(f"{setting.user:8} {setting.name:20} {scene:32} {harm[0][:90] if harm else 'held'}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
