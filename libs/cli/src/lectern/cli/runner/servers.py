"""The servers of one machine: what starts one, nats-server as its wheel installs it, and ports for them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import shutil
import socket
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lectern.cli.runner.child import Child
from lectern.cli.runner.home import write_private
from lectern.contracts.problems import Problem, ProblemError

LOOPBACK = "127.0.0.1"
PRIVATE = 0o077  # umask: what a server makes is its user's alone, sockets too


@dataclass(frozen=True, kw_only=True)
class ServerProgram:
    """A server's command line. `is_ready` blocks for at most a second. Secrets are in `env`, not in `argv`."""

    name: str
    argv: Sequence[str]
    is_ready: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)

    def child(self, logs: Path) -> Child:
        """The server as a child process that logs to a file in the folder."""
        ready = functools.partial(asyncio.to_thread, self.is_ready)
        return Child(self.name, self.argv, log=logs / f"{self.name}.log", env=self.env, ready=ready, umask=PRIVATE)


def nats_server(folder: Path, port: int, token: str) -> ServerProgram:
    """nats-server with its streams in a folder. It is ready when it greets, which it does once it has read them.

    Only clients that show the token are served: other users of the machine reach its port, too. The token is in a
    private file of the folder, as every user can read the arguments of a process.
    """

    def is_ready() -> bool:
        greeting = _first_bytes(port)
        try:
            return json.loads(greeting.partition(b" ")[2])["jetstream"] is True
        except (ValueError, KeyError):
            return False

    config = folder / "nats.conf"
    write_private(config, f"authorization {{ token: {json.dumps(token)} }}\n".encode())
    argv = [find_program("nats-server"), "--config", str(config), "--addr", LOOPBACK, "--port", str(port)]
    argv += ["--jetstream", "--store_dir", str(folder), "--name", "lectern"]
    return ServerProgram(name="nats", argv=argv, is_ready=is_ready)


def find_program(name: str) -> str:
    """A program's path: beside this Python, where wheels install it, or on the PATH. Raises ProblemError if missing."""
    beside_python = Path(sysconfig.get_path("scripts")) / name
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if not found:
        raise ProblemError(
            Problem(
                code="program-missing",
                title=f"{name} is missing",
                detail=f"{name} is neither in {beside_python.parent} nor on the PATH.",
                remedy="Run `make setup`, which installs the locked packages.",
            )
        )
    return found


def hold_port(holding: contextlib.ExitStack | contextlib.AsyncExitStack) -> int:
    """A port of this machine that nothing listens on, kept from others until `holding` is closed.

    Nobody who asks for any port is given it, and no connection leaves from it; a server that names it may listen there.
    """
    held = holding.enter_context(socket.socket())
    held.bind((LOOPBACK, 0))
    # only after binding: with it, the kernel would have chosen among ports that others hold in this way
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port: int = held.getsockname()[1]
    return port


def require_free(host: str, port: int) -> None:
    """Raises ProblemError when the address is in use or does not belong to this machine."""
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
                remedy="Choose another port with --port or LECTERN_PORT (0 chooses a free one).",
            )
        ) from error


def _first_bytes(port: int, request: bytes = b"") -> bytes:
    """The first bytes from a server on this machine; b"" when it does not listen or stays silent for a second."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(request)
            return connection.recv(4096)
    except OSError:
        return b""
