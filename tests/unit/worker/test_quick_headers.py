"""Headers are read as nats-py reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client

from lectern.worker import connect_nats
from lectern.worker.quick_headers import QuickClient

LINE = st.binary(max_size=30) | st.sampled_from(
    [b"Nats-Sequence: 7", b"a:b", b"a b: c", b"\t a\t:\xff ", b":", b"\xe9: x"]
)


@given(st.lists(LINE, max_size=6).map(b"\r\n".join))
def test_any_block_of_headers_is_read_as_the_library_reads_it(raw: bytes) -> None:
    assert QuickClient._parse_header_lines(raw) == Client._parse_header_lines(raw)


@pytest.mark.parametrize("name", ["Nats-Msg-Id", "Lectern-Signs"])
async def test_our_connections_read_headers_so(nats: Client, name: str) -> None:
    assert nats.connected_url is not None
    client = await connect_nats(nats.connected_url.geturl())
    assert isinstance(client, QuickClient)
    subscription = await client.subscribe("headers")
    await client.publish("headers", b"", headers={name: "väl: ue"})
    message = await subscription.next_msg(timeout=60)
    assert message.headers == {name: "väl: ue"}
    await client.close()
