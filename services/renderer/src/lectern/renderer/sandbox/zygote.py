"""The zygote: imports manim and the scene kit once, then forks one child for each job.

`python -I -m lectern.renderer.sandbox.zygote SOCKET_FD SETUP_JSON`. It has one thread, a clean environment, no
secret, and never reads a payload: a job gets descriptors, and its child reads them. So nothing
of one job is left for the next.
"""

from __future__ import annotations

import gc
import os
import random
import select
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

import msgspec

from lectern.renderer.sandbox import kernel, landlock, lock, namespaces, probe, seccomp, tex
from lectern.renderer.sandbox.job import Limits
from lectern.renderer.sandbox.lock import Lock
from lectern.renderer.sandbox.wire import Channel, Exited, Ready, Refused, Start, Started

LOCK_FAILED = 97


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """How to sandbox. `stage` is an empty folder that mounts are made on; a layer switched off is reported as such."""

    stage: str
    uid: int | None = None  # the user of the first slot, when jobs can be given users of their own
    landlock_at_most: int = 99  # 0 switches it off, 1 to 6 stand for an older kernel
    seccomp: bool = True
    namespaces: bool = True


def main() -> None:
    channel, setup = Channel.of(int(sys.argv[1])), msgspec.json.decode(sys.argv[2], type=Setup)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    apart = _own_pid_namespace(channel) if setup.namespaces else "switched off"
    try:
        _import_everything(Path(setup.stage).parent)
        choice, uid, layers = _choose(setup, apart)
    except Exception as error:
        channel.send(Refused(reason=f"{type(error).__name__}: {error}", layers={}))
        return
    broken = [f"{name} {state}" for name, state in layers.items() if state.startswith("broken")]
    if broken or not (choice.program and (choice.landlock_abi or choice.namespaces)):
        reason = "; ".join(broken) or "it needs seccomp, and Landlock or a private mount namespace"
        channel.send(Refused(reason=reason, layers=layers))
        return
    channel.send(Ready(layers=layers, uids=uid is not None))
    _serve(channel, choice)


def _own_pid_namespace(channel: Channel) -> str:
    """Carries on as process 1 of a PID namespace that dies with it; "" when that worked, or why not.

    Forking jobs straight into PID namespaces of their own takes the right to leave them again, which only a process
    has that is itself in one it owns.
    """
    try:
        namespaces.unshare(kernel.CLONE_NEWPID)
    except OSError as error:
        return str(error)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # again: a change of credentials clears it
    pid = os.fork()
    if pid:
        channel.close()
        _, status = os.waitpid(pid, 0)
        os._exit(0 if status == 0 else 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    return ""


def _import_everything(scratch: Path) -> None:
    import tqdm

    tqdm.tqdm.monitor_interval = 0  # its thread would not survive a fork
    import av  # noqa: F401

    # typst is imported by the kit but must never compile before a fork: its threads would not survive one
    from manim import Circle, MarkupText, Text, tempconfig

    import lectern.scenekit.job  # noqa: F401

    with tempfile.TemporaryDirectory(dir=scratch) as media, tempconfig({"media_dir": media}):
        Text("warm")
        MarkupText("<b>warm</b>")
        Circle()
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"the zygote has {threads} threads; a fork of it would hang")
    gc.collect()
    gc.freeze()  # objects that never move to another generation are pages that stay shared


def _choose(setup: Setup, apart: str) -> tuple[Lock, int | None, dict[str, str]]:
    """The strongest lock that holds here, with the user it works with, as tried by a child under it."""
    version = min(landlock.abi(), setup.landlock_at_most)
    program = seccomp.job_program() if setup.seccomp else b""
    readable = lock.readable_paths()
    off = (
        {} if version else {"landlock": "off: " + ("not in this kernel" if setup.landlock_at_most else "switched off")}
    )
    if not program:
        off["seccomp"] = "off: switched off"

    def attempt(spaces: bool) -> tuple[Lock, int | None, dict[str, str]]:
        choice = Lock(landlock_abi=version, program=program, namespaces=spaces, stage=setup.stage, readable=readable)
        reachable = spaces or lock.open_to_others((*readable, setup.stage))
        uid = setup.uid if reachable else None
        found = _tried(choice, uid)
        if setup.uid is None:
            found["uid"] = "off: the pool is not root with the right to change users"
        elif uid is None:
            found["uid"] = "off: other users cannot reach the interpreter or the work folder"
        return choice, uid, off | found

    if apart:
        choice, uid, found = attempt(spaces=False)
        return choice, uid, found | {"namespaces": f"off: {apart}"}
    try:
        return attempt(spaces=True)
    except OSError as error:
        choice, uid, found = attempt(spaces=False)
        return choice, uid, found | {"namespaces": f"off: {error}"}


