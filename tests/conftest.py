"""Fixtures that all tests share: real servers, started once per test process, and clean connections to them."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
import structlog
from hypothesis import settings as settings_profile
from nats.aio.client import Client
from servers import S3, nats_server, s3_server

from lectern.worker import Connections, ObjectStore, Settings, apply_topology, connect_nats, open_store

# `make test` installs a browser; for `make check`, which runs nothing in it, none is needed.
collect_ignore = [] if find_spec("playwright") else ["browser"]
SLOW_PLACES = {"hostile", "e2e", "chaos", "rules", "browser"}


def pytest_configure() -> None:
    """Exceptions in logs are as plain as in production: with every local variable of every frame one takes minutes."""
    structlog.get_config()["processors"][-1].exception_formatter = structlog.dev.plain_traceback


def pytest_collection_finish() -> None:
    """Everything imported and collected stays to the end: the garbage collector need not look at it after each test."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks tests that run whole pipelines or attack the sandbox as slow: `make check` leaves them out."""
    for item in items:
        if SLOW_PLACES & set(item.path.relative_to(Path(__file__).parent).parts):
            item.add_marker(pytest.mark.slow)


# The same examples in every run, so that a failure is caused by the latest change. To search for new ones:
# HYPOTHESIS_PROFILE=explore.
settings_profile.register_profile("fast", max_examples=20, deadline=None, derandomize=True)
settings_profile.register_profile("thorough", max_examples=30, deadline=None, derandomize=True)
settings_profile.register_profile("explore", max_examples=1000, deadline=None)
settings_profile.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "thorough"))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person who runs the tests reaches them."""
    for name in list(os.environ):
        if name.startswith(("LECTERN_", "GEMINI_", "GOOGLE_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def nats_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real nats-server."""
    with nats_server(tmp_path_factory.mktemp("nats")) as url:
        yield url


@pytest.fixture(scope="session")
def s3_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder behind the store."""
    return tmp_path_factory.mktemp("objects")


@pytest.fixture(scope="session")
def s3(s3_folder: Path) -> Iterator[S3]:
    """A real S3 store."""
    with s3_server(s3_folder) as server:
        yield server


@pytest.fixture
async def nats(nats_url: str) -> AsyncIterator[Client]:
    """A connection to a server whose streams are as declared, and empty."""
    client = await connect_nats(nats_url, "test")
    js = client.jetstream()
    for stream in await js.streams_info():
        await js.delete_stream(stream.config.name or "")
    await apply_topology(client)
    yield client
    await client.close()


@pytest.fixture
def settings(nats_url: str, s3: S3) -> Settings:
    """Settings that name the test's servers."""
    return Settings(
        nats_url=nats_url,
        s3_endpoint=s3.endpoint,
        s3_access_key=s3.access_key,
        s3_secret_key=s3.secret_key,  # type: ignore[arg-type]
        metrics_port=0,
        grace_seconds=2.0,
    )


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[ObjectStore]:
    """The store; tests use keys of their own."""
    async with open_store(settings) as opened:
        yield opened


@pytest.fixture
def connections(nats: Client, store: ObjectStore) -> Connections:
    """Connections to the test's servers."""
    return Connections.over(nats, store)
