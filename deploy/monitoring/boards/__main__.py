"""Writes the dashboards to `deploy/monitoring/dashboards`; `--check` fails if what is there is stale."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from generated_files import write_or_check
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from boards import BOARDS

FOLDER = Path(__file__).parents[1] / "dashboards"


def render_dashboards() -> dict[str, str]:
    """The content of each dashboard's file, by the file's name."""
    built = [build().build() for build in BOARDS]
    return {f"{board.uid}.json": json.dumps(board, cls=JSONEncoder, indent=1, sort_keys=True) + "\n" for board in built}


def main() -> int:
    wanted = {FOLDER / name: content for name, content in render_dashboards().items()}
    return write_or_check(wanted, "run `make dashboards` and commit it", obsolete=FOLDER.glob("*.json"))


if __name__ == "__main__":
    sys.exit(main())
