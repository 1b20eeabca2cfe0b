import asyncio
import json
from pathlib import Path

import pytest
from nats.aio.client import Client
from servers import S3, free_port
from unit.cli.command import invoke_in_thread, invoke_lectern, run_lectern

from lectern.cli.exit_status import UNAVAILABLE, CommandExit
from lectern.cli.nats_connection import connect_event_log
from lectern.contracts import subjects
from lectern.contracts.events import VideoCancelled, VideoRequested, encode
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD, VIDEOS
from lectern.worker import Connections, DeadLetter, Settings, Transient

UNUSED_ADDRESS = "http://127.0.0.1:9"  # the discard port, on which nothing listens


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.slow
async def test_the_command_runs_as_a_program(home: Path) -> None:
    result = await run_lectern("lessons", "--json", home=home)
    assert result.status == 0, result.err
    assert {json.loads(line)["language"] for line in result.out.splitlines()} == {"en"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["make"], "Missing argument"),
        (["make", "leaf", "--quality", "best"], "'best' is not one of"),
        (["make", "leaf", "--rate", "9"], "less than or equal to 2"),
        (["make", "leaf", "--no-such-option"], "No such option"),
        (["make", " "], "There is no topic"),
        (["make", "nowhere.md"], "nowhere.md: no such file"),
        (["fly"], "No such command"),
        (["make", "leaf", "--max-cost", "-1"], "Invalid value for '--max-cost'"),
        (["dub", "some-id", "de", "--translation", "nowhere.md"], "nowhere.md: no such file"),
        (["eval", "nowhere.json"], "nowhere.json: No such file"),
    ],
)
def test_invalid_input_exits_with_2_and_the_reason(home: Path, args: list[str], message: str) -> None:
    result = invoke_lectern(*args, home=home)
    assert result.status == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert not home.exists(), "nothing is started for invalid input"


def test_an_address_that_does_not_answer_exits_with_3_and_a_remedy(home: Path) -> None:
    result = invoke_lectern("make", "leaf", "--url", UNUSED_ADDRESS, home=home)
    assert result.status == 3
    assert "does not answer" in result.err
    assert "lectern up" in result.err


def test_an_address_that_is_not_a_lectern_exits_with_3(home: Path, s3: S3) -> None:
    result = invoke_lectern("watch", "some-id", "--url", s3.endpoint, home=home)
    assert result.status == 3
    assert "The answer is not Lectern's" in result.err


def test_a_problem_is_printed_as_json_for_programs(home: Path) -> None:
    result = invoke_lectern("make", "leaf", "--json", home=home, LECTERN_URL=UNUSED_ADDRESS)
    assert result.status == 3
    line = json.loads(result.out)
    assert line["type"] == "problem"
    assert line["problem"]["code"] == "api-silent"
    assert line["problem"]["remedy"]


def test_an_output_folder_that_cannot_be_created_is_refused_before_anything_is_started(home: Path) -> None:
    (home.parent / "file").touch()
    result = invoke_lectern("make", "leaf", "--out", str(home.parent / "file" / "out"), home=home)
    assert result.status == 2
    assert "--out" in result.err
    assert not home.exists()


def test_commands_for_operators_need_an_event_log(home: Path) -> None:
    result = invoke_lectern("provision", "--check", home=home)
    assert result.status == 3
    assert "LECTERN_NATS_URL" in result.err


def test_doctor_checks_everything_and_starts_nothing(home: Path) -> None:
    result = invoke_lectern("doctor", "--json", home=home)
    checks = {check["name"]: check for check in map(json.loads, result.out.splitlines())}
    assert {"ffmpeg", "font Inter", "sandbox: seccomp", "NATS", "store", "LaTeX", "home"} <= checks.keys()
    assert result.status == (1 if any(not check["ok"] and check["required"] for check in checks.values()) else 0)
    assert not home.exists()


def test_doctor_names_the_remedy_for_a_program_that_is_missing(home: Path) -> None:
    result = invoke_lectern("doctor", home=home, PATH="/nowhere")
    assert result.status == 1
    assert "apt-get install ffmpeg" in result.out


async def test_provision_reports_differences_and_applies_them(home: Path, nats: Client, nats_url: str) -> None:
    where = {"LECTERN_NATS_URL": nats_url}
    assert (await invoke_in_thread("provision", "--check", home=home, **where)).status == 0
    await nats.jetstream().delete_consumer(VIDEOS, "voice-bulk")
    differing = await invoke_in_thread("provision", "--check", home=home, **where)
    assert (differing.status, differing.out.strip()) == (1, "consumer voice-bulk is missing")
    assert "applied: consumer voice-bulk" in (await invoke_in_thread("provision", home=home, **where)).out
    assert (await invoke_in_thread("provision", "--check", home=home, **where)).status == 0


