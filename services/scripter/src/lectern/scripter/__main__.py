"""Runs the scripter as a process of its own: `python -m lectern.scripter`."""

from lectern.scripter.app import build
from lectern.scripter.settings import ScripterSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, ScripterSettings)
