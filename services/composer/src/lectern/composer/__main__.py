"""Runs the composer: `python -m lectern.composer`."""

from __future__ import annotations

from lectern.composer.app import build
from lectern.composer.settings import ComposerSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, ComposerSettings)
