"""Who may use the event log: the real server, with each kind of login."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nats
import nats.errors
import pytest
import structlog
from pydantic import SecretStr
from servers import TOKEN, free_port, nats_server, run_server

from lectern.cli.runner.servers import LOOPBACK, ServerProgram, find_program
from lectern.cli.runner.servers import nats_server as nats_program
from lectern.worker import NatsLogin, Settings, connect_nats


def without_login(url: str) -> str:
    return f"nats://{url.rpartition('@')[2]}"


@pytest.mark.parametrize("login", [NatsLogin(), NatsLogin(token="wrong"), NatsLogin(user="a", password="b")])
async def test_a_client_without_the_token_is_refused(nats_url: str, login: NatsLogin) -> None:
    with pytest.raises(nats.errors.Error, match="Authorization"):
        await nats.connect(without_login(nats_url), allow_reconnect=False, **login.to_options())


async def test_a_client_with_the_token_of_its_settings_is_served(nats_url: str) -> None:
    settings = Settings(nats_url=without_login(nats_url), nats_token=SecretStr(TOKEN))
    client = await connect_nats(settings.nats_url, "test", NatsLogin.of(settings))
    assert await client.jetstream().streams_info() is not None
    await client.close()


async def test_a_service_that_is_refused_says_so_and_goes_on_asking(nats_url: str) -> None:
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(connect_nats(without_login(nats_url), "test", NatsLogin(token="wrong")))
        async with asyncio.timeout(120):
            while not any(entry.get("action") == "nats-refused" for entry in logs):
                await asyncio.sleep(0.01)
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "LECTERN_NATS_TOKEN" in str(logs)
    assert "wrong" not in str(logs)


def test_the_token_is_in_a_private_file_and_not_among_the_arguments(tmp_path: Path) -> None:
    program = nats_program(tmp_path, free_port(), "a-secret-token")
    assert "a-secret-token" not in " ".join(program.argv)
    assert "a-secret-token" not in str(program.env)
    config = tmp_path / "nats.conf"
    assert "a-secret-token" in config.read_text()
    assert config.stat().st_mode & 0o077 == 0


def test_secrets_are_not_shown() -> None:
    assert "hidden!" not in repr(NatsLogin(token="hidden!", user="me", password="hidden!"))
    assert "hidden!" not in repr(Settings(nats_token=SecretStr("hidden!"), nats_password=SecretStr("hidden!")))


@contextmanager
def server_with(config: str, folder: Path) -> Iterator[str]:
    """A nats-server with a configuration of its own."""
    port, file = free_port(), folder / "own.conf"
    file.write_text(config)
    argv = [find_program("nats-server"), "--config", str(file), "--addr", LOOPBACK, "--port", str(port)]
    ready = nats_program(folder, port, "unused").is_ready
    with run_server(
        ServerProgram(name="nats", argv=[*argv, "--jetstream", "--store_dir", str(folder)], is_ready=ready)
    ):
        yield f"{LOOPBACK}:{port}"


async def test_a_user_with_a_password_is_served(tmp_path: Path) -> None:
    with server_with('authorization { user: "me", password: "it is me" }', tmp_path) as address:
        client = await connect_nats(f"nats://{address}", "test", NatsLogin(user="me", password="it is me"))
        assert client.is_connected
        await client.close()


def make_certificate(folder: Path) -> None:
    """Files `cert` and `key` of a server on this machine."""
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "key"), "-out", str(folder / "cert")]
    argv = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *name, *files]
    subprocess.run(argv, check=True, capture_output=True)


@pytest.mark.slow
async def test_a_server_behind_tls_is_served_if_its_certificate_is_trusted(tmp_path: Path) -> None:
    make_certificate(tmp_path)
    config = f'tls {{ cert_file: "{tmp_path}/cert", key_file: "{tmp_path}/key" }}\nauthorization {{ token: "t" }}'
    with server_with(config, tmp_path) as address:
        client = await connect_nats(f"tls://{address}", "test", NatsLogin(token="t", ca=str(tmp_path / "cert")))
        assert client.is_connected
        await client.close()
        with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
            await nats.connect(f"tls://{address}", allow_reconnect=False, token="t")


async def test_servers_of_the_tests_ask_for_their_token(tmp_path: Path) -> None:
    with nats_server(tmp_path) as url, pytest.raises(nats.errors.Error, match="Authorization"):
        await nats.connect(without_login(url), allow_reconnect=False)
