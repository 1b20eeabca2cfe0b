"""What every gateway sees alike: what waits, and for how long. Take the highest over gateways, never the sum."""

from __future__ import annotations

from lectern.contracts.topology import BUCKETS, STAGE_INPUTS, STREAMS, consumers
from lectern.gateway.log_report import LogReport
from lectern.worker import LANE_LABEL, STAGE_LABEL, Meter, MetricLabel, StoreRoom

NOBODY = ""  # of a label that a consumer of the gateways' own does not have

_CONSUMER = MetricLabel("consumer", tuple(consumer.name for consumer in consumers()))
_STAGE = MetricLabel("stage", (*STAGE_INPUTS, NOBODY))
_LANE = MetricLabel("lane", (*LANE_LABEL.values, NOBODY))
_STREAM = MetricLabel("stream", (*(stream.name for stream in STREAMS), *(f"KV_{bucket.name}" for bucket in BUCKETS)))
_STATE = MetricLabel("state", ("current", "behind", "offline"))
_STATUS = MetricLabel("status", ("queued", "in_progress", "awaiting_approval"))


class WatchMetrics:
    """What is watched. Nothing is shown while it cannot be asked."""

    def __init__(self, meter: Meter) -> None:
        self._define_log(meter)
        self._define_work(meter)

    def _define_log(self, meter: Meter) -> None:
        of_consumer = (_CONSUMER, _STAGE, _LANE)
        self._pending = meter.gauge(
            "lectern_consumer_pending_messages",
            "Messages that a consumer has not delivered yet",
            *of_consumer,
            counted_by="watched",
        )
        self._unacked = meter.gauge(
            "lectern_consumer_unacked_messages",
            "Messages that were delivered and are not done: running, waiting, or put aside for their owner's turn",
            *of_consumer,
            counted_by="watched",
        )
        self._oldest = meter.gauge(
            "lectern_consumer_oldest_message_age_seconds",
            "Time since the publication of a consumer's oldest message that is not done; 0 without any",
            *of_consumer,
            counted_by="watched",
        )
        self._dead = meter.gauge(
            "lectern_dead_letters_stored", "Dead letters that wait for an operator", STAGE_LABEL, counted_by="watched"
        )
        self._messages = meter.gauge(
            "lectern_log_messages", "Messages in a stream or bucket", _STREAM, counted_by="watched"
        )
        self._bytes = meter.gauge("lectern_log_bytes", "Size of a stream or bucket", _STREAM, counted_by="watched")
        self._replicas = meter.gauge(
            "lectern_log_replicas",
            "Replicas of a stream; without a leader one counts as offline",
            _STREAM,
            _STATE,
            counted_by="watched",
        )
        self._used = meter.gauge(
            "lectern_log_storage_used_bytes", "Storage that JetStream uses for this account", counted_by="watched"
        )
        self._limit = meter.gauge(
            "lectern_log_storage_limit_bytes", "Storage that this account may use; 0: no limit", counted_by="watched"
        )
        self._asked = meter.gauge(
            "lectern_log_watch_timestamp_seconds",
            "When JetStream was last asked, or tells another gateway; old: it does not answer",
            counted_by="watched",
        )
        self._of_log = (
            self._pending,
            self._unacked,
            self._oldest,
            self._dead,
            self._messages,
            self._bytes,
            self._replicas,
            self._used,
            self._limit,
        )
        self.forget()
        self._asked.forget()

    def _define_work(self, meter: Meter) -> None:
        self.active = meter.gauge("lectern_videos_active", "Videos that have not ended", _STATUS, counted_by="watched")
        self.stalled = meter.gauge(
            "lectern_videos_stalled",
            "Videos that are being made and had no event for 15 minutes",
            counted_by="watched",
        )
        self.oldest_change = meter.gauge(
            "lectern_video_oldest_change_age_seconds",
            "Longest time without an event of a video that is being made; 0 without any",
            counted_by="watched",
        )
        self._webhooks_waiting = meter.gauge(
            "lectern_webhook_deliveries_waiting", "Webhook deliveries that are not done", counted_by="watched"
        )
        self._webhooks_overdue = meter.gauge(
            "lectern_webhook_oldest_due_age_seconds",
            "How long the oldest webhook delivery that is due waits; 0 without any",
            counted_by="watched",
        )

        self._store_bytes = meter.gauge(
            "lectern_store_used_bytes", "Bytes that the store on this machine takes", counted_by="watched"
        )
        self._store_free = meter.gauge(
            "lectern_store_free_bytes",
            "Bytes that are free on the disk of that store",
            counted_by="watched",
        )

    def show(self, report: LogReport) -> None:
        """Shows what the server told this gateway or another; what it no longer names is not shown as it was."""
        self.forget()
        for backlog in report.backlogs:
            stage, _, lane = backlog.consumer.rpartition("-")
            of = (backlog.consumer, stage, lane) if stage in STAGE_INPUTS else (backlog.consumer, NOBODY, NOBODY)
            since = backlog.oldest.at if backlog.oldest else None
            self._pending.set(backlog.pending, *of)
            self._unacked.set(backlog.in_hand, *of)
            self._oldest.set(max(0.0, (report.at - since).total_seconds()) if since else 0.0, *of)
        for stage in STAGE_INPUTS:
            self._dead.set(report.dead.get(stage, 0), stage)
        for stream in report.streams:
            if stream.name not in _STREAM.values:
                continue
            self._messages.set(stream.messages, stream.name)
            self._bytes.set(stream.bytes, stream.name)
            for state, replicas in zip(_STATE.values, (stream.current, stream.behind, stream.offline), strict=True):
                self._replicas.set(replicas, stream.name, state)
        self._used.set(report.used)
        self._limit.set(report.limit)
        self._asked.set(report.at.timestamp())

    def show_webhooks(self, waiting: int, overdue: float) -> None:
        """Shows how many deliveries wait, and for how many seconds the oldest that is due has."""
        self._webhooks_waiting.set(waiting)
        self._webhooks_overdue.set(overdue)

    def show_room(self, room: StoreRoom) -> None:
        """Shows what the store takes of its disk."""
        self._store_bytes.set(room.used)
        self._store_free.set(room.free)

    def forget(self) -> None:
        """Shows nothing of the log: what was true a while ago would look as if it were true now."""
        for gauge in self._of_log:
            gauge.forget()
