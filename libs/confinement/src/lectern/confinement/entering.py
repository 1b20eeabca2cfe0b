"""Confines the calling process as a cell says, layer by layer. Imports little: see `launch.py`."""

from __future__ import annotations

import os
import resource

from lectern.confinement import kernel, landlock, seccomp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SIGKILL = 9


def enter(setup: dict[str, Any]) -> None:
    """Gives up, for good, everything that the cell does not allow. Raises OSError when a layer fails."""
    _set_limits(setup)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != setup["parent"]:
        raise OSError("the process that started it has ended")
    if setup["landlock_abi"]:
        landlock.restrict(setup["landlock_abi"], setup["rules"])
    if setup["seccomp"]:
        seccomp.load_program(setup["seccomp"])


def check_layers(setup: dict[str, Any]) -> dict[str, str]:
    """Enters the cell one layer after the other and tries what each forbids; returns the state of each by name."""
    return {
        "limits": _describe(lambda: _set_limits(setup), _can_leave_a_core_dump),
        "privileges": _describe(_drop_privileges, lambda: kernel.read_effective_capabilities() != 0),
        "landlock": _describe(lambda: _restrict(setup), _can_list_root, f" (ABI {setup['landlock_abi']})"),
        "seccomp": _describe(lambda: seccomp.load_program(setup["seccomp"]), _can_fork),
    }


def _set_limits(setup: dict[str, Any]) -> None:
    cpu = setup["cpu_seconds"]
    _limit(resource.RLIMIT_CPU, cpu, cpu + 1)
    _limit(resource.RLIMIT_AS, setup["memory_bytes"])
    _limit(resource.RLIMIT_FSIZE, setup["file_bytes"])
    _limit(resource.RLIMIT_NOFILE, setup["open_files"])
    _limit(resource.RLIMIT_CORE, kernel.NO_CORE_DUMP)
    _limit(resource.RLIMIT_MSGQUEUE, 0)


def _limit(number: int, soft: int, hard: int | None = None) -> None:
    highest = resource.getrlimit(number)[1]
    within = [value if highest == resource.RLIM_INFINITY else min(value, highest) for value in (soft, hard or soft)]
    resource.setrlimit(number, (within[0], within[1]))


def _drop_privileges() -> None:
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.drop_capabilities()


def _restrict(setup: dict[str, Any]) -> None:
    if not setup["landlock_abi"]:
        raise OSError("not in this kernel")
    landlock.restrict(setup["landlock_abi"], setup["rules"])


def _can_leave_a_core_dump() -> bool:
    return resource.getrlimit(resource.RLIMIT_CORE)[1] > kernel.NO_CORE_DUMP


def _can_list_root() -> bool:
    try:
        os.listdir("/")
    except PermissionError:
        return False
    return True


def _can_fork() -> bool:
    try:
        child = os.fork()
    except OSError:
        return False
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return True


def _describe(apply: Any, is_ineffective: Any, detail: str = "") -> str:
    try:
        apply()
    except (OSError, AttributeError) as error:
        return f"off: {error}"
    return "off: it has no effect" if is_ineffective() else f"active{detail}"
