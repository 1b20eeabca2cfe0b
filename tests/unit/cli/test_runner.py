"""The one-machine runner with real servers, and with services where they matter."""

import asyncio
import json
import os
import signal
import time
from pathlib import Path

import httpx
import msgspec
import nats
import nats.errors
import pytest
from unit.cli.command import invoke_lectern, start_lectern
from unit.cli.processes import is_alive, processes_mentioning, wait_until

from lectern.cli.runner.home import Home
from lectern.cli.runner.stack import run_stack
from lectern.contracts.problems import ProblemError
from lectern.worker import ObjectStore, Unavailable, connect, find_drift

pytestmark = pytest.mark.slow


async def test_servers_run_and_are_provisioned_while_it_runs(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home", services=[]) as stack, connect(stack.settings) as connections:
        assert await find_drift(connections.nats) == []
        await connections.store.put("a/b.txt", b"kept", "text/plain")
        pids = [member.pid for member in stack.members.values()]
        assert Home.at(tmp_path / "home").find() == stack.endpoint
    assert not any(is_alive(pid) for pid in pids if pid)
    assert processes_mentioning(str(tmp_path / "home")) == []
    assert Home.at(tmp_path / "home").find() is None


async def test_nobody_reads_the_event_log_without_its_token_and_no_argument_shows_it(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home", services=[]) as stack:
        token = Home.at(tmp_path / "home").keys().nats_token
        with pytest.raises(nats.errors.Error, match="Authorization"):
            await nats.connect(stack.nats_url, allow_reconnect=False)
        commands = [Path(f"/proc/{member.pid}/cmdline").read_bytes() for member in stack.members.values()]
        assert all(token.encode() not in command for command in commands)
        assert token not in repr(stack.settings)
        assert token not in str(msgspec.to_builtins(stack.endpoint))
        shown = await asyncio.to_thread(invoke_lectern, "dead", "list", home=tmp_path / "home")
        assert "There are no dead letters" in shown.out


async def test_data_survives_a_restart(tmp_path: Path) -> None:
    async with run_stack(tmp_path, services=[]) as stack, connect(stack.settings) as connections:
        await connections.store.put("a/b.txt", b"kept", "text/plain")
        await connections.nats.jetstream().publish("videos.fast.x.requested", b"{}")
    async with run_stack(tmp_path, services=[]) as stack, connect(stack.settings) as connections:
        assert await connections.store.get("a/b.txt") == b"kept"
        assert (await connections.nats.jetstream().stream_info("VIDEOS")).state.messages == 1


@pytest.mark.parametrize("name", ["nats", "store"])
async def test_a_server_that_dies_is_restarted_on_the_same_address(tmp_path: Path, name: str) -> None:
    async with run_stack(tmp_path, services=[]) as stack, connect(stack.settings) as connections:
        before = stack.members[name].pid
        stack.kill(name)
        await wait_until(lambda: stack.members[name].pid not in (None, before))
        await wait_until(lambda: connections.nats.is_connected)
        async with asyncio.timeout(120):
            assert await find_drift(connections.nats) == []
            while not await answers(connections.store):  # it is started, and may not be ready yet
                await asyncio.sleep(0.05)


async def answers(store: ObjectStore) -> bool:
    try:
        await store.check()
    except Unavailable:
        return False
    return True


async def test_a_server_can_be_kept_down_for_a_while(tmp_path: Path) -> None:
    async with run_stack(tmp_path, services=[]) as stack:
        async with stack.without("nats"):
            assert stack.members["nats"].pid is None
        async with connect(stack.settings) as connections:
            assert await find_drift(connections.nats) == []


async def test_a_home_in_use_is_refused(tmp_path: Path) -> None:
    async with run_stack(tmp_path, services=[]):
        with pytest.raises(ProblemError, match="is running"):
            async with run_stack(tmp_path, services=[]):
                pass


async def test_a_service_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="Not installed: teleprompter"):
        async with run_stack(tmp_path, services=["teleprompter"]):
            pass


async def test_the_api_answers_when_the_runner_says_it_is_up(tmp_path: Path) -> None:
    async with run_stack(tmp_path / "home", services=["gateway", "scripter"]) as stack:
        async with httpx.AsyncClient(base_url=stack.url) as http:
            assert (await http.get("/v1/videos")).json()["data"] == []
        assert stack.members["gateway"].pid is None
    assert processes_mentioning(str(tmp_path / "home")) == []


async def test_a_service_in_its_own_process_answers_is_restarted_when_killed_and_ends_with_the_runner(
    tmp_path: Path,
) -> None:
    async with (
        run_stack(tmp_path / "home", services=["gateway"], separate=True) as stack,
        httpx.AsyncClient(base_url=stack.url) as http,
    ):
        assert (await http.get("/v1/videos")).json()["data"] == []
        stack.kill("gateway")
        deadline = time.monotonic() + 120
        while True:
            try:
                assert (await http.get("/healthz")).status_code == 200
                break
            except httpx.TransportError:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
    assert processes_mentioning(str(tmp_path / "home")) == []


async def start_up(home: Path, *args: str, **environment: str) -> tuple[asyncio.subprocess.Process, str]:
    """Starts `lectern up` on a free port; returns its address once it is ready."""
    process = await start_lectern("up", "--port", "0", "--json", *args, home=home, **environment)
    assert process.stdout is not None
    assert process.stderr is not None
    line = await process.stdout.readline()
    assert line, (await process.stderr.read()).decode()
    return process, json.loads(line)["url"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_up_exits_cleanly_on_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    home = tmp_path / "home"
    process, url = await start_up(home)
    async with httpx.AsyncClient(base_url=url) as http:
        assert (await http.get("/readyz")).status_code == 200
    process.send_signal(number)
    _, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert b"Traceback" not in err
    assert processes_mentioning(str(home)) == []


@pytest.mark.slow
async def test_nothing_outlives_a_runner_that_is_killed_and_the_next_removes_its_scratch_files(tmp_path: Path) -> None:
    home, scratch = tmp_path / "home", tmp_path / "scratch"
    process, _ = await start_up(home, "--separate", "--renderers", "1", LECTERN_SCRATCH=str(scratch))
    assert len(processes_mentioning(str(home))) > 6
    process.kill()
    await process.wait()
    await wait_until(lambda: processes_mentioning(str(home)) == [])
    left = [*scratch.glob("lectern-render-*/pool-*")]
    assert left, "the renderer was killed, too, and removed nothing"
    (scratch / f"lectern-work-{os.geteuid()}").mkdir(exist_ok=True)
    left.append(scratch / f"lectern-work-{os.geteuid()}/composer-1")  # as a composer leaves that is killed at work
    left[-1].mkdir()
    process, _ = await start_up(home, LECTERN_SCRATCH=str(scratch))
    await wait_until(lambda: not any(folder.exists() for folder in left))
    process.terminate()
    await process.wait()


@pytest.mark.slow
async def test_a_second_up_on_the_same_home_reports_the_address_of_the_first(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process, url = await start_up(home)
    second = await start_lectern("up", "--port", "0", home=home)
    _, err = await second.communicate()
    assert second.returncode == 3
    assert url in err.decode()
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.slow
async def test_a_port_in_use_is_reported_with_a_remedy(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    process = await start_lectern("up", "--port", str(port), home=tmp_path / "home")
    _, err = await process.communicate()
    assert process.returncode == 3
    assert f"127.0.0.1:{port}" in err.decode()
    assert "LECTERN_PORT" in err.decode()
    assert "Traceback" not in err.decode()
    assert processes_mentioning(str(tmp_path / "home")) == []
    server.close()
