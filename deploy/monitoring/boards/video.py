"""Video: one video through all stages.

Time series know no ids. What is said here comes from the API, which reads it from the video's log; its trace and its
log lines come from Tempo and Loki, where there are any.
"""

from __future__ import annotations

from grafana_foundation_sdk.builders import logs, loki, table, tempo
from grafana_foundation_sdk.builders.dashboard import Dashboard, DashboardLink, DatasourceVariable
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef
from grafana_foundation_sdk.models.tempo import SearchTableType

from boards.frame import AnyPanel, add_rows, ask_for, begin_dashboard, use_api
from boards.infinity import Field, show_bars, show_rows, show_value
from boards.panels import show_text

VIDEO = "/v1/videos/${video}"
TEMPO, LOKI = DataSourceRef(type_val="tempo", uid="${traces}"), DataSourceRef(type_val="loki", uid="${logs}")

# The stages of a scene as the API names them, what each is called here, and its colour; waiting has a paler one.
STAGES = (
    ("voicing", "voice", "purple", "light-purple"),
    ("coding", "code", "blue", "light-blue"),
    ("rendering", "render", "green", "light-green"),
)


def build_video() -> Dashboard:
    """One id: where its time went, what was tried, what it cost, its trace and its log lines."""
    board = use_api(
        begin_dashboard("video", "Video", "What became of one video, and where did its time go?", span="24h")
    )
    board = (
        board.with_variable(ask_for("video", "Video id", ""))
        .with_variable(DatasourceVariable("traces").label("Tempo").type("tempo"))
        .with_variable(DatasourceVariable("logs").label("Loki").type("loki"))
        .link(
            DashboardLink("In the studio")
            .type(DashboardLinkType.LINK)
            .icon("external link")
            .url("${studio}/videos/${video}")
            .target_blank(True)
        )
        .with_variable(ask_for("studio", "Studio's address", "http://localhost:8080"))
    )
    rows = {
        "At a glance": _tiles(),
        "Where did its time go?": _times(),
        "What was made and tried": _scenes(),
        "Its trace and log lines (need Tempo and Loki)": _traces(),
    }
    return add_rows(board, rows)


def _tiles() -> list[AnyPanel]:
    def tile(title: str, description: str, root: str, field: Field) -> AnyPanel:
        return show_value(title, description, VIDEO, root, field, span=3)

    return [
        tile("Status", "As the API names it.", "", Field("status", "status")),
        tile("Stage", "At work now; none when it has ended.", "", Field("stage", "stage")),
        tile("Progress", "In percent.", "", Field("progress", "progress", "number", "percent")),
        tile("Revision", "Each edit, redo or retry begins one.", "", Field("revision", "revision", "number")),
        tile(
            "First scene after",
            "Since this revision was asked for.",
            "timings",
            Field("first_scene_seconds", "first scene", "number", "s"),
        ),
        tile(
            "Finished after",
            "Since this revision was asked for.",
            "timings",
            Field("completed_seconds", "finished", "number", "s"),
        ),
        tile("Length", "Of the film.", "", Field("seconds", "length", "number", "s")),
        tile(
            "Cost",
            "Models and voices, all revisions.",
            "usage",
            Field("cost_usd", "cost", "number", "currencyUSD", decimals=3),
        ),
    ]


def _times() -> list[AnyPanel]:
    bars = [Field("number", "Scene", "string")]
    for key, name, strong, pale in STAGES:
        bars.append(Field(f"timings.{key}.waited_seconds", f"waits for {name}", "number", colour=pale))
        bars.append(Field(f"timings.{key}.worked_seconds", name, "number", colour=strong))
    whole = [
        Field("requested_at", "Requested", "timestamp"),
        Field("scripting.waited_seconds", "Script waited", "number", "s"),
        Field("scripting.worked_seconds", "Script", "number", "s"),
        Field("composing.waited_seconds", "Joining waited", "number", "s"),
        Field("composing.worked_seconds", "Joining", "number", "s"),
    ]
    return [
        show_bars(
            "Time of each scene",
            "Seconds that each stage of a scene waited (pale) and worked. Long pale bars: too few workers.",
            VIDEO,
            "scenes",
            bars,
            unit="s",
        ),
        show_rows("The whole video", "Before its scenes and after them.", VIDEO, "timings", whole, height=4),
    ]


def _scenes() -> list[AnyPanel]:
    scenes = [
        Field("number", "Scene", "number"),
        Field("title", "Title"),
        Field("status", "Status"),
        Field("origin", "Code by"),
        Field("seconds", "Length", "number", "s"),
        Field("timings.coding.attempts", "Coding tries", "number"),
        Field("timings.rendering.attempts", "Rendering tries", "number"),
        Field("timings.rendering.cached", "From the cache", "boolean"),
        Field("timings.rendering.cpu_seconds", "CPU", "number", "s"),
        Field("degraded.code", "Degraded"),
        Field("error.code", "Error"),
        Field("waiting.problem.code", "Waits for"),
    ]
    usage = [
        Field("kind", "Kind"),
        Field("name", "Name"),
        Field("task", "Task"),
        Field("requests", "Requests", "number"),
        Field("input", "Read", "number"),
        Field("output", "Written", "number"),
        Field("characters", "Characters", "number"),
        Field("cpu_seconds", "CPU", "number", "s", decimals=1),
        Field("cost_usd", "Dollars", "number", "currencyUSD", decimals=3),
    ]
    return [
        show_rows("Scenes", "Each with what was tried and what is wrong with it.", VIDEO, "scenes", scenes, span=14),
        show_rows("What it used", "By model, voice and renderer.", VIDEO, "usage.items", usage, span=10),
        show_text(
            "From a terminal",
            "`lectern trace $video` draws its waterfall and critical path; `lectern dead list` has what was buried.",
        ),
    ]


def _traces() -> list[AnyPanel]:
    found = tempo.TempoQuery().ref_id("A").query_type("traceql").query('{ span.lectern.video = "$video" }')
    lines = loki.Dataquery().ref_id("A").expr('{namespace=~"$namespace"} | json | video="$video"').max_lines(500)
    return [
        table.Panel()
        .datasource(TEMPO)
        .with_target(found.limit(20).table_type(SearchTableType.TRACES))
        .title("Traces")
        .description("A trace for each revision. Needs `OTEL_EXPORTER_OTLP_ENDPOINT` and a Tempo data source.")
        .no_value("no trace, or no Tempo")
        .span(8)
        .height(10),
        logs.Panel()
        .datasource(LOKI)
        .with_target(lines)
        .show_time(True)
        .wrap_log_message(True)
        .title("Log lines")
        .description("What all services wrote about it. Needs a Loki data source, and JSON logs.")
        .span(16)
        .height(10),
    ]
