"""Real servers for tests: nats-server and an S3 store, each on a free port and in a folder of its own."""

from __future__ import annotations

import json
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
BUCKET = "lectern"


@dataclass(frozen=True)
class S3:
    """Where a test's store is and the keys to it."""

    endpoint: str
    access_key: str
    secret_key: str


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _until(answers: object, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not answers():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not come up")
        time.sleep(0.01)


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Stops a child however the test ends."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def nats_server(folder: Path, port: int | None = None) -> Iterator[str]:
    """A nats-server with JetStream; gives its URL."""
    port = port or free_port()
    argv = [str(BIN / "nats-server"), "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)]
    with ended(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)):

        def greets() -> bool:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=0.2) as connection:
                    return json.loads(connection.recv(4096).split(b" ", 1)[1])["jetstream"] is True
            except (OSError, IndexError, KeyError, ValueError):
                return False

        _until(greets)
        yield f"nats://127.0.0.1:{port}"


@contextmanager
def s3_server(folder: Path, port: int | None = None, keys: tuple[str, str] | None = None) -> Iterator[S3]:
    """A store that speaks S3 over a folder, with the bucket made."""
    port = port or free_port()
    access, secret = keys or (secrets.token_hex(10), secrets.token_hex(20))
    (folder / BUCKET).mkdir(parents=True, exist_ok=True)
    argv = [str(BIN / "rclone"), "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}",
            "--auth-key", f"{access},{secret}", "--config", "", "--vfs-cache-mode", "off"]  # fmt: skip
    with ended(subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)):

        def answers() -> bool:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=0.5)
            except urllib.error.HTTPError:
                return True
            except OSError:
                return False
            return True

        _until(answers)
        yield S3(f"http://127.0.0.1:{port}", access, secret)
