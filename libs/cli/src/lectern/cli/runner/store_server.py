"""The object store of one machine: SeaweedFS in one process, as its wheel installs it, closed to all but its keys.

SeaweedFS has listeners besides S3: its master, volume, filer and admin servers trust whoever reaches them. Every user
of a machine does, so each asks for a certificate that only this home has (mutual TLS, over HTTP and gRPC alike).
"""

from __future__ import annotations

import contextlib
import datetime
import http.client
import ipaddress
import os
import random
import shutil
import socket
import stat
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import msgspec
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lectern.cli.runner.home import BUCKET, LocalKeys, write_private
from lectern.cli.runner.servers import LOOPBACK, ServerProgram, find_program

_PARTS = ("master", "volume", "filer", "admin")  # each with an HTTP and a gRPC port
_CLIENTS = ("s3", "worker", "client")  # the other names under which its parts ask each other
_TO_GRPC = (
    10_000  # from a part's HTTP port to its gRPC port; its worker looks for the admin server there and nowhere else
)
_INNER_PORTS = range(10_000, 32_768 - _TO_GRPC)  # both below those that the kernel gives to whoever asks for any
_VOLUME_MB = 256  # of one file of objects; what is deleted is freed by copying the rest of such a file
_CHUNK_MB = 1  # of an object; uploads hold a few in memory
_SOCKETS = Path("/tmp")  # noqa: S108 - where SeaweedFS puts them, whatever TMPDIR says
_VALID_DAYS = 3650  # of a certificate that is made anew at each start

# Variables by which SeaweedFS would take another user's keys, buckets or address from whoever starts it.
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "S3_BUCKET": "",
    "S3_TABLE_BUCKET": "",
    "S3_EXTERNAL_URL": "",
    # Most of its heap are buffers that are never written to. Go's default would let garbage grow to as much again.
    "GOGC": "20",
}


def object_store(folder: Path, port: int, keys: LocalKeys) -> ServerProgram:
    """SeaweedFS with its objects in a folder. It is ready when its bucket is there, which is made at the first start.

    Writes its configuration into the folder, which must be private: certificate and keys are in it.
    """
    data, config = folder / "data", folder / "config"
    for each in (data, config):
        each.mkdir(parents=True, exist_ok=True, mode=0o700)
    _forget_last_run(data)
    remove_dead_sockets(_SOCKETS)
    identities = config / "identities.json"
    write_private(identities, _identities(keys))
    _write_certificate(config / "certificate.pem", config / "key.pem")
    write_private(config / "security.toml", _security(config).encode())
    for name in ("filer", "master"):  # or it reads those of the folder in which it is started
        write_private(config / f"{name}.toml", _NAMED[name].format(data=data).encode())

    argv = [find_program("weed"), "-logtostderr=true", f"-config_dir={config}", "mini", f"-dir={data}"]
    argv += [f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", *_port_flags(port)]
    argv += [f"-s3.config={identities}", "-s3.autoCreateBucket=false", "-s3.iam=false"]
    argv += ["-s3.port.iceberg=0", "-s3.port.lance=0", "-webdav=false", "-admin.ui=false", "-master.telemetry=false"]
    argv += [f"-master.volumeSizeLimitMB={_VOLUME_MB}", f"-filer.maxMB={_CHUNK_MB}", "-volume.readBufferSizeMB=1"]
    argv += ["-s3.readerCacheSizeMB=16", "-volume.preStopSeconds=0"]

    def is_ready() -> bool:
        return _make_bucket(port, keys)

    return ServerProgram(name="store", argv=argv, is_ready=is_ready, env=_ENVIRONMENT)


_NAMED: Mapping[str, str] = {
    "filer": '[leveldb2]\nenabled = true\ndir = "{data}/filerldb2"\n',
    "master": "",
}


def _identities(keys: LocalKeys) -> bytes:
    """SeaweedFS's list of who may use S3: one, who may do everything."""
    credentials = [{"accessKey": keys.access, "secretKey": keys.secret}]
    identity = {"name": "lectern", "credentials": credentials, "actions": ["Admin"]}
    return msgspec.json.encode({"identities": [identity]})


def _security(config: Path) -> str:
    """security.toml: every part shows the certificate to the others, and lets nobody in who has none."""
    certificate = f'cert = "{config}/certificate.pem"\nkey = "{config}/key.pem"\n'
    authority = f'ca = "{config}/certificate.pem"\n'
    sections = [f"[grpc]\n{authority}"]
    sections += [f"[grpc.{part}]\n{certificate}" for part in (*_PARTS, *_CLIENTS)]
    sections += [f"[https.{part}]\n{certificate}{authority}" for part in _PARTS]
    sections += [f"[https.client]\nenabled = true\n{certificate}{authority}"]
    return "\n".join(sections)


def _write_certificate(certificate: Path, key: Path) -> None:
    """A certificate for the loopback address that has signed itself: the only one its bearers accept."""
    now = datetime.datetime.now(datetime.UTC)
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lectern-store")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))]), critical=False)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .sign(private, hashes.SHA256())
    )
    write_private(certificate, signed.public_bytes(serialization.Encoding.PEM))
    write_private(
        key,
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )


