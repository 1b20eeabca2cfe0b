"""Logs have one shape, and hold nothing of what was worked on."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
import stamina
import structlog

from lectern.worker import configure_logs


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    to = io.StringIO()
    configure_logs("json", "INFO", to=to)
    yield to
    structlog.reset_defaults()
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
