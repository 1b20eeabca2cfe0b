"""Real servers for benchmarks, and a gateway in a process of its own over them, whose use is watched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lectern.worker import apply_topology, connect_nats

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from servers import BUCKET, free_port, nats_server, s3_server

_TICKS = os.sysconf("SC_CLK_TCK")


def read_cpu(pid: int) -> float:
    """The CPU seconds that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def read_memory(pid: int) -> int:
    """The bytes of memory that a process has resident."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def find_server() -> int:
    """The nats-server among this process's children."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return next(int(pid) for pid in children if b"nats-server" in Path(f"/proc/{pid}/cmdline").read_bytes())


@dataclass(frozen=True)
class GatewayProcess:
    """A running gateway, with the nats-server that is its own."""

    pid: int
    port: int
    nats_url: str

    def cpu_seconds(self) -> float:
        """The CPU time that it has used."""
        return read_cpu(self.pid)

    def resident_bytes(self) -> int:
        """The memory that it has resident."""
        return read_memory(self.pid)


@contextmanager
def run_nats() -> Iterator[str]:
    """Runs a nats-server that keeps everything in a folder of its own; its URL. Nothing is declared on it."""
    with tempfile.TemporaryDirectory(prefix="lectern-bench-") as folder, nats_server(Path(folder)) as url:
        yield url


@contextmanager
def run_gateway() -> Iterator[GatewayProcess]:
    """Runs a gateway with nats-server and a store of its own. The topology is applied by `provision`."""
    with (
        tempfile.TemporaryDirectory(prefix="lectern-bench-") as folder,
        nats_server(_make_folder(folder, "nats")) as nats_url,
        s3_server(_make_folder(folder, "s3")) as s3,
    ):
        subprocess.run([sys.executable, __file__, nats_url], check=True)
        port = free_port()
        settings = {
            "LECTERN_NATS_URL": nats_url,
            "LECTERN_S3_ENDPOINT": s3.endpoint,
            "LECTERN_S3_ACCESS_KEY": s3.access_key,
            "LECTERN_S3_SECRET_KEY": s3.secret_key,
            "LECTERN_S3_BUCKET": BUCKET,
            "LECTERN_PORT": str(port),
            "LECTERN_METRICS_PORT": "0",
            "LECTERN_LOG_LEVEL": "WARNING",
        }
        program = [sys.executable, "-m", "lectern.gateway"]
        with subprocess.Popen(program, env={**os.environ, **settings}, stdout=subprocess.DEVNULL) as process:
            try:
                _wait_until_ready(process, port)
                yield GatewayProcess(process.pid, port, nats_url)
            finally:
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()


def _make_folder(parent: str, name: str) -> Path:
    folder = Path(parent, name)
    folder.mkdir()
    return folder


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 180  # on a machine that is far too busy
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/videos", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


async def provision(nats_url: str) -> None:
    """Applies the topology."""
    nats = await connect_nats(nats_url, "provision")
    await apply_topology(nats)
    await nats.close()


if __name__ == "__main__" and len(sys.argv) > 1:
    import asyncio

    asyncio.run(provision(sys.argv[1]))
