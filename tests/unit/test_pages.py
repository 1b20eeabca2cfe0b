"""The pages for people: what they name exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lectern.contracts import requests, topology

ROOT = Path(__file__).parents[2]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()
PAGES = (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md"), *ROOT.glob("studio/*.md"))


def _find_table_names(first_header: str) -> list[str]:
    table = ARCHITECTURE.split(f"| {first_header} |", 1)[1].split("\n\n", 1)[0]
    return [name for line in table.splitlines()[2:] for name in re.findall(r"`([^`]+)`", line.split("|")[1])]


def test_the_architecture_names_each_bucket() -> None:
    assert sorted(_find_table_names("bucket")) == sorted(bucket.name for bucket in topology.BUCKETS)


def test_the_architecture_names_each_consumer_that_no_stage_has() -> None:
    stages = {topology.consumer_name(stage, lane) for stage in topology.STAGE_INPUTS for lane in ("fast", "bulk")}
    others = {consumer.name for consumer in topology.consumers()} - stages

    assert sorted(_find_table_names("consumer")) == sorted(others)


def test_the_architecture_gives_each_request_its_reason() -> None:
    known = [name for name, value in vars(requests).items() if isinstance(value, requests.Request)]

    assert sorted(_find_table_names("request")) == sorted(known)


def test_decisions_are_numbered_without_gaps_as_their_titles_say() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    for path in DECISIONS:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. "), path.name


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```[\s\S]*?```|^ {4}[^\n]*|`[^`\n]*`", "", page.read_text(), flags=re.MULTILINE)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
        if not re.match(r"https?://|mailto:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
