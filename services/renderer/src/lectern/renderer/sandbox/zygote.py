"""The zygote: imports manim and the scene kit once, then forks one child for each job.

`python -I -m lectern.renderer.sandbox.zygote SOCKET_FD POOL_NAME`. It has one thread, a clean environment and no
secret, and never reads a payload: a job is passed as descriptors, and its child reads them. So nothing of one job is
left for the next.
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

from lectern.confinement import kernel
from lectern.renderer.sandbox import probe
from lectern.renderer.sandbox.confined_fork import (
    ZygoteSetup,
    choose_confinement,
    confine_or_exit,
    fork_job,
)
from lectern.renderer.sandbox.layers import confinement, namespaces
from lectern.renderer.sandbox.layers.confinement import Confinement
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import JobExited, JobStarted, SandboxReady, SandboxUnavailable, StartJob
from lectern.renderer.sandbox.tex import client as tex_client

THREADS_PATIENCE_SECONDS = 5.0  # until only one thread is left after the imports


def main() -> None:
    """Sets up the sandbox, reports it, and forks jobs until the supervisor hangs up."""
    supervisor = MessageSocket.from_fd(int(sys.argv[1]))
    setup = supervisor.receive_setup(ZygoteSetup)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    namespace_error = _enter_pid_namespace(supervisor) if setup.namespaces else "disabled"
    try:
        _import_everything(Path(setup.stage).parent)
        choice = choose_confinement(setup, namespace_error)
    except Exception as error:
        supervisor.send(SandboxUnavailable(reason=f"{type(error).__name__}: {error}", layers={}))
        return
    chosen = choice.confinement
    broken = [f"{name} {state}" for name, state in choice.layers.items() if state.startswith("broken")]
    if broken or not (chosen.program and (chosen.landlock_abi or chosen.namespaces)):
        reason = "; ".join(broken) or "it needs seccomp, and Landlock or a private mount namespace"
        supervisor.send(SandboxUnavailable(reason=reason, layers=choice.layers))
        return
    supervisor.send(SandboxReady(layers=choice.layers, uids=choice.uid is not None))
    _serve(supervisor, chosen)


def _enter_pid_namespace(supervisor: MessageSocket) -> str:
    """Continues as process 1 of a PID namespace that dies with it. Returns "" on success, or the reason why not.

    Forking jobs straight into PID namespaces of their own requires the right to leave them again, which only a process
    in a namespace that it owns has.
    """
    try:
        namespaces.unshare(kernel.CLONE_NEWPID)
    except OSError as error:
        return str(error)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # again: a change of credentials clears it
    pid = os.fork()
    if pid:
        supervisor.close()
        _, status = os.waitpid(pid, 0)
        os._exit(0 if status == 0 else 1)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    return ""


def _import_everything(scratch: Path) -> None:
    gc.disable()  # nothing imported goes away, and looking for what does takes a quarter of the imports' time
    import tqdm

    tqdm.tqdm.monitor_interval = 0  # its thread would not survive a fork
    import av  # noqa: F401

    # typst is imported by the kit but must never compile before a fork: its threads would not survive one
    from manim import Circle, MarkupText, Text, tempconfig

    import lectern.scenekit.job  # noqa: F401
    from lectern import scenekit

    for name in scenekit.kit_names():  # a job may not look for packages, and each would import them anew
        getattr(scenekit, name)
    with tempfile.TemporaryDirectory(dir=scratch) as media, tempconfig({"media_dir": media}):
        Text("warm")
        MarkupText("<b>warm</b>")
        Circle()
    if (threads := _count_threads(patience=THREADS_PATIENCE_SECONDS)) != 1:
        raise RuntimeError(f"the zygote has {threads} threads; a fork of it would hang")
    gc.collect()
    gc.enable()
    gc.freeze()  # objects that never move to another generation are pages that stay shared


def _count_threads(*, patience: float) -> int:
    """The threads of this process, once there is one or after `patience` seconds.

    Pango reads the configuration of fonts in a thread that ends by itself, later on a busy machine.
    """
    deadline = time.monotonic() + patience
    while (threads := len(os.listdir("/proc/self/task"))) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    return threads


def _serve(supervisor: MessageSocket, chosen: Confinement) -> None:
    """Forks a child for each StartJob and reports its end, until the supervisor hangs up."""
    running: dict[int, tuple[int, int]] = {}  # pidfd -> job id, pid
    poll = select.poll()
    poll.register(supervisor.fileno(), select.POLLIN)
    while True:
        for fd, _ in poll.poll():
            if fd != supervisor.fileno():
                poll.unregister(fd)
                job, pid = running.pop(fd)
                os.close(fd)
                supervisor.send(_reap(job, pid))
                continue
            received = supervisor.receive()
            if received is None:
                return
            message, files = received
            if isinstance(message, StartJob):
                pid = fork_job(chosen)
                if pid == 0:
                    _run_job(chosen, message, files)
                pidfd = os.pidfd_open(pid)
                poll.register(pidfd, select.POLLIN)
                running[pidfd] = (message.id, pid)
                supervisor.send(JobStarted(id=message.id), [pidfd])
            for file in files:
                os.close(file)


def _reap(job: int, pid: int) -> JobExited:
    _, status, usage = os.wait4(pid, 0)
    return JobExited(
        id=job,
        exit_code=os.waitstatus_to_exitcode(status),
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        peak_memory_bytes=usage.ru_maxrss * 1024,
    )


def _run_job(chosen: Confinement, start: StartJob, files: list[int]) -> None:
    """Runs a job in the child process and exits; never returns."""
    status = 1
    try:
        file, log, output, report, *tex_pipes = files
        confinement.arrange_descriptors(log, output, file, report, tex_pipes)
        confine_or_exit(chosen, start.limits, start.uid, writable=start.kind == "render")
        if start.kind == "render":
            _render((confinement.FIRST_EXTRA, confinement.FIRST_EXTRA + 1) if tex_pipes else None)
        else:
            probe.report_footage(confinement.FOLDER, confinement.OUTPUT)
        sys.stdout.flush()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # never the interpreter's own exit: it would run the scene's handlers and the zygote's


def _render(tex_pipes: tuple[int, int] | None) -> None:
    import numpy

    from lectern.scenekit import job

    # A fork inherits the state of every generator; two jobs must not draw the same "random" numbers.
    random.seed(time.time_ns() ^ os.getpid())
    numpy.random.seed(int.from_bytes(os.urandom(4), "little"))

    def report_progress(frames: int, of: int) -> None:
        os.write(confinement.OUTPUT, b'{"frames": %d, "of": %d}\n' % (frames, of))

    if tex_pipes:
        tex_client.use_broker(*tex_pipes)
    job.run(Path.cwd(), report_progress)


if __name__ == "__main__":
    main()
