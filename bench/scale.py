"""What so many videos an hour need, and what gives first: fills in the tables of `docs/scale.md`.

`python bench/scale.py` computes them from `bench/measured/*.json`, which the other benches write, and from the figures
below that come from elsewhere. `--check` changes nothing and exits with 1 when the page says anything else.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

ROOT = Path(__file__).parents[1]
BASE, COMPONENTS = ROOT / "deploy/k8s/base", ROOT / "deploy/k8s/components"
PAGE = ROOT / "docs/scale.md"
MEASURED = ROOT / "bench/measured"
SIZES = (10, 1_000, 100_000)  # videos an hour

# The video that is counted: three minutes, as the service's goals are for.
SECONDS, SCENES, QUALITY = 180.0, 8, "standard"
DAYS_KEPT = 30.0  # of events and of the store's objects (docs/operations.md)
BUSY = 0.7  # share of the time in which a core that is paid for works, with many videos
MODEL_CODE = 2.0  # what a model's scene computes against a lesson's: assumed; lessons are what was measured
MINUTES = 5.0  # from request to finished video, which the service aims at

# From other sources.
TOKENS_A_SCENE = 8_000  # six topics with a strong model in the model's place: 27,000 to 32,000 for 3.7 scenes
DOLLARS_A_SCENE = 0.029  # the same, $0.105 to 0.11; without thinking, at the introductory price of 2026
MODEL_REQUESTS = 3 + 2.3 * SCENES  # plan, words and facts; each scene's code, critique and some repairs
CHARACTERS_A_SECOND = 15.0  # of narration, 150 words a minute
DOLLARS_A_CHARACTER = 16e-6  # voices.toml, Neural2
CORE_HOUR = 0.045  # $, assumed: general-purpose machines with 3 GiB a core, on demand
STORE_WRITE, STORE_READ, STORE_MONTH = 4.5e-6, 0.36e-6, 0.015  # $ a request and a GB: list prices of R2, to be checked
VIEW_BYTES = 1_500  # of a gateway's memory for a video (bench/lists.py, docs/operations.md)


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """Something that gives. `need` and `most` are in the same unit."""

    name: str
    need: float
    most: float
    lifts: str

    @property
    def share(self) -> float:
        """How much of it is used."""
        return self.need / self.most


class Needs(msgspec.Struct, frozen=True, kw_only=True):
    """What a number of videos an hour takes."""

    videos: float
    in_flight: float
    render_cores: float
    other_cores: float
    events: float
    jobs: float
    nats_messages: float
    nats_megabytes: float
    three_messages: float
    three_megabytes: float
    log_gigabytes: float
    log_videos: float
    store_writes: float
    store_reads: float
    store_megabytes: float
    stored_terabytes: float
    model_requests: float
    model_tokens: float
    voice_requests: float
    dollars_models: float
    dollars_voices: float
    dollars_compute: float
    dollars_store: float


def load(name: str) -> list[dict[str, Any]]:
    """What a bench measured."""
    found: list[dict[str, Any]] = msgspec.json.decode((MEASURED / f"{name}.json").read_bytes())
    return found


def count_others(video: dict[str, Any]) -> float:
    """CPU seconds of all services but the renderer, whose jobs are counted by themselves."""
    used: dict[str, float] = video["service_cpu_seconds"]
    return sum(used.values()) - used["renderer"]


def compute_needs(videos: float) -> Needs:
    """From the mean of the measured videos: by the scene what is counted, by the second of film what is weighed."""
    costs = load("video_costs")
    scenes, seconds = sum(each["scenes"] for each in costs), sum(each["seconds"] for each in costs)
    own = [each for each in costs if each["quality"] == QUALITY]

    def by_scene(count: Callable[[dict[str, Any]], float]) -> float:
        return sum(map(count, costs)) / scenes * SCENES

    def by_second(count: Callable[[dict[str, Any]], float], some: Sequence[dict[str, Any]] = own) -> float:
        return sum(map(count, some)) / sum(each["seconds"] for each in some) * SECONDS

    [three] = load("video_costs_three")  # the same video as one of those above, through three servers
    [one] = [each for each in costs if (each["lesson"], each["quality"]) == (three["lesson"], three["quality"])]
    messages, size = (three[name] / one[name] for name in ("nats_messages", "nats_bytes"))
    a_second = videos / 3600
    month = videos * 24 * DAYS_KEPT
    render = by_second(lambda each: each["render_cpu_seconds"]) * MODEL_CODE
    others = by_second(count_others)
    writes = by_scene(lambda each: each["store_requests"].get("PUT", 0) + each["store_requests"].get("POST", 0))
    reads = by_scene(lambda each: each["store_requests"].get("GET", 0) + each["store_requests"].get("HEAD", 0))
    kept = by_second(lambda each: each["output_bytes"]) * 2.2  # the finished files, footage and narration beside them
    assert seconds > 0
    return Needs(
        videos=videos,
        in_flight=videos * MINUTES / 60,
        render_cores=render * a_second / BUSY,
        other_cores=others * a_second / BUSY,
        events=by_scene(lambda each: each["log_messages"]) * a_second,
        jobs=(1 + 4 * SCENES) * a_second,
        nats_messages=by_scene(lambda each: each["nats_messages"]) * a_second,
        nats_megabytes=by_scene(lambda each: each["nats_bytes"]) * a_second / 1e6,
        three_messages=by_scene(lambda each: each["nats_messages"]) * a_second * messages,
        three_megabytes=by_scene(lambda each: each["nats_bytes"]) * a_second / 1e6 * size,
        log_gigabytes=by_scene(lambda each: each["log_bytes"]) * month * 3 / 1e9,
        log_videos=month,
        store_writes=writes * a_second,
        store_reads=reads * a_second,
        store_megabytes=by_second(lambda each: each["store_bytes"]) * a_second / 1e6,
        stored_terabytes=kept * month / 1e12,
        model_requests=MODEL_REQUESTS * videos / 60,
        model_tokens=TOKENS_A_SCENE * SCENES * videos / 60,
        voice_requests=SCENES * videos / 60,
        dollars_models=DOLLARS_A_SCENE * SCENES * videos,
        dollars_voices=CHARACTERS_A_SECOND * SECONDS * DOLLARS_A_CHARACTER * videos,
        dollars_compute=(render + others) / BUSY / 3600 * CORE_HOUR * videos,
        dollars_store=(writes * STORE_WRITE + reads * STORE_READ) * videos + kept * month / 1e9 * STORE_MONTH / 720,
    )


def find_limits(needs: Needs) -> list[Limit]:
    """What could give, the nearest first."""
    renderers = find_number(COMPONENTS / "keda/renderer.yaml", r"maxReplicaCount: (\d+)")
    volume = find_number(COMPONENTS / "nats/nats.conf", r"max_file_store: (\d+)G")
    memory = find_number(BASE / "gateway/deployment.yaml", r"limits:\n.*\n +memory: (\d+)Gi")
    three = [each for each in load("log_limits") if each["replicas"] == 3]
    fullest, empty = max(three, key=lambda each: each["videos"]), min(three, key=lambda each: each["videos"])
    index = (fullest["restarted_megabytes"] - empty["restarted_megabytes"]) / fullest["videos"] / 1000  # GB a video
    limits = [
        Limit(
            name=f"renderers that the manifest allows ({renderers:.0f})",
            need=needs.render_cores,
            most=renderers,
            lifts="`maxReplicaCount`, and the cloud's quota of cores",
        ),
        Limit(
            name="jobs a second of three servers and one worker process on one machine",
            need=needs.jobs,
            most=min(each["jobs_a_second"] for each in three),
            lifts="servers with cores and disks of their own; then partitions, each with leaders of its own",
        ),
        Limit(
            name=f"the log's volume in the manifest ({volume:.0f} GB a server), with events of 30 days",
            need=needs.log_gigabytes / 3,
            most=volume,
            lifts="larger volumes; a shorter `max_age` (3 days is a tenth; lists have a bucket of their own)",
        ),
        Limit(
            name="memory of a nats-server (32 GiB) for the index of 30 days",
            need=needs.log_videos * index,
            most=34.4,
            lifts="a shorter `max_age`; then partitions, each on servers of its own",
        ),
        Limit(
            name=f"memory of a gateway in the manifest ({memory:.0f} GiB) for the views of all videos of 30 days",
            need=needs.log_videos * VIEW_BYTES,
            most=memory * 2**30,
            lifts="a larger limit; then lists from a database, or gateways for some of the owners",
        ),
        Limit(
            name="voices: 1,000 requests a minute of a project (Google, Neural2)",
            need=needs.voice_requests,
            most=1_000,
            lifts="a larger quota, several projects or engines; Piper on machines of one's own",
        ),
        Limit(
            name="writes a second to one prefix of the store (S3: 3,500)",
            need=needs.store_writes,
            most=3_500,
            lifts="keys are hashes, so that stores split them by themselves; a bucket for each region",
        ),
        Limit(
            name="event streams of ten gateways (3,000 each), one for each video in flight",
            need=needs.in_flight,
            most=30_000,
            lifts="more gateways, with leaf nodes so that a gateway's server carries only what its clients follow",
        ),
    ]
    return sorted(limits, key=lambda limit: limit.share, reverse=True)


def find_number(file: Path, pattern: str) -> float:
    """A figure that a manifest has."""
    found = re.search(pattern, file.read_text())
    assert found, f"{file.name} has no {pattern}"
    return float(found[1])


def write_number(value: float) -> str:
    """Two digits that matter, or whole with commas."""
    if value >= 100:
        return f"{float(f'{value:.2g}'):,.0f}"
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def write_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def write_costs() -> str:
    """What one measured video took."""
    rows = [
        [
            f"{each['lesson']}, {each['quality']}",
            str(each["scenes"]),
            f"{each['seconds']:.0f}",
            f"{each['render_cpu_seconds'] / each['seconds']:.2f}",
            f"{count_others(each) / each['seconds']:.2f}",
            str(each["log_messages"]),
            f"{each['log_bytes'] / 1000:.0f}",
            f"{each['nats_messages']:,}",
            f"{each['nats_bytes'] / 1e6:.1f}",
            ", ".join(f"{count} {method}" for method, count in sorted(each["store_requests"].items())),
            f"{each['store_bytes'] / 1e6:.0f}",
            f"{each['output_bytes'] / 1e6:.1f}",
        ]
        for each in load("video_costs")
    ]
    head = (
        "video", "scenes", "seconds", "CPU of footage a second", "of other services", "events", "kB",
        "NATS messages", "MB", "store requests", "MB", "MB of files",
    )  # fmt: skip
    return write_table(head, rows)


def write_limits() -> str:
    """What the log held."""
    rows = [
        [
            f"R{each['replicas']}",
            f"{each['videos']:,}",
            f"{each['messages']:,}",
            *(f"{rate:,}" for rate in each["publishes_a_second"].values()),
            f"{each['publish_p50']:.1f}, {each['publish_p99']:.1f}",
            f"{each['read_recent_p50']:.1f}" if each["videos"] else "–",
            f"{each['read_any_p50']:.1f}, {each['read_any_p99']:.0f}" if each["videos"] else "–",
            f"{each['jobs_a_second']:,}",
            f"{each['memory_megabytes']:,}",
            f"{each['restarted_megabytes']:,}",
            f"{each['disk_megabytes']:,}",
        ]
        for each in load("log_limits")
    ]
    at_once = [f"{name} at once" for name in load("log_limits")[0]["publishes_a_second"]]
    head = (
        "", "videos in flight", "messages", "events/s, " + at_once[0], *at_once[1:], "one: p50, p99 ms",
        "read a recent log, ms", "any: p50, p99 ms", "jobs/s", "MB of memory", "of one restarted", "MB of disk",
    )  # fmt: skip
    return write_table(head, rows)


def write_needs() -> str:
    """What each size needs."""
    needs = [compute_needs(size) for size in SIZES]
    memory = find_number(BASE / "renderer/deployment.yaml", r"requests:\n.*\n +memory: (\d+)Gi")
    lines: list[tuple[str, Callable[[Needs], float]]] = [
        ("videos in flight", lambda each: each.in_flight),
        (f"renderer cores (and {memory:.0f} GiB each)", lambda each: each.render_cores),
        ("cores of all other services", lambda each: each.other_cores),
        ("events a second", lambda each: each.events),
        ("jobs a second", lambda each: each.jobs),
        ("NATS messages a second, all clients of one server", lambda each: each.nats_messages),
        ("the same, MB a second", lambda each: each.nats_megabytes),
        (
            "messages a second in and out of three servers, what they tell each other included",
            lambda each: each.three_messages,
        ),
        ("the same, MB a second", lambda each: each.three_megabytes),
        ("log on disk in 30 days, three copies, GB", lambda each: each.log_gigabytes),
        ("store writes a second", lambda each: each.store_writes),
        ("store reads a second", lambda each: each.store_reads),
        ("store MB a second", lambda each: each.store_megabytes),
        ("store after 30 days, TB", lambda each: each.stored_terabytes),
        ("model requests a minute", lambda each: each.model_requests),
        ("model tokens a minute, thinking not counted", lambda each: each.model_tokens),
        ("voice requests a minute", lambda each: each.voice_requests),
        ("$ an hour: models", lambda each: each.dollars_models),
        ("voices", lambda each: each.dollars_voices),
        ("machines", lambda each: each.dollars_compute),
        ("store", lambda each: each.dollars_store),
    ]
    rows = [[name, *(write_number(value(each)) for each in needs)] for name, value in lines]
    total = [each.dollars_models + each.dollars_voices + each.dollars_compute + each.dollars_store for each in needs]
    rows.append(["$ a video", *(f"{sum_ / each.videos:.2f}" for sum_, each in zip(total, needs, strict=True))])
    return write_table(("", *(f"{size:,} an hour" for size in SIZES)), rows)


def write_first_limits() -> str:
    """What gives first at each size, and all that gives."""
    rows = []
    for size in SIZES:
        limits = find_limits(compute_needs(size))
        given = [limit for limit in limits if limit.share >= 1] or limits[:1]
        rows += [
            [
                f"{size:,}" if limit is given[0] else "",
                limit.name if limit.share >= 1 else f"nothing; nearest is {limit.name}",
                f"{limit.share:.0%}" if limit.share < 10 else f"{write_number(limit.share)} times",
                limit.lifts,
            ]
            for limit in given
        ]
    return write_table(("videos an hour", "what gives, the first one first", "used", "what lifts it"), rows)


def write_policies() -> str:
    """The simulator's table."""
    rows = [
        [
            each["policy"],
            f"{each['pod_hours']:.0f}",
            f"{each['cost']:.2f}",
            f"{each['busy']:.0%}",
            f"{each['wait_p50']:.1f}",
            f"{each['wait_p95']:.1f}",
            f"{each['bulk_wait_p95']:.0f}",
            f"{each['first_p50']:.0f}",
            f"{each['first_p95']:.0f}",
            f"{each['video_p95']:.0f}",
            str(each["most_pods"]),
            str(each["started"]),
        ]
        if not each["unfinished"]
        else [each["policy"], *["–"] * 10, "never starts"]
        for each in load("scaling")
    ]
    head = (
        "renderers", "pod hours", "$ a day", "busy", "scene's wait p50, s", "p95", "p95 in bulk", "first scene p50, s",
        "p95", "video p95", "most pods", "started",
    )  # fmt: skip
    return write_table(head, rows)


