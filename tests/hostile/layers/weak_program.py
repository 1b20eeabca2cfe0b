"""Runs a program of the sandbox with layers left out: `python -I weak_program.py MODULE SOCKET_FD POOL KEPT`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    _, module, socket, pool, kept = sys.argv
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from hostile.layers import weakening

    weakening.weaken(frozenset(filter(None, kept.split(","))))
    sys.argv = [module, socket, pool]
    importlib.import_module(module).main()


if __name__ == "__main__":
    main()