def _tried(choice: Lock, uid: int | None) -> dict[str, str]:
    """Locks a child as a job would be and has it try each layer. Raises OSError when it cannot be locked."""
    answer, output = os.pipe()
    log_read, log = os.pipe()
    folder = Path(choice.stage).parent / "check"
    folder.mkdir(exist_ok=True)
    if uid is not None:
        os.chown(folder, uid, uid)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    pid = _fork(choice)
    if pid == 0:
        lock.arrange(log, output, handle)
        _locked_or_exit(choice, Limits(), uid, writable=True)
        os.write(lock.OUTPUT, msgspec.json.encode(lock.holds(choice, uid)))
        os._exit(0)
    for fd in (output, log, handle):
        os.close(fd)
    with open(answer, "rb") as found, open(log_read, "rb") as said:
        os.waitpid(pid, 0)
        data, text = found.read(), said.read().decode("utf-8", "replace")
    if not data:
        raise OSError(text.strip().splitlines()[-1] if text.strip() else "the sandbox's own check died")
    return msgspec.json.decode(data, type=dict[str, str])


def _fork(choice: Lock) -> int:
    if not choice.namespaces:
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        return namespaces.fork_as_init(own)
    finally:
        os.close(own)


def _serve(channel: Channel, choice: Lock) -> None:
    """Forks for every Start, reports every end, until the supervisor hangs up."""
    running: dict[int, tuple[int, int]] = {}  # pidfd -> job id, pid
    poll = select.poll()
    poll.register(channel.fileno(), select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd != channel.fileno():
                poll.unregister(fd)
                job, pid = running.pop(fd)
                os.close(fd)
                channel.send(_reaped(job, pid))
                continue
            received = channel.receive()
            if received is None:
                return
            message, files = received
            if isinstance(message, Start):
                pid = _fork(choice)
                if pid == 0:
                    _work(choice, message, files)
                pidfd = os.pidfd_open(pid)
                poll.register(pidfd, select.POLLIN)
                running[pidfd] = (message.id, pid)
                channel.send(Started(id=message.id), [pidfd])
            for each in files:
                os.close(each)


def _reaped(job: int, pid: int) -> Exited:
    _, status, used = os.wait4(pid, 0)
    return Exited(
        id=job,
        exit_code=os.waitstatus_to_exitcode(status),
        cpu_seconds=used.ru_utime + used.ru_stime,
        peak_memory_bytes=used.ru_maxrss * 1024,
    )


def _locked_or_exit(choice: Lock, limits: Limits, uid: int | None, *, writable: bool) -> None:
    try:
        lock.apply(choice, limits, uid=uid, writable=writable)
    except BaseException as error:
        os.write(lock.LOG, f"the sandbox could not be set up: {error}\n".encode())
        os._exit(LOCK_FAILED)


def _work(choice: Lock, start: Start, files: list[int]) -> None:
    """The child's whole life; never returns."""
    status = 1
    try:
        folder, log, output, *extra = files
        lock.arrange(log, output, folder, extra)
        _locked_or_exit(choice, start.limits, start.uid, writable=start.kind == "render")
        if start.kind == "render":
            _render((lock.FIRST_EXTRA, lock.FIRST_EXTRA + 1) if extra else None)
        else:
            probe.report(lock.FOLDER, lock.OUTPUT)
        sys.stdout.flush()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # never the interpreter's own exit: it would run the scene's handlers and the zygote's


def _render(broker: tuple[int, int] | None) -> None:
    import numpy

    from lectern.scenekit import job

    # A fork inherits the state of every generator; two jobs must not draw the same "random" numbers.
    random.seed(time.time_ns() ^ os.getpid())
    numpy.random.seed(int.from_bytes(os.urandom(4), "little"))

    def on_progress(frames: int, of: int) -> None:
        os.write(lock.OUTPUT, b'{"frames": %d, "of": %d}\n' % (frames, of))

    if broker:
        tex.use_broker(*broker)
    job.run(Path.cwd(), on_progress)


if __name__ == "__main__":
    main()