@pytest.mark.slow
async def test_provision_makes_the_stores_bucket_and_its_rules(
    home: Path, nats: Client, nats_url: str, settings: Settings
) -> None:
    where = {
        "LECTERN_NATS_URL": nats_url,
        "LECTERN_S3_ENDPOINT": settings.s3_endpoint,
        "LECTERN_S3_ACCESS_KEY": settings.s3_access_key,
        "LECTERN_S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
        "LECTERN_S3_BUCKET": f"bucket-{new_id()}",
        "LECTERN_KEEP_VIDEO_DAYS": "90",
    }
    missing = await invoke_in_thread("provision", "--check", home=home, **where)
    assert (missing.status, missing.out.strip()) == (1, f"store bucket {where['LECTERN_S3_BUCKET']} is missing")
    made = await invoke_in_thread("provision", home=home, **where)
    assert "applied: store rule lectern-videos" in made.out
    assert (await invoke_in_thread("provision", "--check", home=home, **where)).status == 0
    longer = await invoke_in_thread("provision", "--check", home=home, **{**where, "LECTERN_KEEP_VIDEO_DAYS": "400"})
    assert longer.status == 1
    assert "store rule lectern-videos: days is 90, declared 400" in longer.out


async def bury(connections: Connections, video_id: str) -> None:
    """Stores a request as a dead letter, as a worker that gave up does."""
    requested = VideoRequested(video_id=video_id, brief=Brief(topic="leaf"), options=VideoOptions())
    await connections.event_log.publish(requested)
    await connections.dead_letters.store(
        DeadLetter(
            stage="scripter",
            consumer="scripter-fast",
            subject=subjects.subject(requested),
            sequence=1,
            data=encode(requested),
            problem=Problem(code="attempts-exhausted", title="Tried too often", detail="It failed 5 times.", remedy=""),
            reason="attempts-exhausted",
        )
    )


async def test_a_dead_letter_is_listed_shown_and_retried(home: Path, connections: Connections, nats_url: str) -> None:
    where = {"LECTERN_NATS_URL": nats_url}
    video_id = new_id()
    await bury(connections, video_id)
    listed = await invoke_in_thread("dead", "list", home=home, **where)
    assert video_id in listed.out
    assert "It failed 5 times." in listed.out
    shown = json.loads((await invoke_in_thread("dead", "show", "1", home=home, **where)).out)
    assert shown["data"]["video_id"] == video_id
    assert shown["problem"]["code"] == "attempts-exhausted"

    before = (await connections.nats.jetstream().stream_info(VIDEOS)).state.messages
    assert (await invoke_in_thread("dead", "retry", "1", home=home, **where)).status == 0
    assert (await connections.nats.jetstream().stream_info(VIDEOS)).state.messages == before + 1
    assert (await connections.nats.jetstream().stream_info(DEAD)).state.messages == 0
    assert "There are no dead letters" in (await invoke_in_thread("dead", "list", home=home, **where)).out


async def test_a_dead_letter_of_an_ended_video_is_not_retried(
    home: Path, connections: Connections, nats_url: str
) -> None:
    video_id = new_id()
    await bury(connections, video_id)
    await connections.event_log.record_outcome(VideoCancelled(video_id=video_id))
    result = await invoke_in_thread("dead", "retry", "1", home=home, LECTERN_NATS_URL=nats_url)
    assert result.status == 2
    assert "has ended" in result.err
    assert (await connections.nats.jetstream().stream_info(DEAD)).state.messages == 1


async def test_a_dead_letter_that_is_not_worth_a_retry_is_dropped(
    home: Path, connections: Connections, nats_url: str
) -> None:
    video_id = new_id()
    await bury(connections, video_id)
    await connections.event_log.record_outcome(VideoCancelled(video_id=video_id))
    dropped = await invoke_in_thread("dead", "drop", "1", home=home, LECTERN_NATS_URL=nats_url)
    assert (dropped.status, f"1 of videos.fast.{video_id}.requested is dropped" in dropped.out) == (0, True)
    assert (await connections.nats.jetstream().stream_info(DEAD)).state.messages == 0
    assert (await connections.event_log.read(video_id)).state.outcome(), "the video stays as it was"
    again = await invoke_in_thread("dead", "drop", "1", home=home, LECTERN_NATS_URL=nats_url)
    assert (again.status, "No dead letter has the number 1" in again.err) == (2, True)


async def test_an_event_log_that_stops_answering_is_reported_as_unavailable(home: Path, nats_url: str) -> None:
    with pytest.raises(CommandExit) as raised:
        async with connect_event_log(nats_url, home):
            raise Transient("the event log does not answer")
    assert (raised.value.status, raised.value.problem.code) == (UNAVAILABLE, "event-log-silent")


@pytest.mark.slow
async def test_an_event_log_that_is_not_there_is_not_waited_for(home: Path) -> None:
    async with asyncio.timeout(120):  # the client's own patience is two minutes
        result = await invoke_in_thread("dead", "list", home=home, LECTERN_NATS_URL=f"nats://127.0.0.1:{free_port()}")
    assert result.status == UNAVAILABLE
    assert "does not answer" in result.err


async def test_an_event_log_that_refuses_the_login_says_which_settings_to_set(home: Path, nats_url: str) -> None:
    url = f"nats://{nats_url.rpartition('@')[2]}"
    where = {"LECTERN_NATS_URL": url, "LECTERN_NATS_TOKEN": "wrong"}
    result = await invoke_in_thread("dead", "list", home=home, **where)
    assert result.status == UNAVAILABLE
    assert "LECTERN_NATS_TOKEN" in result.err
    assert "wrong" not in result.err


async def test_a_dead_letter_that_does_not_exist_is_reported(home: Path, nats: Client, nats_url: str) -> None:
    result = await invoke_in_thread("dead", "show", "7", home=home, LECTERN_NATS_URL=nats_url)
    assert result.status == 2
    assert "No dead letter has the number 7" in result.err
