"""In-memory doubles of the event log, the object store and the bus, and a way to run one delivery without a server.

The same behaviour suites run against the doubles and the real servers (`tests/unit/worker`), so a test of a handler may
use the doubles and still believe its result.
"""

from lectern.worker.testing.connections import memory_connections
from lectern.worker.testing.delivering import Delivered, deliver
from lectern.worker.testing.memory_bus import MemoryBus
from lectern.worker.testing.memory_event_log import MemoryDeadLetters, MemoryEventLog
from lectern.worker.testing.memory_key_value import MemoryKeyValueStore
from lectern.worker.testing.memory_store import MemoryObjectStore

__all__ = [
    "Delivered",
    "MemoryBus",
    "MemoryDeadLetters",
    "MemoryEventLog",
    "MemoryKeyValueStore",
    "MemoryObjectStore",
    "deliver",
    "memory_connections",
]
