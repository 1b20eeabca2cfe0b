import json
from pathlib import Path

import pytest
from nats.aio.client import Client
from servers import S3
from unit.cli.command import invoked, lectern

from lectern.contracts import subjects
from lectern.contracts.events import VideoCancelled, VideoRequested, encode
from lectern.contracts.ids import new_id
from lectern.contracts.options import Brief, VideoOptions
from lectern.contracts.problems import Problem
from lectern.contracts.topology import DEAD, VIDEOS
from lectern.worker import Connections, DeadLetter

pytestmark = pytest.mark.slow

NOBODY = "http://127.0.0.1:9"  # the discard port: nothing listens


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["make"], "Missing argument"),
        (["make", "leaf", "--quality", "best"], "'best' is not one of"),
        (["make", "leaf", "--rate", "9"], "less than or equal to 2"),
        (["make", "leaf", "--no-such-option"], "No such option"),
        (["make", " "], "There is no topic"),
        (["make", "nowhere.md"], "nowhere.md: there is no such file"),
        (["fly"], "No such command"),
        (["make", "leaf", "--max-cost", "-1"], "Invalid value for '--max-cost'"),
        (["dub", "some-id", "de", "--translation", "nowhere.md"], "nowhere.md: there is no such file"),
        (["eval", "nowhere.json"], "nowhere.json: No such file"),
    ],
)
async def test_what_cannot_be_asked_for_ends_with_2_and_says_why(home: Path, args: list[str], said: str) -> None:
    ran = await lectern(*args, home=home)
    assert ran.status == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert not home.exists(), "nothing is started for a request that cannot be made"


async def test_a_named_lectern_that_does_not_answer_ends_with_3_and_says_what_to_do(home: Path) -> None:
    ran = await lectern("make", "leaf", "--url", NOBODY, home=home)
    assert ran.status == 3
    assert "does not answer" in ran.err
    assert "lectern up" in ran.err


async def test_an_address_that_is_not_a_lectern_ends_with_3(home: Path, s3: S3) -> None:
    ran = await lectern("watch", "some-id", "--url", s3.endpoint, home=home)
    assert ran.status == 3
    assert "The answer is not Lectern's" in ran.err


async def test_a_program_gets_the_problem_as_json(home: Path) -> None:
    ran = await lectern("make", "leaf", "--json", home=home, LECTERN_URL=NOBODY)
    assert ran.status == 3
    line = json.loads(ran.out)
    assert line["type"] == "problem"
    assert line["problem"]["code"] == "api-silent"
    assert line["problem"]["remedy"]


async def test_an_output_folder_that_cannot_be_made_is_refused_before_anything_is_started(home: Path) -> None:
    (home.parent / "file").touch()
    ran = await lectern("make", "leaf", "--out", "file/out", home=home)
    assert ran.status == 2
    assert "--out" in ran.err
    assert not home.exists()


async def test_commands_for_a_running_lectern_say_when_there_is_none(home: Path) -> None:
    ran = await lectern("provision", "--check", home=home)
    assert ran.status == 3
    assert "LECTERN_NATS_URL" in ran.err


async def test_doctor_looks_at_everything_and_starts_nothing(home: Path) -> None:
    ran = await lectern("doctor", "--json", home=home)
    checks = {check["name"]: check for check in map(json.loads, ran.out.splitlines())}
    assert {"ffmpeg", "font Inter", "sandbox: seccomp", "NATS", "store", "LaTeX", "home"} <= checks.keys()
    assert ran.status == (1 if any(not check["ok"] and check["required"] for check in checks.values()) else 0)
    assert not home.exists()


async def test_doctor_names_the_remedy_for_a_program_that_is_missing(home: Path) -> None:
    ran = await lectern("doctor", home=home, PATH="/nowhere")
    assert ran.status == 1
    assert "apt-get install ffmpeg" in ran.out


async def test_provision_reports_drift_and_mends_it(home: Path, nats: Client, nats_url: str) -> None:
    where = {"LECTERN_NATS_URL": nats_url}
    assert (await invoked("provision", "--check", home=home, **where)).status == 0
    await nats.jetstream().delete_consumer(VIDEOS, "voice-bulk")
    drifted = await invoked("provision", "--check", home=home, **where)
    assert (drifted.status, drifted.out.strip()) == (1, "consumer voice-bulk is missing")
    assert "applied: consumer voice-bulk" in (await invoked("provision", home=home, **where)).out
    assert (await invoked("provision", "--check", home=home, **where)).status == 0


async def bury(connections: Connections, video_id: str) -> None:
    """Leaves a request in DEAD as a worker that gave up does."""
    requested = VideoRequested(video_id=video_id, brief=Brief(topic="leaf"), options=VideoOptions())
    await connections.event_log.publish(requested)
    letter = DeadLetter(
        data=encode(requested),
        subject=subjects.subject(requested),
        sequence=1,
        consumer="scripter-fast",
        stage="scripter",
        problem=Problem(code="attempts-exhausted", title="Tried too often", detail="It failed 5 times.", remedy=""),
        reason="attempts-exhausted",
    )
    await connections.dead_letters.store(letter)


async def test_a_dead_message_is_listed_shown_and_put_back(home: Path, connections: Connections, nats_url: str) -> None:
    where = {"LECTERN_NATS_URL": nats_url}
    video_id = new_id()
    await bury(connections, video_id)
    listed = await invoked("dead", "list", home=home, **where)
    assert video_id in listed.out
    assert "It failed 5 times." in listed.out
    shown = json.loads((await invoked("dead", "show", "1", home=home, **where)).out)
    assert shown["data"]["video_id"] == video_id
    assert shown["problem"]["code"] == "attempts-exhausted"

    before = (await connections.nats.jetstream().stream_info(VIDEOS)).state.messages
    assert (await invoked("dead", "retry", "1", home=home, **where)).status == 0
    assert (await connections.nats.jetstream().stream_info(VIDEOS)).state.messages == before + 1
    assert (await connections.nats.jetstream().stream_info(DEAD)).state.messages == 0
    assert "There are none" in (await invoked("dead", "list", home=home, **where)).out


async def test_a_dead_message_of_an_ended_video_is_not_put_back(
    home: Path, connections: Connections, nats_url: str
) -> None:
    video_id = new_id()
    await bury(connections, video_id)
    await connections.event_log.record_outcome(VideoCancelled(video_id=video_id))
    ran = await invoked("dead", "retry", "1", home=home, LECTERN_NATS_URL=nats_url)
    assert ran.status == 2
    assert "has ended" in ran.err
    assert (await connections.nats.jetstream().stream_info(DEAD)).state.messages == 1


async def test_a_dead_message_that_does_not_exist_is_refused(home: Path, nats: Client, nats_url: str) -> None:
    ran = await invoked("dead", "show", "7", home=home, LECTERN_NATS_URL=nats_url)
    assert ran.status == 2
    assert "No dead message has the number 7" in ran.err
