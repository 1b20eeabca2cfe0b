"""The store of one machine, as another user of that machine sees it."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aioboto3
import pytest
from botocore.exceptions import ClientError
from servers import free_port, run_server

from lectern.cli.runner.home import LocalKeys
from lectern.cli.runner.servers import LOOPBACK
from lectern.cli.runner.store_server import object_store, remove_dead_sockets

KEYS = LocalKeys(access="key-of-the-home", secret="a-secret-of-some-length")
S3_PORT = "-s3.port"


@dataclass(frozen=True, kw_only=True)
class RunningStore:
    """A store that runs, and what its command line shows to every user."""

    folder: Path
    ports: dict[str, int]
    argv: list[str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStore]:
    """A store, started by somebody who has keys of another store in the environment."""
    folder = tmp_path_factory.mktemp("store-of-another-user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "key-of-a-cloud")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-a-cloud")
        patch.setenv("S3_BUCKET", "bucket-of-a-cloud")
        program = object_store(folder, free_port(), KEYS)
        with run_server(program):
            flags = (argument.partition("=") for argument in program.argv)
            ports = {name: int(value) for name, _, value in flags if ".port" in name and value != "0"}
            for port in ports.values():
                wait_until_open(port)  # the last ones open after S3 answers
            yield RunningStore(folder=folder, ports=ports, argv=list(program.argv))


def wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


def listening_ports(folder: Path) -> set[tuple[str, int]]:
    """Address and port of every TCP socket that the processes which name a folder listen on."""
    pids = [
        path.parent.name
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if str(folder).encode() in read_or_nothing(path)
    ]
    inodes: set[str] = set()
    for pid in pids:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                inodes.add(os.readlink(link).removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, _, port = fields[1].rpartition(":")
                found.add((address, int(port, 16)))
    return found


def read_or_nothing(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def ask(port: int, path: str, *, method: str = "GET", tls: bool = False) -> int | None:
    """The status that somebody without keys or certificate is answered; None when nothing is."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = (
        http.client.HTTPSConnection(LOOPBACK, port, timeout=5, context=context)
        if tls
        else http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    )
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.mark.slow
def test_every_listener_is_named_and_on_loopback_only(store: RunningStore) -> None:
    found = listening_ports(store.folder)
    assert {address for address, _ in found} == {"0100007F"}
    assert {port for _, port in found} == set(store.ports.values())


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/dir/assign", "/dir/status", "/buckets/lectern/", "/status", "/metrics", "/ui"])
def test_nobody_without_the_homes_certificate_is_served_beside_s3(store: RunningStore, path: str) -> None:
    inner = {name: port for name, port in store.ports.items() if name != S3_PORT}
    assert len(inner) == 9
    for name, port in inner.items():
        assert ask(port, path, tls=True) is None, name
        assert ask(port, path) in (None, 400), name  # 400: this port wants TLS


@pytest.mark.slow
def test_s3_lists_reads_and_writes_nothing_for_who_has_no_keys(store: RunningStore) -> None:
    port = store.ports[S3_PORT]
    assert ask(port, "/") == 403
    assert ask(port, "/lectern") == 403
    assert ask(port, "/lectern/videos/a") == 403
    assert ask(port, "/lectern/videos/a", method="PUT") == 403
    assert ask(port, "/lectern/videos/a", method="DELETE") == 403
    assert ask(port, "/another-bucket", method="PUT") == 403


@pytest.mark.slow
async def test_keys_of_the_environment_open_nothing_and_make_no_bucket(store: RunningStore) -> None:
    endpoint = f"http://{LOOPBACK}:{store.ports[S3_PORT]}"
    foreign = aioboto3.Session("key-of-a-cloud", "secret-of-a-cloud", region_name="auto")
    async with foreign.client("s3", endpoint_url=endpoint) as client:
        with pytest.raises(ClientError, match="InvalidAccessKeyId"):
            await client.list_buckets()
    own = aioboto3.Session(KEYS.access, KEYS.secret, region_name="auto")
    async with own.client("s3", endpoint_url=endpoint) as client:
        assert [bucket["Name"] for bucket in (await client.list_buckets())["Buckets"]] == ["lectern"]
    assert not any(b"secret-of-a-cloud" in read_or_nothing(path) for path in store.folder.rglob("*") if path.is_file())


@pytest.mark.slow
def test_no_argument_shows_a_secret_and_its_files_are_private(store: RunningStore) -> None:
    assert KEYS.secret not in " ".join(store.argv)
    for name in ("data", "config"):
        assert stat.S_IMODE((store.folder / name).stat().st_mode) == 0o700
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (store.folder / "config").iterdir()}
    assert modes == {0o600}


@pytest.mark.slow
def test_its_sockets_let_nobody_else_in(store: RunningStore) -> None:
    sockets = [Path(f"/tmp/seaweedfs-filer-grpc-{store.ports['-filer.port.grpc']}.sock")]
    sockets += [Path(f"/tmp/seaweedfs-s3-{store.ports[S3_PORT]}.sock")]
    for path in sockets:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0  # to connect is to write


def test_sockets_that_nobody_listens_to_are_removed_and_others_are_kept(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "seaweedfs-s3-1.sock"))
    (tmp_path / "seaweedfs-notes.sock").write_text("no socket")
    with socket.socket(socket.AF_UNIX) as alive:
        alive.bind(str(tmp_path / "seaweedfs-s3-2.sock"))
        alive.listen()
        remove_dead_sockets(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seaweedfs-notes.sock", "seaweedfs-s3-2.sock"]
