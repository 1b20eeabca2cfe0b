"""The parts that every service shares: the worker loop, the event log, the object store, settings, telemetry.

`lectern.worker.testing` has doubles for tests.
"""

from lectern.worker.api_keys import create_key, decode_key, read_keys, revoke_key, rotate_key
from lectern.worker.backlog import ConsumerBacklog, OldestMessage, StreamReport, describe_stream, read_backlog
from lectern.worker.bucket import RuleReport, apply_rules, delete_expired, find_bucket
from lectern.worker.bus import Bus, Listener, NatsBus, Responder
from lectern.worker.concurrency import map_concurrently
from lectern.worker.connections import Connections, connect, connect_nats
from lectern.worker.dead_letters import DeadLetter, DeadLetters, JetStreamDeadLetters, StoredDeadLetter
from lectern.worker.event_log import EventLog, JetStreamEventLog, decode_log
from lectern.worker.exposition import expose
from lectern.worker.failures import Missing, NoReply, Permanent, Transient, Unavailable
from lectern.worker.fair_slots import FairSlots, TooManyWaiting
from lectern.worker.health import CHECK_TIMEOUT_SECONDS, Check, connection_checks, liveness, readiness
from lectern.worker.job import Job
from lectern.worker.key_claims import KeyClaims
from lectern.worker.key_locks import KeyLocks
from lectern.worker.key_value import (
    HEARTBEAT_SECONDS,
    EntryListener,
    JetStreamKeyValueStore,
    KeyValueEntry,
    KeyValueStore,
)
from lectern.worker.labels import (
    CODE_LABEL,
    COMPONENT_LABEL,
    ENGINE_LABEL,
    LANE_LABEL,
    MODEL_LABEL,
    QUALITY_LABEL,
    STAGE_LABEL,
    TASK_LABEL,
)
from lectern.worker.log_follower import LOG_OUTAGES, follow_log
from lectern.worker.log_pass import StoredMessage, pass_over_log
from lectern.worker.measured_connections import ConnectionMetrics
from lectern.worker.meter import (
    OTHER,
    SECONDS,
    SHORT_SECONDS,
    BoundedCounter,
    BoundedGauge,
    BoundedHistogram,
    Meter,
    MetricFamily,
    MetricLabel,
)
from lectern.worker.named_entries import FindNamed, find_named_entries
from lectern.worker.nats_login import NatsLogin
from lectern.worker.on_demand_store import open_store
from lectern.worker.outages import find_outage, is_disk_full
from lectern.worker.process_metrics import ProcessMetrics, show_process
from lectern.worker.processing import Timing
from lectern.worker.provision import apply_topology, find_drift
from lectern.worker.retention import Retention
from lectern.worker.retry_after import parse_retry_after
from lectern.worker.service import Build, Service, main
from lectern.worker.settings import Settings
from lectern.worker.stage import Stage, take_turns
from lectern.worker.stage_metrics import StageMetrics
from lectern.worker.stopping import wait_for, wait_until_done
from lectern.worker.store import ObjectInfo, ObjectStore
from lectern.worker.store_room import RoomWatch, StoreRoom, measure_room
from lectern.worker.telemetry import configure_logs
from lectern.worker.turns import Rank, ServiceLedger, WaitingList
from lectern.worker.work_folders import make_work_folder, remove_abandoned_folders

__all__ = [
    "CHECK_TIMEOUT_SECONDS",
    "CODE_LABEL",
    "COMPONENT_LABEL",
    "ENGINE_LABEL",
    "HEARTBEAT_SECONDS",
    "LANE_LABEL",
    "LOG_OUTAGES",
    "MODEL_LABEL",
    "OTHER",
    "QUALITY_LABEL",
    "SECONDS",
    "SHORT_SECONDS",
    "STAGE_LABEL",
    "TASK_LABEL",
    "BoundedCounter",
    "BoundedGauge",
    "BoundedHistogram",
    "Build",
    "Bus",
    "Check",
    "ConnectionMetrics",
    "Connections",
    "ConsumerBacklog",
    "DeadLetter",
    "DeadLetters",
    "EntryListener",
    "EventLog",
    "FairSlots",
    "FindNamed",
    "JetStreamDeadLetters",
    "JetStreamEventLog",
    "JetStreamKeyValueStore",
    "Job",
    "KeyClaims",
    "KeyLocks",
    "KeyValueEntry",
    "KeyValueStore",
    "Listener",
    "Meter",
    "MetricFamily",
    "MetricLabel",
    "Missing",
    "NatsBus",
    "NatsLogin",
    "NoReply",
    "ObjectInfo",
    "ObjectStore",
    "OldestMessage",
    "Permanent",
    "ProcessMetrics",
    "Rank",
    "Responder",
    "Retention",
    "RoomWatch",
    "RuleReport",
    "Service",
    "ServiceLedger",
    "Settings",
    "Stage",
    "StageMetrics",
    "StoreRoom",
    "StoredDeadLetter",
    "StoredMessage",
    "StreamReport",
    "Timing",
    "TooManyWaiting",
    "Transient",
    "Unavailable",
    "WaitingList",
    "apply_rules",
    "apply_topology",
    "configure_logs",
    "connect",
    "connect_nats",
    "connection_checks",
    "create_key",
    "decode_key",
    "decode_log",
    "delete_expired",
    "describe_stream",
    "expose",
    "find_bucket",
    "find_drift",
    "find_named_entries",
    "find_outage",
    "follow_log",
    "is_disk_full",
    "liveness",
    "main",
    "make_work_folder",
    "map_concurrently",
    "measure_room",
    "open_store",
    "parse_retry_after",
    "pass_over_log",
    "read_backlog",
    "read_keys",
    "readiness",
    "remove_abandoned_folders",
    "revoke_key",
    "rotate_key",
    "show_process",
    "take_turns",
    "wait_for",
    "wait_until_done",
]
