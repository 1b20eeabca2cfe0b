"""Users for jobs: one for each slot of a privileged pool, so that the kernel accounts for and separates them."""

from __future__ import annotations

import contextlib
import os
import socket

from lectern.confinement import kernel

# User ids that no distribution assigns: 60578 to 61183 are unused (systemd, docs/UIDS-GIDS.md).
_UNUSED = range(60600, 61184)
_CAPABILITIES = (
    kernel.CAP_CHOWN,
    kernel.CAP_DAC_OVERRIDE,
    kernel.CAP_KILL,
    kernel.CAP_SETUID,
    kernel.CAP_SETGID,
)


class JobUsers:
    """User ids claimed on this machine until closed, so that two pools never share one. Empty when unprivileged."""

    def __init__(self, count: int) -> None:
        self.ids: list[int] = []
        self._claims: list[socket.socket] = []
        if os.geteuid() != 0 or not kernel.has_capabilities(*_CAPABILITIES):
            return
        for uid in _UNUSED:
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                claim.bind(f"\0lectern-job-user-{uid}")  # released with this process, however it ends
            except OSError:
                claim.close()
                continue
            self.ids.append(uid)
            self._claims.append(claim)
            if len(self.ids) == count:
                return
        self.close()  # too few are free: rather none than some

    def close(self) -> None:
        """Releases the claimed ids."""
        self.ids = []
        for claim in self._claims:
            with contextlib.suppress(OSError):
                claim.close()
        self._claims = []