def _port_flags(port: int) -> list[str]:
    """The ports of all its listeners: each named, as those it would choose may be taken."""
    chosen = _choose_ports(len(_PARTS) + 1)
    flags = [f"-s3.port={port}", *(f"-{part}.port={each}" for part, each in zip(_PARTS, chosen, strict=False))]
    return flags + [f"-{part}.port.grpc={each + _TO_GRPC}" for part, each in zip((*_PARTS, "s3"), chosen, strict=True)]


def _choose_ports(count: int) -> list[int]:
    """Ports of this machine on which nothing listens, and on their gRPC ports neither."""
    with contextlib.ExitStack() as held:
        found: list[int] = []
        while len(found) < count:
            candidate = random.choice(_INNER_PORTS)
            pair = held.enter_context(socket.socket()), held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                for probe, number in zip(pair, (candidate, candidate + _TO_GRPC), strict=True):
                    probe.bind((LOOPBACK, number))
                found.append(candidate)
        return found


def _forget_last_run(data: Path) -> None:
    """Removes what SeaweedFS keeps of its ports and flags. Its volumes tell a new master all that it must know."""
    (data / "mini.options").unlink(missing_ok=True)
    for state in data.glob("m[0-9]*"):
        if state.name[1:].isdigit() and state.is_dir():
            shutil.rmtree(state)


def remove_dead_sockets(folder: Path) -> None:
    """Removes sockets that killed stores of this user left behind: nothing else ever would."""
    for path in folder.glob("seaweedfs-*.sock"):
        with contextlib.suppress(OSError):
            found = path.lstat()
            if stat.S_ISSOCK(found.st_mode) and found.st_uid == os.getuid() and not _is_listened_to(path):
                path.unlink()


def _is_listened_to(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        return True


def _make_bucket(port: int, keys: LocalKeys) -> bool:
    """True once the store has the bucket; makes it when it is missing. Blocks for at most two seconds."""
    with contextlib.suppress(OSError, http.client.HTTPException):
        status = _ask_signed(port, keys, "HEAD")
        if status == HTTPStatus.NOT_FOUND:
            status = _ask_signed(port, keys, "PUT")
        return status in (HTTPStatus.OK, HTTPStatus.CONFLICT)
    return False


def _ask_signed(port: int, keys: LocalKeys, method: str) -> int:
    """The status of a request for the bucket. Signed by hand: loading a client takes longer than starting the store."""
    request = AWSRequest(method=method, url=f"http://{LOOPBACK}:{port}/{BUCKET}", data=b"")
    S3SigV4Auth(Credentials(keys.access, keys.secret), "s3", "auto").add_auth(request)
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1.0)
    try:
        connection.request(method, f"/{BUCKET}", headers=dict(request.headers))
        return connection.getresponse().status
    finally:
        connection.close()
