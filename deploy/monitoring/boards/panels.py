"""The kinds of panels the dashboards are made of, so that all look and read alike.

Each has a description: what it answers, and what to do when it looks bad. Widths are of 24 columns, heights of rows
of 30 pixels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from grafana_foundation_sdk.builders import bargauge, common, gauge, heatmap, prometheus, stat, table, text, timeseries
from grafana_foundation_sdk.builders.dashboard import FieldColor, ThresholdsConfig
from grafana_foundation_sdk.builders.heatmap import HeatmapColorOptions, YAxisConfig
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    DynamicConfigValue,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)
from grafana_foundation_sdk.models.heatmap import HeatmapColorMode, HeatmapColorScale
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from boards.promql import Line

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="${datasource}")
GREEN, AMBER, RED, BLUE, GREY = "green", "orange", "red", "blue", "text"

# An outcome has one colour wherever it is shown.
OUTCOMES = {
    "completed": GREEN,
    "success": GREEN,
    "ok": GREEN,
    "hit": GREEN,
    "degraded": "yellow",
    "retry": AMBER,
    "waiting": "purple",
    "rate-limited": AMBER,
    "busy": AMBER,
    "miss": BLUE,
    "stale": GREY,
    "cancelled": GREY,
    "refused": "light-yellow",
    "handed-back": "light-blue",
    "failed": RED,
    "auth": "dark-red",
}

AnyPanel = TypeVar("AnyPanel", stat.Panel, gauge.Panel, bargauge.Panel, timeseries.Panel, table.Panel, heatmap.Panel)
ColouredPanel = TypeVar("ColouredPanel", stat.Panel, gauge.Panel, bargauge.Panel, timeseries.Panel, table.Panel)


@dataclass(frozen=True)
class Limits:
    """Where a figure becomes worth a look (`amber`), and where it is bad (`red`); below them if `low` is bad."""

    amber: float | None
    red: float | None
    low: bool = False

    def build(self) -> ThresholdsConfig:
        """As steps from the lowest value upwards."""
        if self.low:
            steps = [(None, RED), (self.red, AMBER), (self.amber, GREEN)]
        else:
            steps = [(None, GREEN), (self.amber, AMBER), (self.red, RED)]
        built = [
            Threshold(color=colour, value=value)
            for place, (value, colour) in enumerate(steps)
            if place == 0 or value is not None
        ]
        return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(built)


NEUTRAL = Limits(None, None)


def show_tile(
    title: str,
    description: str,
    expr: str,
    *,
    unit: str,
    limits: Limits = NEUTRAL,
    legend: str = "",
    span: int = 3,
    nothing: str = "no data yet",
    now: bool = False,
    decimals: int | None = None,
) -> stat.Panel:
    """One figure, large and coloured by its limits. `now` asks once, for the whole range, without a spark line."""
    panel = (
        stat.Panel()
        .graph_mode(shapes.BigValueGraphMode.NONE if now else shapes.BigValueGraphMode.AREA)
        .color_mode(shapes.BigValueColorMode.NONE if limits is NEUTRAL and now else shapes.BigValueColorMode.VALUE)
        .text_mode(shapes.BigValueTextMode.VALUE_AND_NAME if legend else shapes.BigValueTextMode.VALUE)
        .justify_mode(shapes.BigValueJustifyMode.AUTO)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .no_value(nothing)
    )
    if decimals is not None:
        panel = panel.decimals(decimals)
    if limits is NEUTRAL:
        panel = panel.color_scheme(FieldColor().mode(FieldColorModeId.FIXED).fixed_color(BLUE))
    panel = _limit(panel, limits)
    return _describe(panel, title, description, [Line(expr, legend)], unit=unit, span=span, height=4, instant=now)


def show_share(
    title: str,
    description: str,
    expr: str,
    *,
    limits: Limits,
    span: int = 4,
    height: int = 7,
    nothing: str = "no data yet",
) -> gauge.Panel:
    """A share of one as a dial."""
    panel = (
        gauge.Panel()
        .min(0)
        .max(1)
        .no_value(nothing)
        .show_threshold_markers(True)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
    )
    panel = _limit(panel, limits)
    return _describe(panel, title, description, [Line(expr)], unit="percentunit", span=span, height=height)


def show_lines(
    title: str,
    description: str,
    lines: Sequence[Line],
    *,
    unit: str,
    limits: Limits = NEUTRAL,
    span: int = 8,
    height: int = 8,
    least: float | None = 0,
    most: float | None = None,
    dashed: Sequence[str] = (),
) -> timeseries.Panel:
    """Figures over time. A limit is drawn as a line; series named in `dashed` are what others are compared with."""
    panel = _style(timeseries.Panel(), unit).fill_opacity(8).line_width(2).show_points(shapes.VisibilityMode.NEVER)
    if least is not None:
        panel = panel.min(least)
    if most is not None:
        panel = panel.max(most)
    if limits is not NEUTRAL:
        panel = _limit(panel, limits).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(shapes.GraphThresholdsStyleMode.DASHED)
        )
    for name in dashed:
        dashes = {"fill": "dash", "dash": [8, 6]}
        panel = panel.override_by_name(
            name,
            [
                DynamicConfigValue("custom.lineStyle", dashes),
                DynamicConfigValue("custom.fillOpacity", 0),
            ],
        )
    return _describe(panel, title, description, lines, unit=unit, span=span, height=height)


def show_stack(
    title: str, description: str, lines: Sequence[Line], *, unit: str, span: int = 8, height: int = 8
) -> timeseries.Panel:
    """Parts of a whole over time, as stacked bars: what happened in each interval."""
    panel = (
        _style(timeseries.Panel(), unit)
        .draw_style(shapes.GraphDrawStyle.BARS)
        .fill_opacity(85)
        .line_width(0)
        .bar_width_factor(0.9)
        .stacking(common.StackingConfig().mode(shapes.StackingMode.NORMAL))
        .min(0)
    )
    for outcome, colour in OUTCOMES.items():
        panel = panel.override_by_name(outcome, [DynamicConfigValue("color", {"mode": "fixed", "fixedColor": colour})])
    return _describe(panel, title, description, lines, unit=unit, span=span, height=height)


def show_ranking(
    title: str,
    description: str,
    expr: str,
    *,
    legend: str,
    unit: str,
    limits: Limits = NEUTRAL,
    span: int = 8,
    height: int = 8,
    most: float | None = None,
    nothing: str = "none in this time",
) -> bargauge.Panel:
    """Series by their size, as bars with names."""
    panel = (
        bargauge.Panel()
        .display_mode(shapes.BarGaugeDisplayMode.GRADIENT)
        .orientation(shapes.VizOrientation.HORIZONTAL)
        .value_mode(shapes.BarGaugeValueMode.TEXT)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).values(False))
        .show_unfilled(True)
        .min(0)
        .no_value(nothing)
    )
    if most is not None:
        panel = panel.max(most)
    if limits is NEUTRAL:
        panel = panel.color_scheme(FieldColor().mode(FieldColorModeId.FIXED).fixed_color(BLUE))
    panel = _limit(panel, limits)
    return _describe(panel, title, description, [Line(expr, legend)], unit=unit, span=span, height=height, instant=True)


def show_spread(
    title: str, description: str, expr: str, *, unit: str, span: int = 12, height: int = 8
) -> heatmap.Panel:
    """How often each size occurred over time: `expr` is a histogram's buckets, by `le`."""
    colours = HeatmapColorOptions().mode(HeatmapColorMode.SCHEME).scheme("Oranges").scale(HeatmapColorScale.EXPONENTIAL)
    panel = heatmap.Panel().calculate(False).color(colours.exponent(0.5).steps(64)).y_axis(YAxisConfig().unit(unit))
    query = prometheus.Dataquery().expr(expr).legend_format("{{le}}").format(PromQueryFormat.HEATMAP).range()
    panel = panel.datasource(PROMETHEUS).with_target(query.ref_id("A"))
    return panel.title(title).description(description).unit(unit).span(span).height(height)


