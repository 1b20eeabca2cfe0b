"""Runs the renderer alone: `python -m lectern.renderer`."""

from lectern.renderer.app import build
from lectern.renderer.settings import RendererSettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, RendererSettings)
