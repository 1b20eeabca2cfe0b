"""Runs the gateway alone: `python -m lectern.gateway`."""

from __future__ import annotations

import gc

from lectern.gateway.app import build
from lectern.gateway.settings import GatewaySettings
from lectern.worker import main

if __name__ == "__main__":
    # Each stream has hundreds of objects that live for minutes: by default, looking through them all takes a third of
    # the time in which thousands connect (bench/streams.py).
    gc.set_threshold(20_000, 20, 10)
    main(build, GatewaySettings)
