"""Logs have one shape, and hold nothing of what was worked on."""

from __future__ import annotations

import asyncio
import gc
import io
import json
import logging
from collections.abc import Iterator

import pytest
import stamina
import structlog

from lectern.worker import configure_logs


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    to, handlers, before = io.StringIO(), logging.getLogger().handlers, structlog.get_config()
    configure_logs("json", "INFO", to=to)
    yield to
    logging.getLogger().handlers = handlers
    structlog.configure(**before)
    stamina.instrumentation.set_on_retry_hooks(None)


async def test_a_retry_is_logged_without_arguments_and_error_texts(logs: io.StringIO) -> None:
    @stamina.retry(on=ValueError, attempts=2, wait_initial=0.001, wait_max=0.001, wait_jitter=0)
    async def fail(secret: str) -> None:
        raise ValueError(f"refused {secret}")

    with pytest.raises(ValueError, match="refused"):
        await fail("key-123")
    [line] = logs.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["action"], entry["attempt"], entry["error"]) == ("retry", 2, "ValueError")
    assert "key-123" not in line


async def test_what_a_library_warns_of_is_one_line_of_the_same_shape(logs: io.StringIO) -> None:
    async def lose_connection() -> None:
        raise ConnectionResetError("cannot write")

    failing = asyncio.create_task(lose_connection())
    await asyncio.wait({failing})
    del failing  # nobody has asked what became of it
    gc.collect()
    logging.getLogger("a-library").info("nobody wants to know this")
    [line] = logs.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["action"], entry["logger"], entry["level"]) == ("library", "asyncio", "error")
    assert "cannot write" in entry["exception"]


FORGED = (
    "x\n" + json.dumps({"event": "forged", "level": "error"}) + "\r\n\x1b]0;owned\x07\u2028\u202e\x00\ud800<script>"
)


@pytest.mark.parametrize("place", ["event", "value", "nested", "exception", "name"])
def test_whatever_is_logged_is_one_line_of_json_that_it_cannot_end(logs: io.StringIO, place: str) -> None:
    logger = structlog.get_logger("x")
    match place:
        case "event":
            logger.info(FORGED)
        case "value":
            logger.info("told", detail=FORGED)
        case "nested":
            logger.info("told", detail={"words": [FORGED]})
        case "name":
            logger.info("told", **{FORGED: 1})
        case _:
            logger.info(
                "told", exc_info=type(FORGED.replace("\x00", "").replace("\ud800", ""), (ValueError,), {})(FORGED)
            )
    [line] = logs.getvalue().split("\n")[:-1]
    assert all(" " <= letter <= "~" for letter in line)
    assert json.loads(line)["level"] == "info"


def test_an_enormous_error_leaves_a_line_that_can_be_read(logs: io.StringIO) -> None:
    structlog.get_logger("x").error("failed", exc_info=ValueError("a" * 3_000_000 + " the end"))
    assert len(logs.getvalue()) < 20_000
    assert json.loads(logs.getvalue())["exception"].endswith("a the end")
