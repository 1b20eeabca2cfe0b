"""Forks that confine themselves, and the choice of the strongest confinement that works on this machine."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from lectern.confinement import landlock
from lectern.renderer.sandbox.job import JobLimits
from lectern.renderer.sandbox.layers import confinement, namespaces, system_calls
from lectern.renderer.sandbox.layers.confinement import Confinement
from lectern.renderer.sandbox.message_socket import MessageSocket
from lectern.renderer.sandbox.messages import MAX_REASON_LENGTH, ConfinementFailed, FolderMounted, JobConfined


class ZygoteSetup(msgspec.Struct, frozen=True, kw_only=True):
    """A zygote's settings. Mounts are made on the empty folder `stage`; a disabled layer is reported as such."""

    stage: str
    pool: str = ""  # the pool's name, to tell its processes from another's
    uid: int | None = None  # the user of the first slot, when jobs can run as users of their own
    max_landlock_abi: int = 99  # 0 disables it, 1 to 6 stand for an older kernel
    seccomp: bool = True
    namespaces: bool = True
    tmpfs: bool = True


class ConfinementChoice(msgspec.Struct, frozen=True, kw_only=True):
    """A confinement that works here, the user it was tried with, and the state of each layer by name."""

    confinement: Confinement
    uid: int | None
    layers: dict[str, str]


def choose_confinement(setup: ZygoteSetup, namespace_error: str) -> ConfinementChoice:
    """Chooses the strongest confinement that works here. Raises OSError when none does.

    `namespace_error` says why the zygote has no PID namespace of its own; it is empty when it has one.
    """
    if namespace_error:
        return _try_without_namespaces(setup, namespace_error)
    try:
        return _try_confinement(setup, use_namespaces=True)
    except OSError as error:
        return _try_without_namespaces(setup, str(error))


def _try_without_namespaces(setup: ZygoteSetup, reason: str) -> ConfinementChoice:
    choice = _try_confinement(setup, use_namespaces=False)
    return msgspec.structs.replace(choice, layers=choice.layers | {"namespaces": f"off: {reason}"})


def _try_confinement(setup: ZygoteSetup, *, use_namespaces: bool) -> ConfinementChoice:
    readable = confinement.list_readable_paths()
    chosen = Confinement(
        landlock_abi=min(landlock.read_abi_version(), setup.max_landlock_abi),
        program=system_calls.build_job_program() if setup.seccomp else b"",
        namespaces=use_namespaces,
        tmpfs=use_namespaces and setup.tmpfs,
        stage=setup.stage,
        readable=readable,
    )
    layers = {}
    if not chosen.landlock_abi:
        layers["landlock"] = "off: " + ("not in this kernel" if setup.max_landlock_abi else "disabled")
    if not chosen.program:
        layers["seccomp"] = "off: disabled"
    if not chosen.tmpfs:
        layers["tmpfs"] = "off: " + ("it needs namespaces" if setup.tmpfs else "disabled")
    reachable = use_namespaces or confinement.is_readable_by_all((*readable, setup.stage))
    uid = setup.uid if reachable else None
    layers |= _check_in_child(chosen, uid)
    if setup.uid is None:
        layers["uid"] = "off: the pool is not root with the right to change users"
    elif uid is None:
        layers["uid"] = "off: other users cannot reach the interpreter or the work folder"
    return ConfinementChoice(confinement=chosen, uid=uid, layers=layers)


def _check_in_child(chosen: Confinement, uid: int | None) -> dict[str, str]:
    """Confines a child as a job would be and has it check each layer. Raises OSError when it cannot be confined."""
    output, output_end = os.pipe()
    log, log_end = os.pipe()
    report, report_end = MessageSocket.pair()
    folder = Path(chosen.stage).parent / "check"
    folder.mkdir(exist_ok=True)
    if uid is not None:
        os.chown(folder, uid, uid)
    folder_fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    pid = fork_job(chosen)
    if pid == 0:
        confinement.arrange_descriptors(log_end, output_end, folder_fd, report_end.fileno())
        confine_or_exit(chosen, JobLimits(), uid, writable=True)
        os.write(confinement.OUTPUT, msgspec.json.encode(confinement.check_layers(chosen, uid)))
        os._exit(0)
    for fd in (output_end, log_end, folder_fd):
        os.close(fd)
    report_end.close()
    with open(output, "rb") as states, open(log, "rb") as log_file, contextlib.closing(report):
        while (received := report.receive()) is not None and isinstance(received[0], FolderMounted):
            for fd in received[1]:
                os.close(fd)
        os.waitpid(pid, 0)
        layers, text = states.read(), log_file.read().decode("utf-8", "replace")
    if received is not None and isinstance(received[0], ConfinementFailed):
        raise OSError(received[0].reason)
    if not layers:
        raise OSError(text.strip().splitlines()[-1] if text.strip() else "the sandbox's own check died")
    return msgspec.json.decode(layers, type=dict[str, str])


def fork_job(chosen: Confinement) -> int:
    """Forks, into a new PID namespace if the confinement has namespaces. Returns as os.fork() does."""
    if not chosen.namespaces:
        return os.fork()
    own = os.open("/proc/self/ns/pid", os.O_RDONLY)
    try:
        return namespaces.fork_as_init(own)
    finally:
        os.close(own)


def confine_or_exit(chosen: Confinement, limits: JobLimits, uid: int | None, *, writable: bool) -> None:
    """Confines the calling process and reports that, or reports why not and exits. Only then may it read the scene.

    The report has a socket of its own, which is closed before the scene is read: no scene can make or change one.
    """
    try:
        confinement.confine(chosen, limits, uid=uid, writable=writable)
        os.write(confinement.REPORT, msgspec.msgpack.encode(JobConfined()))
        os.close(confinement.REPORT)
    except BaseException as error:
        reason = f"the sandbox could not be set up: {error}"[:MAX_REASON_LENGTH]
        os.write(confinement.REPORT, msgspec.msgpack.encode(ConfinementFailed(reason=reason)))
        os._exit(1)
