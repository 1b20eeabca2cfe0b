"""Files that are made from others: written, or with `--check` compared with what is committed."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path


def write_or_check(wanted: Mapping[Path, str], remedy: str, *, obsolete: Iterable[Path] = ()) -> int:
    """Writes files whose content differs, and removes obsolete ones; `--check` in the command line only looks.

    Returns the exit status: 1 when something is stale, which is told with the `remedy`.
    """
    stale = {path: text for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text}
    gone = [path for path in obsolete if path not in wanted]
    if "--check" in sys.argv:
        if stale or gone:
            names = ", ".join(sorted(path.name for path in (*stale, *gone)))
            sys.stderr.write(f"stale: {names}; {remedy}\n")
        return 1 if stale or gone else 0
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in gone:
        path.unlink()
    return 0
