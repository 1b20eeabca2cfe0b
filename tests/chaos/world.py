"""What faults strike: a running Lectern with proxies before its servers and small disks below them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nats.aio.client import Client

from chaos.disk import Disk
from chaos.journal import Journal
from chaos.proxy import Proxy
from lectern.cli.runner.stack import Stack
from lectern.worker import JetStreamEventLog


@dataclass(frozen=True, kw_only=True)
class World:
    """A running Lectern. `builds` are other builds by name; `videos` the ids of those requested so far.

    `nats` and `event_log` reach the log directly, past the proxy. Faults that last do so for `scale` times as long.
    """

    stack: Stack
    nats_proxy: Proxy
    store_proxy: Proxy
    disks: Mapping[str, Disk]
    builds: Mapping[str, str]
    nats: Client
    event_log: JetStreamEventLog
    journal: Journal
    scale: float = 1.0
    videos: list[str] = field(default_factory=list)