def write_check() -> str:
    """The model beside the real loop."""
    rows = [
        [
            each["policy"],
            f"{each['pod_hours']:.1f}",
            f"{each['wait_p50']:.1f}",
            f"{each['wait_p95']:.1f}",
            f"{each['first_p50']:.0f}",
            f"{each['first_p95']:.0f}",
            str(each["started"]),
            str(each["handed_back"]),
        ]
        for each in load("scaling_check")
    ]
    head = ("", "pod hours", "scene's wait p50, s", "p95", "first scene p50, s", "p95", "pods started", "handed back")
    return write_table(head, rows)


def write_cancelling() -> str:
    """The table of what is cancelled and deleted."""
    deleted = {each["stage"]: each for each in load("delete")}
    rows = [
        [each["stage"], *[f"{found[part]:.2f}" for found in (each, deleted[each["stage"]]) for part in _LATENCIES]]
        for each in load("cancel")
    ]
    return write_table(("while", "cancelled: median, s", "longest", "deleted: median, s", "longest"), rows)


def write_day() -> str:
    """The table of a day in minutes."""
    rows = [[each["what"], str(each["value"]), each.get("beside", "–")] for each in load("whole_day")]
    return write_table(("what", "measured", "beside it"), rows)


_LATENCIES = ("median", "longest")
TABLES = {
    "cancelling": write_cancelling,
    "check": write_check,
    "costs": write_costs,
    "day": write_day,
    "limits": write_limits,
    "needs": write_needs,
    "first limits": write_first_limits,
    "policies": write_policies,
}


def fill_in(page: str) -> str:
    """The page with its tables computed anew."""

    def make(match: re.Match[str]) -> str:
        return f"{match[1]}\n{TABLES[match[2]]()}\n{match[3]}"

    return re.sub(r"(<!-- table: ([a-z ]+) -->)\n.*?(<!-- end -->)", make, page, flags=re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    page = PAGE.read_text()
    filled = fill_in(page)
    if options.check:
        sys.exit(page != filled)
    PAGE.write_text(filled)


if __name__ == "__main__":
    main()
