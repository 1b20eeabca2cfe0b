"""docs/api.md: its tables name each endpoint, problem, stream event and webhook event that there is, and no other."""

from __future__ import annotations

import re
import typing
from collections import defaultdict
from pathlib import Path

import pytest
from unit.gateway.gateways import TestGateway

from lectern.contracts import events as e
from lectern.gateway import problem_types
from lectern.gateway.problem_types import ProblemType
from lectern.gateway.schemas.webhooks import WebhookEvent

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text()
METHODS = ("get", "post", "put", "patch", "delete")
LIVE = {"video.snapshot", "progress", "outlook"}  # of a stream, beside the events of the log
NEVER_ANSWERED = {"keys-required"}  # why a gateway does not start


def _section(title: str) -> str:
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def _first_cells(section: str) -> list[str]:
    return [line.split("|")[1] for line in section.splitlines() if line.startswith("| ")]


def _name_route(method: str, path: str) -> str:
    return f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path)}"


async def test_the_tables_of_endpoints_name_each_route_once(gateway: TestGateway) -> None:
    published = (await gateway.http.get("/openapi.json")).json()["paths"]
    routes = sorted(
        _name_route(method, path) for path, each in published.items() for method in METHODS if method in each
    )

    cells = _first_cells(_section("Endpoints")) + _first_cells(_section("Older clients"))
    named = (re.match(r" `([A-Z]+) (/[^`?\s]*)", cell) for cell in cells)
    assert sorted(_name_route(*found.groups()) for found in named if found) == routes


def test_the_table_of_problems_names_each_code_under_its_status() -> None:
    known: dict[str, set[str]] = defaultdict(set)
    for each in vars(problem_types).values():
        if isinstance(each, ProblemType) and each.code not in NEVER_ANSWERED:
            known[str(each.status or "others")].add(each.code)

    rows = re.findall(r"^\| (\d{3}|others) \| (.*) \|$", _section("Problems"), re.MULTILINE)
    assert {status: set(re.findall(r"`([a-z-]+)`", codes)) for status, codes in rows} == known


def test_the_table_of_the_event_stream_names_each_event() -> None:
    stored = {event.__struct_config__.tag.removesuffix(".v1") for event in typing.get_args(e.AnyEvent)}

    named = re.findall(
        r"`((?:video|scene)\.[a-z]+|progress|outlook)`", "".join(_first_cells(_section("The event stream")))
    )
    assert sorted(named) == sorted(stored | LIVE)


def test_the_events_of_webhooks_are_those_that_can_be_asked_for() -> None:
    listed = _section("Webhooks").split("`events` are", 1)[1].split(";", 1)[0]

    assert set(re.findall(r"`([a-z]+\.[a-z_]+)`", listed)) == set(typing.get_args(WebhookEvent))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(#([a-z-]+)\)", PAGE))))
def test_each_link_within_the_page_leads_to_a_heading(link: str) -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    assert link in {re.sub(r"[^a-z -]", "", heading.lower()).replace(" ", "-") for heading in headings}
