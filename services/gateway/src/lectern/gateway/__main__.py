"""Runs the gateway alone: `python -m lectern.gateway`."""

from __future__ import annotations

from lectern.gateway.app import build
from lectern.gateway.settings import GatewaySettings
from lectern.worker import main

if __name__ == "__main__":
    main(build, GatewaySettings)
