from collections.abc import AsyncIterator, Sequence

from lectern.cli.stream import Sent, events


async def read(text: str) -> Sequence[Sent]:
    async def lines() -> AsyncIterator[str]:
        for line in text.split("\n"):
            yield line

    return [sent async for sent in events(lines())]


async def test_an_event_has_a_name_an_id_and_data() -> None:
    assert await read("event: scene.rendered\nid: 12\ndata: {}\n\n") == [
        Sent(name="scene.rendered", id="12", data="{}")
    ]


async def test_data_of_several_lines_is_joined() -> None:
    (sent,) = await read("data: a\ndata:  b\ndata\n\n")
    assert sent.data == "a\n b\n"


async def test_comments_and_unknown_fields_are_skipped() -> None:
    assert await read(": ping\n\nfoo: bar\n\ndata: x\n\n") == [Sent(data="x")]


async def test_an_unfinished_last_event_is_dropped() -> None:
    assert await read("data: whole\n\ndata: half") == [Sent(data="whole")]


async def test_a_pause_the_server_asks_for_is_told_even_without_data() -> None:
    assert await read("retry: 500\n: draining\n\n") == [Sent(retry=500)]


async def test_a_pause_that_is_no_number_is_ignored() -> None:
    assert await read("retry: soon\n\n") == []
