"""The home folder of a one-machine Lectern: its event log, objects and keys, and which process runs it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import platformdirs

from lectern.contracts.problems import Problem, ProblemError
from lectern.contracts.topology import DAY, EVENT_DAYS

BUCKET = "lectern"
_HOUR = 3600.0
DEFAULT_HOME = platformdirs.user_data_path("lectern", appauthor=False)


class LocalKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What clients show to the local servers: access key and secret of the object store, token of the event log.

    `signing_key` is the gateway's, for sessions and share links.
    """

    access: str
    secret: str
    nats_token: str = ""
    signing_key: str = ""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """The addresses of a running Lectern: `url` of the API, the others of the servers behind it.

    `only_answers`: it was started for a question, makes no videos, and ends with the question. `surroundings` is the
    digest of what it makes films with. The last three are settings that it was started with: days that videos are
    listed, megabytes of the disk that are kept free, and gigabytes that the store may take.
    """

    pid: int
    url: str
    nats_url: str
    s3_endpoint: str
    only_answers: bool = False
    surroundings: str = ""
    keep_history_days: int = EVENT_DAYS
    disk_reserve_mb: int = 1000
    store_limit_gb: float = 0.0


def find_end_of_listing(begun: float, days: int) -> float | None:
    """Until when a video that began then is surely listed where history is kept for so many days; None: for good.

    Times in seconds of the epoch. An hour less than the days: the log forgets a video's first event first.
    """
    return begun + days * DAY - _HOUR if days else None


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """A home's folders and files, all private to their owner."""

    path: Path

    @classmethod
    def at(cls, path: Path) -> Home:
        """The home in a folder that need not exist yet."""
        return cls(path=path.expanduser().resolve())

    @property
    def nats(self) -> Path:
        """The folder of nats-server's streams."""
        return self.path / "nats"

    @property
    def store(self) -> Path:
        """The object store's folder."""
        return self.path / "store"

    @property
    def old_objects(self) -> Path:
        """Where earlier versions kept objects: a file each, its path the key. Absent from a newer home."""
        return self.path / "objects" / BUCKET

    @property
    def answers(self) -> Path:
        """What the last runner said of its videos and voices, until another one starts."""
        return self.path / "answers.json"

    @property
    def logs(self) -> Path:
        """A log file for each child process."""
        return self.path / "logs"

    def find(self) -> Endpoint | None:
        """The runner that owns this home; None when there is none or it is not ready yet."""
        if not self.is_owned():
            return None
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError):
            return msgspec.json.decode((self.path / "runner.json").read_bytes(), type=Endpoint)
        return None

    def is_owned(self) -> bool:
        """True while a runner owns this home. The kernel releases its lock however the process ends."""
        try:
            with (self.path / "runner.lock").open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def keys(self) -> LocalKeys:
        """The servers' keys, generated once for a home; one that an older home lacks is added."""
        path = self.path / "keys.json"
        keys = LocalKeys(access=secrets.token_hex(10), secret=secrets.token_hex(20))
        with contextlib.suppress(FileNotFoundError):
            keys = msgspec.json.decode(path.read_bytes(), type=LocalKeys)
        if not (keys.nats_token and keys.signing_key):
            keys = msgspec.structs.replace(
                keys,
                nats_token=keys.nats_token or secrets.token_hex(20),
                signing_key=keys.signing_key or secrets.token_hex(32),
            )
            write_private(path, msgspec.json.encode(keys))
        return keys

    @contextmanager
    def announce(self, endpoint: Endpoint) -> Iterator[None]:
        """Publishes this runner's addresses in the home while the context lasts."""
        path = self.path / "runner.json"
        write_private(path, msgspec.json.encode(endpoint))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def claim_home(path: Path) -> Iterator[Home]:
    """Creates the home's folders and owns it while the context lasts. Raises ProblemError when another runner does."""
    home = Home.at(path)
    try:
        for folder in (home.path, home.nats, home.store, home.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(home.path / "runner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ProblemError(
            Problem(
                code="home-not-writable",
                title="Lectern's home cannot be used",
                detail=f"{home.path}: {error.strerror}.",
                remedy="Make it writable, or set LECTERN_HOME to another folder.",
            )
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProblemError(_already_running(home)) from None
        (home.path / "runner.json").unlink(missing_ok=True)
        home.answers.unlink(missing_ok=True)
        yield home
    finally:
        os.close(descriptor)


def _already_running(home: Home) -> Problem:
    endpoint = home.find()
    where = f"at {endpoint.url} (process {endpoint.pid})" if endpoint else "and is starting or stopping"
    return Problem(
        code="already-running",
        title="Lectern is already running",
        detail=f"A Lectern with the home {home.path} is running {where}.",
        remedy="Use it, stop it with Ctrl-C, or set LECTERN_HOME to another folder.",
    )


def write_private(path: Path, data: bytes) -> None:
    """Writes a file that only its owner can read, in one step: nobody sees a part of it."""
    temporary = path.with_suffix(".new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    temporary.replace(path)
