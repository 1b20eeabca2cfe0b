"""Every metric of the catalogue moves in a real run, or needs what a good day does not have and is tested for that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from api_client import BROKEN, TIDES, ApiClient
from metrics_page import collect_families
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from lectern.cli.runner.stack import run_stack

OPENMETRICS = {"accept": "application/openmetrics-text; version=1.0.0"}

# What only a failure moves, a provider that is not set up here, or many owners; and the test of each.
ELSEWHERE = {
    **dict.fromkeys(
        (
            "lectern_stage_redeliveries_total",
            "lectern_stage_retries_total",
            "lectern_stage_waits_total",
            "lectern_stage_failures_total",
            "lectern_dead_letters_total",
        ),
        "tests/unit/worker/test_stage_metrics.py",
    ),
    "lectern_stage_put_aside_total": "tests/unit/worker/test_fair_owners.py",
    **dict.fromkeys(
        (
            "lectern_consumer_pending_messages",
            "lectern_consumer_unacked_messages",
            "lectern_consumer_oldest_message_age_seconds",
            "lectern_dead_letters_stored",
            "lectern_log_storage_limit_bytes",
            "lectern_videos_active",
            "lectern_videos_stalled",
            "lectern_video_oldest_change_age_seconds",
            "lectern_webhook_deliveries_waiting",
            "lectern_webhook_oldest_due_age_seconds",
        ),
        "tests/unit/gateway/test_log_watch.py",
    ),
    **dict.fromkeys(
        (
            "lectern_video_failures_total",
            "lectern_scenes_failed_total",
            "lectern_scene_findings_total",
            "lectern_spent_dollars_total",
            "lectern_model_tokens_total",
        ),
        "tests/unit/gateway/test_video_metrics.py",
    ),
    **dict.fromkeys(("lectern_model_requests_total", "lectern_model_request_seconds"), "tests/unit/llm/test_asking.py"),
    **dict.fromkeys(
        ("lectern_voice_requests_total", "lectern_voice_request_seconds"), "tests/unit/voice/test_remote.py"
    ),
    **dict.fromkeys(
        ("lectern_sandbox_kills_total", "lectern_sandbox_slots_busy"), "tests/unit/renderer/test_measured_pool.py"
    ),
    **dict.fromkeys(
        (
            "lectern_webhook_attempts_total",
            "lectern_webhook_attempt_seconds",
        ),
        "tests/unit/gateway/webhooks/test_delivering.py",
    ),
}
# These may be 0 again by the time that anybody looks.
PASSING = {"lectern_stage_in_progress", "lectern_event_streams"}


async def scrape(client: ApiClient) -> dict[str, list[Sample]]:
    """The samples of each family by its name in the catalogue."""
    page = (await client.http.get("/metrics", headers=OPENMETRICS)).text
    found: dict[str, list[Sample]] = {}
    for family in text_string_to_metric_families(page):
        found[f"{family.name}_total" if family.type == "counter" else family.name] = list(family.samples)
    return found


def list_moved(scraped: dict[str, list[Sample]]) -> set[str]:
    """The families with a series that is not 0, and a number."""
    return {
        name for name, samples in scraped.items() if any(each.value and each.value == each.value for each in samples)
    }


def list_secrets(scraped: dict[str, list[Sample]], *secrets: str) -> Iterator[str]:
    for samples in scraped.values():
        for sample in samples:
            yield from (value for value in sample.labels.values() if any(secret in value for secret in secrets))


async def follow(client: ApiClient, video: str) -> None:
    """Reads a video's events to the end."""
    async with client.http.stream("GET", f"/v1/videos/{video}/events", timeout=120) as response:
        async for _ in response.aiter_raw():
            pass


@pytest.mark.slow
async def test_every_metric_of_the_catalogue_has_data(tmp_path: Path) -> None:
    families = collect_families()
    async with run_stack(tmp_path / "home") as stack:
        client = ApiClient(stack.url, stack.nats_url, stack.nats_login)
        first = await client.create_video(TIDES)
        following = asyncio.create_task(follow(client, first))
        await client.wait_for_outcome(first)
        await following
        broken = await client.create_video(BROKEN)  # whose scene becomes a template
        await client.wait_for_outcome(broken)
        for path in ("/v1/voices", f"/v1/videos/{first}/contact-sheet"):
            await client.http.get(path)
        missing: set[str] = set()
        for _ in range(40):  # what waits is asked every five seconds, what is needed every fifteen
            scraped = await scrape(client)
            missing = families.keys() - list_moved(scraped) - ELSEWHERE.keys() - PASSING
            if not missing:
                break
            await asyncio.sleep(0.5)
        await client.http.aclose()
    assert missing == set()
    own = {name for name in scraped if name.startswith("lectern_")}
    assert own == families.keys(), "the catalogue is what services show"
    assert {name for name in ("process_resident_memory_bytes", "process_cpu_seconds_total") if name in scraped}
    assert list(list_secrets(scraped, first, broken, "tides", "Moon")) == []
    for name, samples in scraped.items():
        if name in families:
            allowed = {label.name for label in families[name].labels} | {"le"}
            assert {label for sample in samples for label in sample.labels} <= allowed


def test_each_metric_that_needs_another_day_is_tested_for_it() -> None:
    root = Path(__file__).parents[2]
    untested = {name: place for name, place in ELSEWHERE.items() if name not in (root / place).read_text()}
    assert untested == {}
