"""The event log and the object store of one machine: nats-server and rclone, from their wheels, as children."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import sysconfig
from pathlib import Path

from lectern.cli.machine.child import Child
from lectern.cli.machine.home import Home
from lectern.contracts.problems import Problem, ProblemError

LOOPBACK = "127.0.0.1"


def program(name: str) -> str:
    """Where a program is: beside this Python, as wheels put it, or on the PATH. Raises ProblemError when nowhere."""
    beside = Path(sysconfig.get_path("scripts")) / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise ProblemError(
            Problem(
                code="program-missing",
                title=f"{name} is missing",
                detail=f"{name} is neither in {beside.parent} nor on the PATH.",
                remedy="Run `make setup`: the locked packages bring it.",
            )
        )
    return found


def free_port() -> int:
    """A port nothing listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def require_free(host: str, port: int) -> None:
    """Raises ProblemError when the address cannot be listened on: somebody else does, or it is not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise ProblemError(
            Problem(
                code="address-taken",
                title="The address cannot be used",
                detail=f"{host}:{port}: {(error.strerror or str(error)).lower()}.",
                remedy="Choose another port with --port or LECTERN_PORT (0 takes a free one).",
            )
        ) from error


def nats_server(home: Home, port: int, monitor_port: int) -> Child:
    """nats-server with JetStream in the home. Ready when it greets, which it does once its streams are read."""

    async def greets() -> bool:
        greeting = await _first_bytes(port)
        try:
            return json.loads(greeting.partition(b" ")[2])["jetstream"] is True
        except (ValueError, KeyError):
            return False

    argv = [program("nats-server"), "--addr", LOOPBACK, "--port", str(port), "--http_port", str(monitor_port)]
    argv += ["--jetstream", "--store_dir", str(home.nats), "--name", "lectern"]
    return Child("nats", argv, log=home.logs / "nats.log", ready=greets)


def object_store(home: Home, port: int) -> Child:
    """`rclone serve s3` over a folder. Ready when it answers HTTP; the keys travel in its environment."""

    async def answers() -> bool:
        return (await _first_bytes(port, b"HEAD / HTTP/1.0\r\n\r\n")).startswith(b"HTTP/")

    keys = home.keys()
    argv = [program("rclone"), "serve", "s3", str(home.objects), "--addr", f"{LOOPBACK}:{port}"]
    argv += ["--config", "", "--vfs-cache-mode", "off"]
    env = {"RCLONE_AUTH_KEY": f'"{keys.access},{keys.secret}"'}  # rclone reads a list as CSV: the quotes make it one
    return Child("store", argv, log=home.logs / "store.log", env=env, ready=answers)


async def _first_bytes(port: int, say: bytes = b"") -> bytes:
    """What a server on this machine says first; nothing when it does not listen."""
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(say)
                await writer.drain()
                return await (reader.readline() if not say else reader.read(64))
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return b""
