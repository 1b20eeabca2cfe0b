"""All faults. Each is a small function that does harm for a while, and says what it did."""

from __future__ import annotations

from chaos.fault import Fault
from chaos.faults.builds import BUILD_FAULTS
from chaos.faults.crashes import CRASHES
from chaos.faults.disks import DISK_FAULTS
from chaos.faults.freezes import FREEZES
from chaos.faults.messages import MESSAGE_FAULTS
from chaos.faults.network import NETWORK_FAULTS
from chaos.faults.servers import SERVER_FAULTS

__all__ = ["FAULTS"]

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        *CRASHES,
        *FREEZES,
        *SERVER_FAULTS,
        *NETWORK_FAULTS,
        *DISK_FAULTS,
        *MESSAGE_FAULTS,
        *BUILD_FAULTS,
    )
}
