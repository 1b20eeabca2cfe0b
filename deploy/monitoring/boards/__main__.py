"""Writes the dashboards to `deploy/monitoring/dashboards`; `--check` fails if what is there is stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from boards import BOARDS

FOLDER = Path(__file__).parents[1] / "dashboards"


def render_dashboards() -> dict[str, str]:
    """The content of each dashboard's file, by the file's name."""
    built = [build().build() for build in BOARDS]
    return {f"{board.uid}.json": json.dumps(board, cls=JSONEncoder, indent=1, sort_keys=True) + "\n" for board in built}


def main() -> int:
    written = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    wanted = render_dashboards()
    if "--check" in sys.argv:
        stale = sorted(name for name in written.keys() | wanted.keys() if written.get(name) != wanted.get(name))
        if stale:
            sys.stderr.write(f"run `make dashboards` and commit it; stale: {', '.join(stale)}\n")
        return len(stale) > 0
    FOLDER.mkdir(exist_ok=True)
    for name in written.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_text(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
