"""What fires each alert, and what comes near and does not: series as promtool writes them, a value each minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Case:
    """Series by selector, and the labels with which the alert of a severity fires at `at`; none: it must not fire.

    `title` says what happens. In `fires` the name and severity go without saying.
    """

    alert: str
    title: str
    series: Mapping[str, str]
    at: str
    fires: Mapping[str, str] | None = None
    severity: str = "ticket"


OK, FAILED = 'status="200"', 'status="503"'
CALLS = 'lectern_http_requests_total{method="GET",route="/v1/videos",%s}'
PROBES = 'lectern_http_requests_total{method="GET",route="/readyz",%s}'
SHORT = 'lectern_video_completion_seconds_%s{quality="high",length="short",pass="first"%s}'
LONG = 'lectern_video_completion_seconds_%s{quality="high",length="long",pass="first"%s}'
SEEN = 'lectern_video_first_scene_seconds_%s{quality="high"%s}'
FINISHED = 'lectern_videos_finished_total{quality="high",outcome="%s"}'
AGE = 'lectern_consumer_oldest_message_age_seconds{consumer="%s"}'
DONE = 'lectern_stage_processed_total{stage="%s",outcome="%s"}'
WAITS = 'lectern_stage_waits_total{stage="%s",code="%s"}'
UP = 'lectern_dependency_up{component="%s",dependency="%s"}'
MODEL = 'lectern_model_requests_total{model="gemini",task="script",outcome="%s"}'
VOICE = 'lectern_voice_requests_total{engine="google",outcome="%s"}'
BUSY, SLOTS = 'lectern_stage_in_progress{stage="renderer"}', 'lectern_stage_slots{stage="renderer"}'
LOOP_LAG = 'lectern_event_loop_lag_seconds_bucket{component="gateway",le="%s"}'
STREAM_LAG = 'lectern_event_stream_lag_seconds_bucket{le="%s"}'
SCENES = 'lectern_scenes_rendered_total{quality="high",origin="model",degraded="%s"}'
KILLS = 'lectern_sandbox_kills_total{work="render",reason="%s"}'
JOBS = 'lectern_sandbox_jobs_total{work="render",outcome="ok"}'
DOLLARS = 'lectern_spent_dollars_total{kind="model",name="gemini",task="script"}'


def over(start: float, step: float, minutes: int) -> str:
    """A series that changes by `step` with each value."""
    return f"{start:g}{step:+g}x{minutes}"


OBJECTIVES = (
    Case(
        alert="LecternApiCallsFail",
        title="one call in fifty fails for an hour",
        series={CALLS % OK: over(0, 49, 70), CALLS % FAILED: over(0, 1, 70)},
        at="65m",
        fires={"objective": "api-calls"},
        severity="page",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="one call in a hundred fails for six hours: too slow for the first pair of windows",
        series={CALLS % OK: over(0, 99, 370), CALLS % FAILED: over(0, 1, 370)},
        at="365m",
        fires={"objective": "api-calls"},
        severity="page",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="four calls in a thousand fail, which is no page",
        series={CALLS % OK: over(0, 996, 150), CALLS % FAILED: over(0, 4, 150)},
        at="130m",
        fires={"objective": "api-calls"},
    ),
    Case(
        alert="LecternApiCallsFail",
        title="one call in a thousand fails: as promised",
        series={CALLS % OK: over(0, 9990, 150), CALLS % FAILED: over(0, 9, 150)},
        at="130m",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="an hour was bad, and the last ten minutes are well again",
        series={CALLS % OK: over(0, 49, 850), CALLS % FAILED: "0x720 0+1x60 60x50"},
        at="795m",
        severity="page",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="four calls fail at night, when there are few: a tenth of all, and nobody is woken",
        series={CALLS % OK: over(0, 0.6, 70), CALLS % FAILED: "0x20 1 2 3 4x60"},
        at="24m",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="probes are answered with 503 while a gateway starts",
        series={PROBES % FAILED: over(0, 10, 70), CALLS % OK: over(0, 10, 70)},
        at="65m",
    ),
    Case(
        alert="LecternApiCallsFail",
        title="clients that leave are no failures",
        series={CALLS % 'status="499"': over(0, 10, 70), CALLS % OK: over(0, 10, 70)},
        at="65m",
    ),
    Case(
        alert="LecternVideosLate",
        title="nine in ten short videos take too long",
        series={SHORT % ("count", ""): over(0, 1, 70), SHORT % ("bucket", ',le="300.0"'): over(0, 0.1, 70)},
        at="65m",
        fires={"objective": "short-videos"},
        severity="page",
    ),
    Case(
        alert="LecternVideosLate",
        title="all videos fail as the store is away, and none is completed",
        series={FINISHED % "failed": over(0, 1, 70)},
        at="65m",
        fires={"objective": "short-videos"},
        severity="page",
    ),
    Case(
        alert="LecternVideosLate",
        title="all videos fail for reasons of their users",
        series={FINISHED % "refused": over(0, 1, 70), SHORT % ("count", ""): over(0, 0.1, 70),
                SHORT % ("bucket", ',le="300.0"'): over(0, 0.1, 70)},
        at="65m",
    ),
    Case(
        alert="LecternVideosLate",
        title="films of an hour take longer than five minutes: nothing else was promised",
        series={LONG % ("count", ""): over(0, 1, 70), LONG % ("bucket", ',le="300.0"'): "0x70"},
        at="65m",
    ),
    Case(
        alert="LecternVideosLate",
        title="one in twenty-five is late: as promised",
        series={SHORT % ("count", ""): over(0, 1, 150), SHORT % ("bucket", ',le="300.0"'): over(0, 0.96, 150)},
        at="130m",
    ),
    Case(
        alert="LecternFirstScenesLate",
        title="no first scene is seen within a minute",
        series={SEEN % ("count", ""): over(0, 1, 70), SEEN % ("bucket", ',le="60.0"'): "0x70"},
        at="65m",
        fires={"objective": "first-scenes"},
        severity="page",
    ),
    Case(
        alert="LecternFirstScenesLate",
        title="one in twenty-five is late: as promised",
        series={SEEN % ("count", ""): over(0, 1, 150), SEEN % ("bucket", ',le="60.0"'): over(0, 0.96, 150)},
        at="130m",
    ),
    Case(
        alert="LecternVideosLate",
        title="one in five is late, which is no page",
        series={SHORT % ("count", ""): over(0, 1, 150), SHORT % ("bucket", ',le="300.0"'): over(0, 0.8, 150)},
        at="130m",
        fires={"objective": "short-videos"},
    ),
    Case(
        alert="LecternVideosLate",
        title="one in five is late, which is no page",
        series={SHORT % ("count", ""): over(0, 1, 150), SHORT % ("bucket", ',le="300.0"'): over(0, 0.8, 150)},
        at="130m",
        severity="page",
    ),
    Case(
        alert="LecternFirstScenesLate",
        title="one in five is late, which is no page",
        series={SEEN % ("count", ""): over(0, 1, 150), SEEN % ("bucket", ',le="60.0"'): over(0, 0.8, 150)},
        at="130m",
        fires={"objective": "first-scenes"},
    ),
    Case(
        alert="LecternFirstScenesLate",
        title="one in five is late, which is no page",
        series={SEEN % ("count", ""): over(0, 1, 150), SEEN % ("bucket", ',le="60.0"'): over(0, 0.8, 150)},
        at="130m",
        severity="page",
    ),
)  # fmt: skip

WORK = (
    Case(
        alert="LecternPipelineStalled",
        title="work waits, and no job has ended",
        series={AGE % "renderer-fast": over(0, 60, 40), DONE % ("renderer", "success"): "5x40"},
        at="30m",
        fires={"stage": "renderer"},
        severity="page",
    ),
    Case(
        alert="LecternPipelineStalled",
        title="no worker was ever started",
        series={AGE % "renderer-bulk": over(0, 60, 40)},
        at="30m",
        fires={"stage": "renderer"},
        severity="page",
    ),
    Case(
        alert="LecternPipelineStalled",
        title="jobs only wait and are handed back",
        series={AGE % "voice-fast": over(0, 60, 40), DONE % ("voice", "waiting"): over(0, 1, 40)},
        at="30m",
        fires={"stage": "voice"},
        severity="page",
    ),
    Case(
        alert="LecternPipelineStalled",
        title="one old message among many that are done",
        series={AGE % "renderer-fast": over(0, 60, 40), DONE % ("renderer", "success"): over(0, 1, 40)},
        at="30m",
    ),
    Case(
        alert="LecternPipelineStalled",
        title="work waits for a quarter of an hour",
        series={AGE % "renderer-fast": over(0, 60, 40)},
        at="15m",
    ),
    Case(
        alert="LecternOldMessages",
        title="a message of the fast lane is an hour old",
        series={AGE % "coder-fast": "3600x30"},
        at="20m",
        fires={"consumer": "coder-fast"},
    ),
    Case(
        alert="LecternOldMessages",
        title="a message of the bulk lane is five hours old",
        series={AGE % "coder-bulk": "18000x30"},
        at="20m",
        fires={"consumer": "coder-bulk"},
    ),
    Case(
        alert="LecternOldMessages",
        title="three hours in the bulk lane; and the eraser, which looks again later by itself",
        series={AGE % "coder-bulk": "10800x30", AGE % "gateway-eraser": "36000x30"},
        at="20m",
    ),
    Case(
        alert="LecternVideosStuck",
        title="a video has not changed for an hour, and no message is left",
        series={"lectern_video_oldest_change_age_seconds": "3600x30", AGE % "renderer-fast": "0x30"},
        at="20m",
        fires={},
    ),
    Case(
        alert="LecternVideosStuck",
        title="a video has not changed for an hour, as its message waits for its turn",
        series={"lectern_video_oldest_change_age_seconds": "3600x30", AGE % "scripter-bulk": "3600x30"},
        at="20m",
    ),
    Case(
        alert="LecternVideosStuck",
        title="the oldest video changed twenty minutes ago",
        series={"lectern_video_oldest_change_age_seconds": "1200x30"},
        at="20m",
    ),
    Case(
        alert="LecternDeadLetters",
        title="there is one, as two gateways see",
        series={
            'lectern_dead_letters_stored{pod="a",stage="coder"}': "0 1x5",
            'lectern_dead_letters_stored{pod="b",stage="coder"}': "0 1x5",
        },
        at="3m",
        fires={"stage": "coder"},
    ),
    Case(
        alert="LecternDeadLetters",
        title="all were retried",
        series={'lectern_dead_letters_stored{stage="coder"}': "1 0x5"},
        at="3m",
    ),
)

DEPENDENCIES = (
    Case(
        alert="LecternLogUnavailable",
        title="no gateway has had an answer for two minutes",
        series={'lectern_log_watch_timestamp_seconds{pod="a"}': "0 60 120x10",
                'lectern_log_watch_timestamp_seconds{pod="b"}': "0 60 120x10"},
        at="6m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternLogUnavailable",
        title="one gateway has none, the other has: the log is there",
        series={'lectern_log_watch_timestamp_seconds{pod="a"}': "0x10",
                'lectern_log_watch_timestamp_seconds{pod="b"}': over(0, 60, 10)},
        at="6m",
    ),
    Case(
        alert="LecternLogUnavailable",
        title="the stream has lost its leader",
        series={'lectern_log_replicas{stream="VIDEOS",state="current"}': "3 3 0x10"},
        at="5m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternLogUnavailable",
        title="workers wait for it",
        series={WAITS % ("coder", "log-unavailable"): over(0, 2, 10)},
        at="5m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternLogUnavailable",
        title="most processes cannot reach it",
        series={UP % ("gateway", "stream"): "0x10", UP % ("voice", "stream"): "0x10", UP % ("coder", "stream"): "1x10"},
        at="5m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternLogUnavailable",
        title="a leader has moved, and one job had to wait",
        series={WAITS % ("coder", "log-unavailable"): "0 0 1x10",
                'lectern_log_replicas{stream="VIDEOS",state="current"}': "3 2 3x10"},
        at="5m",
    ),
    Case(
        alert="LecternLogFull",
        title="an event was refused",
        series={WAITS % ("voice", "log-full"): "0 0 1x10"},
        at="3m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternLogFull",
        title="it was full an hour ago",
        series={WAITS % ("voice", "log-full"): "0 1x70"},
        at="60m",
    ),
    Case(
        alert="LecternLogNearlyFull",
        title="nine tenths are used",
        series={"lectern_log_storage_used_bytes": "9e9x30", "lectern_log_storage_limit_bytes": "1e10x30"},
        at="20m",
        fires={},
    ),
    Case(
        alert="LecternLogNearlyFull",
        title="seven tenths are used; or there is no limit",
        series={"lectern_log_storage_used_bytes": "7e9x30", "lectern_log_storage_limit_bytes": "1e10x10 0x20"},
        at="20m",
    ),
    Case(
        alert="LecternLogReplicasBehind",
        title="a server is away for a quarter of an hour",
        series={'lectern_log_replicas{stream="VIDEOS",state="offline"}': "1x20"},
        at="15m",
        fires={"stream": "VIDEOS", "state": "offline"},
    ),
    Case(
        alert="LecternLogReplicasBehind",
        title="a server was upgraded, and is back in two minutes",
        series={'lectern_log_replicas{stream="VIDEOS",state="offline"}': "0 1 1 0x20"},
        at="15m",
    ),
    Case(
        alert="LecternStoreUnavailable",
        title="most processes cannot reach it, though no job runs",
        series={UP % ("gateway", "store"): "0x10", UP % ("voice", "store"): "0x10", UP % ("coder", "store"): "1x10"},
        at="8m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternStoreUnavailable",
        title="jobs wait for it",
        series={WAITS % ("renderer", "store-unavailable"): over(0, 2, 10)},
        at="8m",
        fires={},
        severity="page",
    ),
    Case(
        alert="LecternStoreUnavailable",
        title="one process of three cannot reach it, and one job had to wait once",
        series={UP % ("gateway", "store"): "0x10", UP % ("voice", "store"): "1x10", UP % ("coder", "store"): "1x10",
                WAITS % ("renderer", "store-unavailable"): "0 0 0 0 1x10"},
        at="8m",
    ),
    Case(
        alert="LecternProviderRefuses",
        title="a model's key is refused",
        series={MODEL % "auth": "0 1 2x10"},
        at="3m",
        fires={"model": "gemini"},
        severity="page",
    ),
    Case(
        alert="LecternProviderRefuses",
        title="a voice's quota is spent",
        series={VOICE % "quota": "0 1 2x10"},
        at="3m",
        fires={"engine": "google"},
        severity="page",
    ),
    Case(
        alert="LecternProviderRefuses",
        title="a text is refused, and a limit is met",
        series={VOICE % "refused": "0 1 2x10", MODEL % "rate-limited": "0 5x10"},
        at="3m",
    ),
    Case(
        alert="LecternProviderFails",
        title="a third of a model's requests meet the rate limit",
        series={MODEL % "rate-limited": over(0, 1, 40), MODEL % "ok": over(0, 2, 40)},
        at="30m",
        fires={"model": "gemini"},
    ),
    Case(
        alert="LecternProviderFails",
        title="a third of a voice's requests meet silence",
        series={VOICE % "slow": over(0, 1, 40), VOICE % "ok": over(0, 2, 40)},
        at="30m",
        fires={"engine": "google"},
    ),
    Case(
        alert="LecternProviderFails",
        title="a tenth of a model's requests, and all of a voice's few, meet a limit",
        series={MODEL % "rate-limited": over(0, 1, 40), MODEL % "ok": over(0, 9, 40), VOICE % "busy": "0 1 2 3x40"},
        at="30m",
    ),
    Case(
        alert="LecternWorkWaits",
        title="renderers wait for their disks",
        series={WAITS % ("renderer", "disk-full"): over(0, 1, 40)},
        at="30m",
        fires={"stage": "renderer", "code": "disk-full"},
    ),
    Case(
        alert="LecternWorkWaits",
        title="a machine is busy now and then; and waits that have alerts of their own",
        series={WAITS % ("renderer", "machine-busy"): over(0, 0.1, 40),
                WAITS % ("coder", "provider-rate-limited"): over(0, 5, 40)},
        at="30m",
    ),
)  # fmt: skip

CAPACITY = (
    Case(
        alert="LecternGatewayDown",
        title="only workers are scraped",
        series={'lectern_build_info{component="voice"}': "1x10"},
        at="5m",
        fires={"component": "gateway"},
        severity="page",
    ),
    Case(
        alert="LecternGatewayDown",
        title="one of two gateways is gone",
        series={'lectern_build_info{component="gateway",pod="a"}': "1x10",
                'lectern_build_info{component="gateway",pod="b"}': "1 1 stale"},
        at="5m",
    ),
    Case(
        alert="LecternSaturated",
        title="all slots are busy and the queue grows older",
        series={BUSY: "4x60", SLOTS: "4x60", AGE % "renderer-fast": over(0, 30, 60)},
        at="45m",
        fires={"stage": "renderer"},
    ),
    Case(
        alert="LecternSaturated",
        title="all slots are busy and the queue grows younger",
        series={BUSY: "4x60", SLOTS: "4x60", AGE % "renderer-fast": over(2000, -20, 60)},
        at="45m",
    ),
    Case(
        alert="LecternSaturated",
        title="the queue grows older, and half of the slots are free: it is not for lack of slots",
        series={BUSY: "2x60", SLOTS: "4x60", AGE % "renderer-fast": over(0, 30, 60)},
        at="45m",
    ),
    Case(
        alert="LecternGatewayBusy",
        title="the loop is a second late",
        series={LOOP_LAG % "0.5": over(0, 60, 30), LOOP_LAG % "1.0": over(0, 100, 30), LOOP_LAG % "+Inf": over(0, 100, 30)},
        at="20m",
        fires={},
    ),
    Case(
        alert="LecternGatewayBusy",
        title="events reach browsers after five seconds",
        series={STREAM_LAG % "1.0": over(0, 10, 30), STREAM_LAG % "5.0": over(0, 100, 30), STREAM_LAG % "+Inf": over(0, 100, 30)},
        at="20m",
        fires={},
    ),
    Case(
        alert="LecternGatewayBusy",
        title="one event in fifty is late",
        series={STREAM_LAG % "0.5": over(0, 98, 30), STREAM_LAG % "5.0": over(0, 100, 30), STREAM_LAG % "+Inf": over(0, 100, 30),
                LOOP_LAG % "0.1": over(0, 100, 30), LOOP_LAG % "+Inf": over(0, 100, 30)},
        at="20m",
    ),
    Case(
        alert="LecternWebhooksLate",
        title="one is ten minutes overdue",
        series={"lectern_webhook_oldest_due_age_seconds": "600x20"},
        at="10m",
        fires={},
    ),
    Case(
        alert="LecternWebhooksLate",
        title="one was overdue for a moment",
        series={"lectern_webhook_oldest_due_age_seconds": "0 600 0x20"},
        at="10m",
    ),
)  # fmt: skip

QUALITY = (
    Case(
        alert="LecternScenesDegraded",
        title="one scene in five is a template",
        series={SCENES % "yes": over(0, 1, 80), SCENES % "no": over(0, 4, 80)},
        at="75m",
        fires={},
    ),
    Case(
        alert="LecternScenesDegraded",
        title="one scene in twenty is",
        series={SCENES % "yes": over(0, 1, 80), SCENES % "no": over(0, 19, 80)},
        at="75m",
    ),
    Case(
        alert="LecternScenesDegraded",
        title="three scenes of ten are, on a quiet day",
        series={SCENES % "yes": "0 1 2 3x80", SCENES % "no": "0 2 4 7x80"},
        at="50m",
    ),
    Case(
        alert="LecternSandboxKills",
        title="one run in ten is killed for its memory",
        series={KILLS % "memory": over(0, 1, 80), JOBS: over(0, 9, 80)},
        at="75m",
        fires={"reason": "memory"},
    ),
    Case(
        alert="LecternSandboxKills",
        title="one run in fifty is killed; a few of few are",
        series={KILLS % "cpu": over(0, 1, 80), JOBS: over(0, 49, 80)},
        at="75m",
    ),
)

# A value each quarter of an hour, for a week.
MONEY = (
    Case(
        alert="LecternSpendsMuch",
        title="twenty dollars in an hour, after a week of one",
        series={DOLLARS: "0+0.25x672 168+5x8"},
        at="10155m",
        fires={},
    ),
    Case(
        alert="LecternSpendsMuch",
        title="twenty dollars in an hour, as in every hour",
        series={DOLLARS: over(0, 5, 680)},
        at="10155m",
    ),
    Case(
        alert="LecternSpendsMuch",
        title="three dollars in an hour, after a week of cents",
        series={DOLLARS: "0+0.0015x672 1+0.75x8"},
        at="10155m",
    ),
)

KUBERNETES = (
    Case(
        alert="LecternPodsNotReady",
        title="a renderer is not ready for twenty minutes",
        series={'kube_deployment_status_replicas_unavailable{namespace="lectern",deployment="renderer"}': "1x30"},
        at="20m",
        fires={"deployment": "renderer"},
    ),
    Case(
        alert="LecternPodsNotReady",
        title="new pods start within five minutes; somebody else's do not",
        series={'kube_deployment_status_replicas_unavailable{namespace="lectern",deployment="renderer"}': "2x5 0x30",
                'kube_deployment_status_replicas_unavailable{namespace="shop",deployment="cart"}': "1x30"},
        at="20m",
    ),
    Case(
        alert="LecternPodsCrash",
        title="four restarts in a quarter of an hour",
        series={'kube_pod_container_status_restarts_total{namespace="lectern",pod="renderer-a",container="renderer"}': "0 1 2 3 4x20"},
        at="10m",
        fires={"container": "renderer"},
    ),
    Case(
        alert="LecternPodsCrash",
        title="one restart",
        series={'kube_pod_container_status_restarts_total{namespace="lectern",pod="renderer-a",container="renderer"}': "0 1x20"},
        at="10m",
    ),
    Case(
        alert="LecternScalerAtMaximum",
        title="twenty of twenty, and work waits",
        series={'kube_horizontalpodautoscaler_status_desired_replicas{namespace="lectern",horizontalpodautoscaler="renderer"}': "20x30",
                'kube_horizontalpodautoscaler_spec_max_replicas{namespace="lectern",horizontalpodautoscaler="renderer"}': "20x30",
                AGE % "renderer-fast": "900x30"},
        at="20m",
        fires={"horizontalpodautoscaler": "renderer"},
    ),
    Case(
        alert="LecternScalerAtMaximum",
        title="twenty of twenty, and nothing waits",
        series={'kube_horizontalpodautoscaler_status_desired_replicas{namespace="lectern",horizontalpodautoscaler="renderer"}': "20x30",
                'kube_horizontalpodautoscaler_spec_max_replicas{namespace="lectern",horizontalpodautoscaler="renderer"}': "20x30",
                AGE % "renderer-fast": "30x30"},
        at="20m",
    ),
    Case(
        alert="LecternScalerFails",
        title="KEDA cannot read the log's figures",
        series={'keda_scaled_object_errors_total{scaledObject="renderer",namespace="lectern"}': over(0, 2, 30)},
        at="25m",
        fires={"scaledObject": "renderer"},
    ),
    Case(
        alert="LecternScalerFails",
        title="it could not once",
        series={'keda_scaled_object_errors_total{scaledObject="renderer",namespace="lectern"}': "0 0 0 0 0 1x30"},
        at="25m",
    ),
    Case(
        alert="LecternVolumeFills",
        title="a tenth of the store's volume is left",
        series={'kubelet_volume_stats_available_bytes{namespace="lectern",persistentvolumeclaim="data-seaweedfs-0"}': "1e9x20",
                'kubelet_volume_stats_capacity_bytes{namespace="lectern",persistentvolumeclaim="data-seaweedfs-0"}': "1e10x20"},
        at="15m",
        fires={"persistentvolumeclaim": "data-seaweedfs-0"},
    ),
    Case(
        alert="LecternVolumeFills",
        title="three tenths are left",
        series={'kubelet_volume_stats_available_bytes{namespace="lectern",persistentvolumeclaim="data-seaweedfs-0"}': "3e9x20",
                'kubelet_volume_stats_capacity_bytes{namespace="lectern",persistentvolumeclaim="data-seaweedfs-0"}': "1e10x20"},
        at="15m",
    ),
)  # fmt: skip

# By the minutes between two values, and between two looks at the rules.
CASES_BY_STEP = {
    (1, 1): (*WORK, *DEPENDENCIES, *CAPACITY, *QUALITY, *KUBERNETES),
    (1, 5): OBJECTIVES,
    (15, 15): MONEY,
}
CASES = tuple(case for cases in CASES_BY_STEP.values() for case in cases)
