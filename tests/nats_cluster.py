"""A JetStream cluster for tests: nats-servers on loopback that replicate streams among them, with their monitoring."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from servers import free_port

from lectern.cli.runner.servers import LOOPBACK, find_program

START_TIMEOUT_SECONDS = 120.0
TOKEN = "token-of-the-tests"


@dataclass(eq=False)
class NatsNode:
    """One server of a cluster. Killed, it can be started again with what it had."""

    name: str
    port: int
    monitor: int
    config: Path
    alone: bool
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Starts the server; it joins by itself."""
        argv = [find_program("nats-server"), "--config", str(self.config)]
        self.process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """Ends it without a chance to say goodbye."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def monitor_json(self, path: str) -> dict[str, Any]:
        """What its monitoring port answers to a path. Raises OSError."""
        with urllib.request.urlopen(f"http://{LOOPBACK}:{self.monitor}{path}", timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def knows_leader(self) -> bool:
        """True once it follows a leader of the whole cluster, or is one, or is alone.

        While it starts it answers, and tells nothing of a cluster: what it is asked then is lost.
        """
        try:
            told = self.monitor_json("/jsz")
            return self.alone or bool(told.get("meta_cluster", {}).get("leader"))
        except OSError:
            return False


@dataclass(frozen=True)
class NatsCluster:
    """The servers of a cluster. `url` names all of them."""

    nodes: tuple[NatsNode, ...]

    @property
    def url(self) -> str:
        """All addresses, as `LECTERN_NATS_URL` takes them."""
        return ",".join(f"nats://{TOKEN}@{LOOPBACK}:{node.port}" for node in self.nodes)

    def node(self, name: str) -> NatsNode:
        """The server of a name."""
        return next(node for node in self.nodes if node.name == name)

    def wait_until_ready(self, *nodes: NatsNode) -> None:
        """Waits until the servers, or all, follow one leader, which sees them: it gives no stream to whom it does not."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        awaited = nodes or self.nodes
        while not (all(node.knows_leader() for node in awaited) and {node.name for node in awaited} <= self._present()):
            if time.monotonic() > deadline:
                raise TimeoutError("the cluster did not elect a leader that sees all of it")
            time.sleep(0.05)

    def _present(self) -> set[str]:
        """The names of the servers that their leader sees, and its own."""
        present = set()
        for node in self.nodes:
            try:
                told = node.monitor_json("/jsz").get("meta_cluster", {}) if node.process else {}
            except OSError:
                continue
            if node.alone or told.get("leader") == node.name:
                seen = (each["name"] for each in told.get("replicas", ()) if not each.get("offline"))
                present |= {node.name, *seen}
        return present


@contextmanager
def nats_cluster(folder: Path, size: int = 3) -> Iterator[NatsCluster]:
    """Runs a cluster while the context lasts; a single server if `size` is 1."""
    routes = [free_port() for _ in range(size)]
    others = ", ".join(f"nats://{LOOPBACK}:{each}" for each in routes)
    nodes = []
    for number, route in enumerate(routes):
        name = f"nats-{number}"
        node = NatsNode(name, free_port(), free_port(), folder / f"{name}.conf", alone=size == 1)
        node.config.write_text(
            f"server_name: {node.name}\n"
            f"listen: {LOOPBACK}:{node.port}\n"
            f"http: {LOOPBACK}:{node.monitor}\n"
            f"jetstream {{ store_dir: {json.dumps(str(folder / node.name))} }}\n"
            f"authorization {{ token: {TOKEN} }}\n"
            + (f"cluster {{ name: lectern, listen: {LOOPBACK}:{route}, routes: [{others}] }}\n" if size > 1 else "")
        )
        nodes.append(node)
    cluster = NatsCluster(tuple(nodes))
    try:
        for node in nodes:
            node.start()
        cluster.wait_until_ready()
        yield cluster
    finally:
        for node in nodes:
            node.kill()
