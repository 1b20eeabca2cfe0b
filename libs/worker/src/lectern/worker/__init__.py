"""What every stage does the same way: the JetStream pull loop, the object store, settings, telemetry."""

from lectern.worker.connection import Deps, connect
from lectern.worker.eventlog import EventLog
from lectern.worker.failures import Missing, Permanent, Transient
from lectern.worker.job import Job
from lectern.worker.service import Service, main
from lectern.worker.settings import Settings
from lectern.worker.stage import Stage
from lectern.worker.store import ObjectInfo, ObjectStore

__all__ = [
    "Deps",
    "EventLog",
    "Job",
    "Missing",
    "ObjectInfo",
    "ObjectStore",
    "Permanent",
    "Service",
    "Settings",
    "Stage",
    "Transient",
    "connect",
    "main",
]
