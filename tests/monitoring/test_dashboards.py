"""The dashboards: written from their source, asking only for what exists, each panel saying what it is for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from boards.__main__ import FOLDER, render_dashboards
from metrics_page import collect_families
from monitoring.test_rule_names import find_unknown
from pydantic import BaseModel

from lectern.gateway.schemas import Video

BOARDS: dict[str, dict[str, Any]] = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}

# What Grafana puts in place of its variables, so that queries can be parsed.
VARIABLES = {
    "$__rate_interval": "1m",
    "$__range_s": "3600",
    "$__range": "1h",
    "$__interval": "1m",
    "$namespace": ".*",
    "$quality": ".*",
    "$stage": ".*",
}


def panels_of(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in board["panels"]:
        yield from panel.get("panels") or []
        if panel["type"] != "row":
            yield panel


PANELS = [(uid, panel) for uid, board in BOARDS.items() for panel in panels_of(board)]
NAMES = [f"{uid}: {panel['title']}" for uid, panel in PANELS]
QUERIES = [
    (name, target["expr"])
    for name, (_, panel) in zip(NAMES, PANELS, strict=True)
    for target in panel.get("targets", [])
    if panel["datasource"]["type"] == "prometheus"
]


def fill(query: str) -> str:
    for name, value in VARIABLES.items():
        query = query.replace(name, value)
    return query


def selectors_of(query: str) -> list[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def keep(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        elif isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)

    promql_parser.walk(promql_parser.parse(fill(query)), keep)
    return found


def test_the_committed_dashboards_are_those_of_their_source() -> None:
    committed = {path.name: path.read_text() for path in FOLDER.glob("*.json")}
    assert committed == render_dashboards(), "run `make dashboards` and commit it"


@pytest.mark.parametrize("uid", BOARDS)
def test_a_dashboard_begins_with_tiles_that_answer_its_question(uid: str) -> None:
    first, *rest = BOARDS[uid]["panels"]
    assert (first["type"], first["title"]) == ("row", "At a glance")
    tiles = rest[: next(place for place, panel in enumerate(rest) if panel["type"] == "row")]
    assert {panel["type"] for panel in tiles} == {"stat"}
    assert sum(panel["gridPos"]["w"] for panel in tiles) == 24
    assert BOARDS[uid]["description"].endswith("?")


@pytest.mark.parametrize("uid", BOARDS)
def test_panels_fill_whole_lines_and_cover_no_other(uid: str) -> None:
    taken: dict[tuple[int, int], str] = {}
    for panel in BOARDS[uid]["panels"]:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]
    assert max(x for x, _ in taken) < 24
    holes = {y for _, y in taken} - {y for y in range(200) if all((x, y) in taken for x in range(24))}
    assert not holes, "a line of panels is narrower than the page, or its panels differ in height"


@pytest.mark.parametrize("uid", BOARDS)
def test_no_two_panels_have_one_name_or_id(uid: str) -> None:
    every = list(panels_of(BOARDS[uid]))
    assert len({panel["id"] for panel in every}) == len(every)
    titles = [(panel["title"]) for panel in every]
    assert sorted(set(titles)) == sorted(titles)


@pytest.mark.parametrize(("uid", "panel"), PANELS, ids=NAMES)
def test_every_panel_says_what_it_is_for(uid: str, panel: dict[str, Any]) -> None:
    if panel["type"] == "text":
        return
    assert panel["description"].endswith(".")
    assert panel["targets"]
    if panel["type"] not in {"table", "logs"} and panel["datasource"]["type"] == "prometheus":
        assert panel["fieldConfig"]["defaults"]["unit"], "a figure without a unit is a riddle"


@pytest.mark.parametrize("query", sorted({query for _, query in QUERIES}))
def test_every_query_parses(query: str) -> None:
    assert "$" not in fill(query).replace('"$1"', "").replace("${1}", ""), "a variable that no dashboard has"
    assert selectors_of(query)


@pytest.mark.parametrize("query", sorted({query for _, query in QUERIES}))
def test_own_series_are_those_of_the_chosen_namespace(query: str) -> None:
    for selector in selectors_of(query):
        if (selector.name or "").startswith(("lectern_", "process_", "kube_", "container_")):
            assert "namespace" in {matcher.name for matcher in selector.matchers.matchers}


def test_variables_that_queries_use_are_those_of_their_dashboard() -> None:
    for uid, board in BOARDS.items():
        known = {variable["name"] for variable in board["templating"]["list"]}
        text = re.sub(r"\$__\w+|\$1|\$\{1\}", "", json.dumps(board["panels"]))
        used = set(re.findall(r"\$\{?([a-z_]+)", text))
        assert used <= known, uid


FAMILIES = collect_families()
# Labels that Prometheus gives, or what the query itself makes.
GIVEN = {"namespace", "instance", "le", "stage", "class"}


@pytest.mark.parametrize("query", sorted({query for _, query in QUERIES}))
def test_every_metric_label_and_value_of_ours_exists(query: str) -> None:
    ours = [selector for selector in selectors_of(query) if (selector.name or "").startswith("lectern_")]
    assert [find_unknown(selector, given={"namespace"}) for selector in ours] == [""] * len(ours)


def test_labels_that_series_are_told_apart_by_exist() -> None:
    known = {label.name for family in FAMILIES.values() for label in family.labels} | GIVEN
    for name, query in QUERIES:
        if "lectern_" not in query:
            continue
        for group in re.findall(r"by \(([a-z_, ]+)\)", query):
            assert {label.strip() for label in group.split(",")} <= known, name


def test_each_kind_of_data_source_is_provisioned() -> None:
    wanted = {
        variable["query"]
        for board in BOARDS.values()
        for variable in board["templating"]["list"]
        if variable["type"] == "datasource"
    }
    provisioning = FOLDER.parent / "grafana" / "provisioning"
    sources = yaml.safe_load((provisioning / "datasources" / "lectern.yaml").read_text())["datasources"]
    assert {source["type"] for source in sources} == wanted
    named = re.findall(
        r"(?:url|bearerToken|allowedHosts): (.*)", (provisioning / "datasources" / "lectern.yaml").read_text()
    )
    assert all(value.strip("[]").startswith("$") for value in named), "addresses and keys come from the environment"


def find_type(model: Any, path: str) -> Any:
    """The type of the field at a dotted path of a response model, lists and optional values looked through."""
    for name in filter(None, path.split(".")):
        while not (isinstance(model, type) and issubclass(model, BaseModel)):
            model = next(part for part in model.__args__ if part is not type(None))
        model = model.model_fields[name].annotation
    return model


API_TARGETS = [
    (name, target)
    for name, (_, panel) in zip(NAMES, PANELS, strict=True)
    for target in panel.get("targets", [])
    if panel["datasource"]["type"] == "yesoreyeram-infinity-datasource"
]


@pytest.mark.parametrize(("name", "target"), API_TARGETS, ids=[name for name, _ in API_TARGETS])
def test_what_panels_read_of_a_video_is_in_the_api(name: str, target: dict[str, Any]) -> None:
    assert target["url"] == "/v1/videos/${video}"
    root = find_type(Video, target["root_selector"])
    for column in target["columns"]:
        assert find_type(root, column["selector"]) is not None
