"""What services do while the event log's password is replaced. `make monitoring` runs it."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import free_port

from lectern.cli.runner.servers import find_program
from lectern.worker import NatsLogin, connect_nats

OLD, NEW = NatsLogin(user="old", password="old-password"), NatsLogin(user="new", password="new-password")


class Server:
    """A nats-server as the manifests configure it: users in its file, which it reads again when told."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "nats.conf"
        self._write(OLD)
        argv = [find_program("nats-server"), "--config", str(self._config)]
        self._process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def allow(self, *logins: NatsLogin) -> None:
        self._write(*logins)
        self._process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()

    def _write(self, *logins: NatsLogin) -> None:
        users = json.dumps([{"user": login.user, "password": login.password} for login in logins])
        self._config.write_text(
            f"server_name: nats-0\nlisten: 127.0.0.1:{self.port}\nauthorization {{ users: {users} }}\n"
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


async def test_a_service_is_cut_off_with_its_old_password_and_back_when_both_are_valid(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    client = await connect_nats(server.url, "service", OLD)
    server.allow(NEW)
    async with asyncio.timeout(30):
        while "NATS refuses this login" not in capsys.readouterr().out:
            await asyncio.sleep(0.1)
    assert not client.is_connected

    server.allow(OLD, NEW)
    async with asyncio.timeout(30):
        while not client.is_connected:
            await asyncio.sleep(0.1)
    restarted = await connect_nats(server.url, "service", NEW)
    await client.close()

    server.allow(NEW)
    await asyncio.sleep(1)
    await restarted.flush()
    assert restarted.is_connected, "whoever has the new one notices nothing"
    await restarted.close()
