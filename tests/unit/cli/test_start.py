"""What the command loads before it does anything: a user waits for that each time."""

from __future__ import annotations

import subprocess
import sys

import pytest

LOADED = "import sys, {module}; print(*sys.modules)"
SERVERS_CLIENTS = {"lectern.worker", "nats", "aioboto3", "fastapi", "opentelemetry", "prometheus_client"}


def list_loaded(module: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", LOADED.format(module=module)], capture_output=True, check=True)
    return set(done.stdout.decode().split())


@pytest.mark.slow
def test_the_options_are_shown_without_the_clients_of_any_server() -> None:
    assert list_loaded("lectern.cli.__main__").isdisjoint({*SERVERS_CLIENTS, "httpx", "lectern.markdown"})


@pytest.mark.slow
@pytest.mark.parametrize("command", ["make", "voices", "library"])
def test_a_command_that_speaks_http_loads_nothing_of_the_services(command: str) -> None:
    assert list_loaded(f"lectern.cli.{command}").isdisjoint({*SERVERS_CLIENTS, "manim", "numpy"})
