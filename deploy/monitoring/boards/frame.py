"""What every dashboard has: variables, links to the others and to the runbooks, time range, alerts as annotations."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Row,
    TextBoxVariable,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    DashboardLinkType,
    Panel,
    VariableOption,
    VariableRefresh,
    VariableSort,
)

from boards.panels import PROMETHEUS

TAG = "lectern"
AnyPanel: TypeAlias = Builder[Panel]
FIRING = 'ALERTS{alertstate="firing",alertname=~"Lectern.*"}'  # most are sums, without a namespace
EVERYTHING = VariableOption(text="All", value="$__all", selected=True)


def begin_dashboard(uid: str, title: str, question: str, *, span: str = "6h") -> Dashboard:
    """An empty dashboard. `question` is what its first row answers; `span` the time that it shows at first."""
    return (
        Dashboard(f"Lectern: {title}")
        .uid(f"lectern-{uid}")
        .description(question)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .time(f"now-{span}", "now")
        .refresh("30s")
        .with_variable(DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(list_values("namespace", "Namespace", "lectern_build_info"))
        .link(
            DashboardLink("Dashboards")
            .type(DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .keep_time(True)
            .include_vars(True)
        )
        .link(
            DashboardLink("Alerts")
            .type(DashboardLinkType.LINK)
            .icon("bell")
            .url("/alerting/list?search=Lectern")
            .tooltip("What fires, each with its runbook")
        )
        .annotation(AnnotationQuery().name("Alerts").datasource(PROMETHEUS).expr(FIRING).enable(True).icon_color("red"))
    )


def add_rows(board: Dashboard, rows: Mapping[str, Sequence[AnyPanel]]) -> Dashboard:
    """Adds rows of panels, in this order, each panel beside the last one as long as there is room."""
    ids = itertools.count(1)
    for title, panels in rows.items():
        board = board.with_row(Row(title).id(next(ids)))
        for panel in panels:
            board = board.with_panel(_number(panel, next(ids)))
    return board


def _number(panel: AnyPanel, number: int) -> AnyPanel:
    numbered = panel.build()
    numbered.id_val = number
    return _Built(numbered)


class _Built(Builder[Panel]):
    def __init__(self, panel: Panel) -> None:
        self.panel = panel

    def build(self) -> Panel:
        return self.panel


def list_values(label: str, title: str, metric: str) -> QueryVariable:
    """A variable of a label's values, of which any number may be chosen. All of them also match series without it."""
    return (
        QueryVariable(label)
        .label(title)
        .query({"query": f"label_values({metric}, {label})", "refId": "A"})
        .datasource(PROMETHEUS)
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(VariableSort.ALPHABETICAL_ASC)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(EVERYTHING)
    )


def ask_for(name: str, title: str, example: str) -> TextBoxVariable:
    """A variable that is typed."""
    return TextBoxVariable(name).label(title).default_value(example)


def use_api(board: Dashboard) -> Dashboard:
    """Adds the variable of the data source that reads Lectern's own API."""
    source = DatasourceVariable("api").label("Lectern's API").type("yesoreyeram-infinity-datasource")
    return board.with_variable(source)
