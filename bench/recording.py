"""Figures that a bench writes to `bench/measured`, from which `bench/scale.py` makes the tables of docs/scale.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

MEASURED = Path(__file__).parent / "measured"


def record_figures(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Writes the rows of a table."""
    (MEASURED / f"{name}.json").write_text(json.dumps(list(rows), indent=1) + "\n")
