"""What a gateway mirrors in memory, when the server it mirrors is killed and started again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest
from servers import free_port, nats_server

from lectern.contracts.events import now
from lectern.contracts.topology import API_KEYS, VIDEO_VIEWS
from lectern.gateway.access.key_ring import KeyRing
from lectern.gateway.views import VERSION, View, Views
from lectern.worker import JetStreamKeyValueStore, apply_topology, connect_nats, create_key, revoke_key

pytestmark = pytest.mark.slow


async def wait_for(check: Callable[[], bool]) -> None:
    """Wait until a mirror shows something."""
    async with asyncio.timeout(120):
        while not check():
            await asyncio.sleep(0.02)


async def test_a_key_revoked_after_the_log_came_back_and_before_its_mirror_is_refused(tmp_path: Path) -> None:
    port = free_port()
    with ExitStack() as first:
        url = first.enter_context(nats_server(tmp_path, port))
        mirrored = await connect_nats(url, "gateway")
        await apply_topology(mirrored)
        ring = KeyRing(JetStreamKeyValueStore(mirrored, API_KEYS), now)
        views = Views(JetStreamKeyValueStore(mirrored, VIDEO_VIEWS))
        await ring.start()
        await views.start()
        doomed, token = await create_key(ring.bucket, owner="alice")
        kept, other = await create_key(ring.bucket, owner="alice")
        await ring.wait_for(doomed)
        await ring.wait_for(kept)
        with ring.using(doomed.id) as ended:
            first.close()  # nats-server is killed
            assert ring.find(token), "while nobody can revoke it, a key goes on"
            with nats_server(tmp_path, port):
                operator = await connect_nats(url, "operator")
                await revoke_key(JetStreamKeyValueStore(operator, API_KEYS), doomed.id)
                view = View(version=VERSION, seq=1, events=1, status="queued", summary=msgspec.Raw(b"{}"))
                await Views(JetStreamKeyValueStore(operator, VIDEO_VIEWS)).write("new", view)
                await wait_for(lambda: ring.find(token) is None)
                assert ended.is_set(), "its open streams end as well"
                assert ring.find(other)
                await wait_for(lambda: views.get("new") is not None)
                await operator.close()
                await views.close()
                await ring.close()
                await mirrored.close()
