"""Panels over Lectern's own API: what is said of one video, or of owners, is in no time series.

Grafana reads the API with the Infinity data source (`yesoreyeram-infinity-datasource`), which needs the gateway's
address and a key that may read. Only plain paths of names are used as selectors, which all of its parsers understand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import barchart, common, stat, table
from grafana_foundation_sdk.builders.dashboard import FieldColor
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as shapes
from grafana_foundation_sdk.models.dashboard import DataSourceRef, DynamicConfigValue, FieldColorModeId

API = DataSourceRef(type_val="yesoreyeram-infinity-datasource", uid="${api}")
Kind = Literal["string", "number", "timestamp", "boolean"]


@dataclass(frozen=True)
class Field:
    """A column: where in each object, its heading, and its unit; a `colour` of its own in bars."""

    selector: str
    title: str
    kind: Kind = "string"
    unit: str = ""
    colour: str = ""
    decimals: int | None = None


class _Query(Dataquery):
    def __init__(self, path: str, root: str, fields: Sequence[Field]) -> None:
        self.path, self.root, self.fields = path, root, fields

    def to_json(self) -> dict[str, object]:
        columns = [{"selector": field.selector, "text": field.title, "type": field.kind} for field in self.fields]
        return {
            "refId": "A",
            "datasource": API,
            "type": "json",
            "parser": "backend",
            "source": "url",
            "format": "table",
            "url": self.path,
            "url_options": {"method": "GET", "data": ""},
            "root_selector": self.root,
            "columns": columns,
            "filters": [],
        }


class _QueryBuilder(Builder[Dataquery]):
    def __init__(self, query: _Query) -> None:
        self.query = query

    def build(self) -> Dataquery:
        return self.query


def show_rows(
    title: str,
    description: str,
    path: str,
    root: str,
    fields: Sequence[Field],
    *,
    span: int = 24,
    height: int = 8,
) -> table.Panel:
    """A table with a row for each object in the list at `root` of what `path` answers, or for the one object there."""
    panel = table.Panel().show_header(True).datasource(API).with_target(_QueryBuilder(_Query(path, root, fields)))
    for field in fields:
        properties = [DynamicConfigValue("unit", field.unit)] if field.unit else []
        if field.decimals is not None:
            properties.append(DynamicConfigValue("decimals", field.decimals))
        if properties:
            panel = panel.override_by_name(field.title, properties)
    return panel.title(title).description(description).no_value("nothing yet").span(span).height(height)


def show_value(
    title: str, description: str, path: str, root: str, field: Field, *, span: int = 4, height: int = 4
) -> stat.Panel:
    """One value of what `path` answers, large."""
    panel = (
        stat.Panel()
        .datasource(API)
        .with_target(_QueryBuilder(_Query(path, root, [field])))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields("/.*/").values(False))
        .graph_mode(shapes.BigValueGraphMode.NONE)
        .color_mode(shapes.BigValueColorMode.VALUE)
        .text_mode(shapes.BigValueTextMode.VALUE)
        .color_scheme(FieldColor().mode(FieldColorModeId.FIXED).fixed_color("blue"))
        .no_value("-")
    )
    if field.unit:
        panel = panel.unit(field.unit)
    if field.decimals is not None:
        panel = panel.decimals(field.decimals)
    return panel.title(title).description(description).span(span).height(height)


def show_bars(
    title: str,
    description: str,
    path: str,
    root: str,
    fields: Sequence[Field],
    *,
    unit: str,
    span: int = 24,
    height: int = 10,
) -> barchart.Panel:
    """A bar for each object, named by the first field and stacked from the others."""
    panel = (
        barchart.Panel()
        .datasource(API)
        .with_target(_QueryBuilder(_Query(path, root, fields)))
        .orientation(shapes.VizOrientation.HORIZONTAL)
        .stacking(shapes.StackingMode.NORMAL)
        .x_field(fields[0].title)
        .show_value(shapes.VisibilityMode.NEVER)
        .fill_opacity(85)
        .legend(common.VizLegendOptions().show_legend(True).placement(shapes.LegendPlacement.BOTTOM).calcs([]))
    )
    for field in fields[1:]:
        panel = panel.override_by_name(
            field.title, [DynamicConfigValue("color", {"mode": "fixed", "fixedColor": field.colour})]
        )
    return panel.title(title).description(description).unit(unit).span(span).height(height)
