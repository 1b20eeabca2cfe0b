"""What every stage does the same way: the JetStream pull loop, the object store, settings, telemetry."""

from lectern.worker.bus import Bus, Responder, ask
from lectern.worker.connections import Connections, connect
from lectern.worker.event_log import EventLog, JetStreamEventLog
from lectern.worker.failures import Missing, NoReply, Permanent, Transient
from lectern.worker.job import Job
from lectern.worker.service import Service, main
from lectern.worker.settings import Settings
from lectern.worker.stage import Stage
from lectern.worker.store import ObjectInfo, ObjectStore

__all__ = [
    "Bus",
    "Connections",
    "EventLog",
    "JetStreamEventLog",
    "Job",
    "Missing",
    "NoReply",
    "ObjectInfo",
    "ObjectStore",
    "Permanent",
    "Responder",
    "Service",
    "Settings",
    "Stage",
    "Transient",
    "ask",
    "connect",
    "main",
]