@dataclass(frozen=True)
class Column:
    """A column of a table: what is asked, by the labels that name rows; its heading, unit and limits."""

    title: str
    expr: str
    unit: str = "short"
    limits: Limits = NEUTRAL
    decimals: int | None = None


def show_table(
    title: str,
    description: str,
    rows: Mapping[str, str],
    columns: Sequence[Column],
    *,
    span: int = 24,
    height: int = 8,
    largest: str = "",
) -> table.Panel:
    """A row for each value of the labels `rows` (label to heading), a column for each query.

    Rows with the most in the column `largest` come first.
    """
    panel = table.Panel().show_header(True).datasource(PROMETHEUS).no_value("none in this time")
    renamed = dict(rows)
    for place, column in enumerate(columns):
        ref = chr(ord("A") + place)
        panel = panel.with_target(
            prometheus.Dataquery().expr(column.expr).instant().format(PromQueryFormat.TABLE).ref_id(ref)
        )
        renamed[f"Value #{ref}"] = column.title
        values = [DynamicConfigValue("unit", column.unit)]
        if column.decimals is not None:
            values.append(DynamicConfigValue("decimals", column.decimals))
        if column.limits is not NEUTRAL:
            steps = [{"color": step.color, "value": step.value} for step in column.limits.build().build().steps]
            values.append(DynamicConfigValue("thresholds", {"mode": "absolute", "steps": steps}))
            values.append(DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
        panel = panel.override_by_name(column.title, values)
    order = {name: place for place, name in enumerate(renamed)}
    panel = panel.with_transformation(DataTransformerConfig(id_val="merge", options={})).with_transformation(
        DataTransformerConfig(
            id_val="organize",
            options={"excludeByName": {"Time": True}, "renameByName": renamed, "indexByName": order},
        )
    )
    if largest:
        panel = panel.sort_by([common.TableSortByFieldState().display_name(largest).desc(True)])
    return panel.title(title).description(description).span(span).height(height)


def show_text(title: str, content: str, *, span: int = 24, height: int = 3) -> text.Panel:
    """Words in Markdown."""
    return text.Panel().title(title).content(content).span(span).height(height)


def _style(panel: timeseries.Panel, unit: str) -> timeseries.Panel:
    legend = common.VizLegendOptions().display_mode(shapes.LegendDisplayMode.LIST)
    return (
        panel.legend(legend.placement(shapes.LegendPlacement.BOTTOM).show_legend(True).calcs([]))
        .tooltip(common.VizTooltipOptions().mode(shapes.TooltipDisplayMode.MULTI).sort(shapes.SortOrder.DESCENDING))
        .color_scheme(FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
        .line_interpolation(shapes.LineInterpolation.LINEAR)
        .unit(unit)
    )


def _limit(panel: ColouredPanel, limits: Limits) -> ColouredPanel:
    return panel.thresholds(limits.build())


def _describe(
    panel: AnyPanel,
    title: str,
    description: str,
    lines: Sequence[Line],
    *,
    unit: str,
    span: int,
    height: int,
    instant: bool = False,
) -> AnyPanel:
    panel = panel.datasource(PROMETHEUS)
    for place, line in enumerate(lines):
        query = prometheus.Dataquery().expr(line.expr).legend_format(line.legend or "__auto")
        query = query.ref_id(chr(ord("A") + place)).exemplar(line.exemplars)
        panel = panel.with_target(query.instant() if instant else query.range())
    return panel.title(title).description(description).unit(unit).span(span).height(height)
