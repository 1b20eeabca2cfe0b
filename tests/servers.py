"""Real servers for tests, nats-server and an S3 store, each on a free port and with its own folder."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from lectern.cli.runner import servers
from lectern.cli.runner.home import BUCKET, LocalKeys
from lectern.cli.runner.servers import LOOPBACK, PRIVATE, ServerProgram, hold_port
from lectern.cli.runner.store_server import object_store

__all__ = ["BUCKET", "S3", "free_port", "nats_server", "s3_server"]

START_TIMEOUT_SECONDS = 120  # on a machine that runs other tests as well
TOKEN = "token-of-the-tests"  # of every nats-server, so that one which is started again knows its clients


_HELD = ExitStack()  # ports of this process's tests, until it ends: tests run side by side


def free_port() -> int:
    """A port of this machine that nothing listens on, and that no other test is given."""
    return hold_port(_HELD)


@dataclass(frozen=True)
class S3:
    """The address of a test's store and the keys to it."""

    endpoint: str
    access_key: str
    secret_key: str


@contextmanager
def nats_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """Runs nats-server with JetStream while the context lasts; yields its URL, which includes its token."""
    port = port or free_port()
    with run_server(servers.nats_server(folder, port, TOKEN)):
        yield f"nats://{TOKEN}@{LOOPBACK}:{port}"


@contextmanager
def s3_server(folder: Path, port: int | None = None, keys: tuple[str, str] | None = None) -> Iterator[S3]:
    """Runs a store over a folder while the context lasts. Its bucket exists."""
    port = port or free_port()
    access, secret = keys or (secrets.token_hex(10), secrets.token_hex(20))
    with run_server(object_store(folder, port, LocalKeys(access=access, secret=secret))):
        yield S3(f"http://{LOOPBACK}:{port}", access, secret)


@contextmanager
def run_server(program: ServerProgram) -> Iterator[None]:
    """Starts a server and kills it at the end, however the test ends."""
    env = {**os.environ, **program.env}
    process = subprocess.Popen(
        program.argv, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, umask=PRIVATE
    )
    try:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not program.is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{program.name} did not start")
            time.sleep(0.01)
        yield
    finally:
        process.kill()
        process.wait()
