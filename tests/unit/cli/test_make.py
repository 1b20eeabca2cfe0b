"""`lectern make` against real services, or only some of them where the video must not be finished."""

import asyncio
import hashlib
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from e2e.model_answers import PLAN
from standins.person import answer_files
from unit.cli.command import invoke_lectern, run_lectern, start_lectern
from unit.cli.processes import processes_mentioning

from lectern.cli.runner.stack import Stack, run_stack
from lectern.contracts.events import VideoRequested
from lectern.worker import JetStreamEventLog, connect_nats

BESIDE_THE_SERVICES = pytest.mark.asyncio(loop_scope="module")
LESSON = """# A leaf

## Light

A leaf catches the light of the sun.

![a leaf](leaf.png)
"""
DOT = bytes.fromhex(  # the smallest PNG: one white pixel
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000 3a7e9b550000000a49444154789c63f80f00010101001bb6ee56"
    "0000000049454e44ae426082".replace(" ", "")
)


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    (tmp_path / "leaf.png").write_bytes(DOT)
    (tmp_path / "leaf.md").write_text(LESSON)
    return tmp_path / "leaf.md"


@dataclass(frozen=True)
class Writers:
    """Services that make a video's script and nothing more, and when the test that uses them began."""

    stack: Stack
    since: datetime


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def writing_stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    home = tmp_path_factory.mktemp("writers") / "home"
    async with run_stack(home, services=["gateway", "scripter"], grace_seconds=0.5) as stack:
        yield stack


@pytest.fixture
def writers(writing_stack: Stack) -> Writers:
    return Writers(writing_stack, datetime.now(UTC))


async def follow(process: asyncio.subprocess.Process, kind: str) -> dict[str, object]:
    """Reads JSON lines up to the first of a type."""
    assert process.stdout is not None
    async for line in process.stdout:
        event: dict[str, object] = json.loads(line)
        if event["type"] == kind:
            return event
    raise AssertionError(f"no {kind} came")


async def videos(writers: Writers) -> list[dict[str, object]]:
    """The videos of this test that the API lists."""
    async with httpx.AsyncClient(base_url=writers.stack.url) as http:
        listed: list[dict[str, object]] = (await http.get("/v1/videos")).json()["data"]
        own = [each for each in listed if datetime.fromisoformat(str(each["created_at"])) >= writers.since]
        return [(await http.get(f"/v1/videos/{each['id']}")).json() for each in own]


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_ctrl_c_cancels_the_video(writers: Writers, lesson: Path) -> None:
    process = await start_lectern("make", str(lesson), "--json", home=writers.stack.home.path)
    await follow(process, "video.snapshot")
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 130, err.decode()
    result = json.loads(out.splitlines()[-1])
    assert (result["type"], result["status"]) == ("result", "cancelled")
    assert [video["status"] for video in await videos(writers)] == ["cancelled"]


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_a_running_lectern_is_used_and_left_running(writers: Writers, lesson: Path) -> None:
    process = await start_lectern("make", str(lesson), "--json", home=writers.stack.home.path)
    await follow(process, "video.snapshot")
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert len(await videos(writers)) == 1


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_the_second_ctrl_c_exits_immediately(writers: Writers, lesson: Path) -> None:
    process = await start_lectern("make", str(lesson), "--json", home=writers.stack.home.path)
    await follow(process, "video.snapshot")
    os.kill(writers.stack.members["nats"].pid or 0, signal.SIGSTOP)  # so that the cancellation cannot be answered
    try:
        process.send_signal(signal.SIGINT)
        await follow(process, "message")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(2):
            assert await process.wait() == 130
    finally:
        os.kill(writers.stack.members["nats"].pid or 0, signal.SIGCONT)


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_a_lesson_with_errors_fails_and_names_their_lines(writers: Writers, lesson: Path) -> None:
    lesson.write_text("# A leaf\n\n## Light\n\n<table>no</table>\n")
    result = await run_lectern("make", str(lesson), home=writers.stack.home.path)
    assert result.status == 1
    assert "line" in result.err.lower()
    assert "Traceback" not in result.err


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_options_that_the_api_refuses_exit_with_2(writers: Writers, lesson: Path) -> None:
    result = await run_lectern("make", str(lesson), "--voice", "../voice", home=writers.stack.home.path)
    assert result.status == 2
    assert "voice" in result.err


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_music_from_a_file_is_uploaded_and_captions_can_be_burned_in(writers: Writers, lesson: Path) -> None:
    (lesson.parent / "song.flac").write_bytes(b"fLaC" + bytes(40))
    music, burn = ["--music", str(lesson.parent / "song.flac")], ["--burn-captions"]
    result = await run_lectern("make", str(lesson), "--review", *music, *burn, home=writers.stack.home.path)
    assert result.status == 0, result.err
    (video,) = await videos(writers)
    options = video["options"]
    assert isinstance(options, dict)
    assert options["burn_captions"] is True
    assert options["music"] == hashlib.sha256(b"fLaC" + bytes(40)).hexdigest()


@pytest.mark.parametrize(
    ("music", "reason"),
    [
        ("clam", "Did you mean calm?"),
        ("jazz", "Use calm, curious or none, or a file"),
        ("no/such.mp3", "there is no file"),
        ("leaf.md", "is not an audio file"),
    ],
)
def test_invalid_music_is_refused_before_anything_is_started(lesson: Path, music: str, reason: str) -> None:
    name = str(lesson) if music == "leaf.md" else music
    result = invoke_lectern("make", str(lesson), "--music", name, home=lesson.parent / "home")
    assert result.status == 2
    assert reason in " ".join(result.err.split())


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_review_without_a_terminal_explains_how_to_approve(writers: Writers, lesson: Path) -> None:
    result = await run_lectern("make", str(lesson), "--review", home=writers.stack.home.path)
    assert result.status == 0
    (video,) = await videos(writers)
    assert f"{writers.stack.url}/v1/videos/{video['id']}/approve" in result.err
    assert video["status"] == "awaiting_approval"


async def review_on_a_terminal(writers: Writers, lesson: Path, editor: str, *, prompt: str = "") -> tuple[int, str]:
    """Runs `make --review` on a terminal and interrupts it once the script is approved; returns status and output.

    Presses Enter once, when the command prompts with the words `prompt`.
    """
    terminal, end = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lectern.cli", "make", str(lesson), "--review", "--home", str(writers.stack.home.path),
        env={**os.environ, "EDITOR": editor, "VISUAL": ""}, stdin=end, stdout=end, stderr=end, cwd=lesson.parent,
    )  # fmt: skip
    os.close(end)
    shown = bytearray()

    def read() -> None:
        try:
            shown.extend(os.read(terminal, 65536))
        except OSError:  # the other end is closed
            asyncio.get_running_loop().remove_reader(terminal)

    asyncio.get_running_loop().add_reader(terminal, read)
    async with asyncio.timeout(120):
        while process.returncode is None:
            if any(video["status"] == "in_progress" for video in await videos(writers)):
                process.send_signal(signal.SIGINT)
                break
            if prompt and prompt.encode() in shown:
                prompt = ""
                os.write(terminal, b"\n")
            await asyncio.sleep(0.1)
        status = await process.wait()
    asyncio.get_running_loop().remove_reader(terminal)
    os.close(terminal)
    return status, shown.decode("utf-8", "replace")


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_the_video_is_made_from_the_edited_script(writers: Writers, lesson: Path) -> None:
    status, shown = await review_on_a_terminal(writers, lesson, "sed -i 's/of the sun/of a star/'")
    assert status == 130, shown
    (video,) = await videos(writers)
    async with httpx.AsyncClient(base_url=writers.stack.url) as http:
        script = (await http.get(f"/v1/videos/{video['id']}/script")).json()
    assert script["approved"] is True
    assert script["scenes"][0]["beats"][0]["text"] == "A leaf catches the light of a star."
    assert script["scenes"][0]["visual"]["name"] == "leaf.png"


@pytest.mark.slow
@pytest.mark.parametrize("image", ["![a leaf][leaf]\n\n[leaf]: leaf.png", "![a\nleaf](\nleaf.png)"])
@BESIDE_THE_SERVICES
async def test_images_are_uploaded_and_shown_however_they_are_written(
    writers: Writers, lesson: Path, image: str
) -> None:
    lesson.write_text(LESSON.replace("![a leaf](leaf.png)", image))
    result = await run_lectern("make", str(lesson), "--review", home=writers.stack.home.path)
    assert result.status == 0, result.err
    (video,) = await videos(writers)
    async with httpx.AsyncClient(base_url=writers.stack.url) as http:
        script = (await http.get(f"/v1/videos/{video['id']}/script")).json()
    assert script["scenes"][0]["visual"] == {"kind": "image", "name": "leaf.png", "alt": "a leaf"}
    nats = await connect_nats(writers.stack.nats_url, "test", writers.stack.nats_login)
    requested = (await JetStreamEventLog(nats).read(str(video["id"]))).events[0]
    await nats.close()
    assert isinstance(requested, VideoRequested)
    assert requested.brief.assets.keys() == {"leaf.png"}


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_an_emptied_script_cancels_the_video(writers: Writers, lesson: Path) -> None:
    status, shown = await review_on_a_terminal(writers, lesson, "truncate -s 0")
    assert status == 130
    assert "The video was cancelled" in shown
    assert [video["status"] for video in await videos(writers)] == ["cancelled"]


@pytest.mark.slow
async def test_a_lesson_becomes_a_video_with_captions_and_nothing_keeps_running(lesson: Path) -> None:
    home = lesson.parent / "home"
    result = await run_lectern("make", str(lesson), "--quality", "draft", "--out", "out", home=home)
    assert result.status == 0, result.err
    assert result.out.strip() == "out/a-leaf.mp4"
    files = {path.name.partition(".")[2]: path.read_bytes() for path in (lesson.parent / "out").iterdir()}
    assert files.keys() == {"mp4", "vtt", "srt", "chapters.vtt", "jpg", "txt"}
    assert files["mp4"][4:8] == b"ftyp"
    assert files["vtt"].startswith(b"WEBVTT")
    assert files["srt"].startswith(b"1\n")
    assert files["chapters.vtt"].startswith(b"WEBVTT")
    assert files["jpg"].startswith(b"\xff\xd8")
    assert files["txt"].isascii()
    assert "scene 1/1 Light: ready" in result.err
    assert processes_mentioning(str(home)) == []

    again = await run_lectern("make", str(lesson), "--quality", "draft", "--out", "elsewhere", home=home)
    assert again.status == 0, again.err
    assert "Made before" in again.err
    assert "Starting Lectern" not in again.err
    assert (lesson.parent / "elsewhere/a-leaf.mp4").read_bytes() == files["mp4"]


@pytest.fixture
async def speakers(tmp_path: Path) -> AsyncIterator[Stack]:
    """Services that make scripts and know voices."""
    async with run_stack(tmp_path / "home", services=["gateway", "scripter", "voice"], grace_seconds=0.5) as stack:
        yield stack


@pytest.mark.slow
async def test_voices_are_listed_as_a_table_and_as_json(speakers: Stack, tmp_path: Path) -> None:
    result = await run_lectern("voices", "--language", "de", home=speakers.home.path)
    assert result.status == 0, result.err
    assert "espeak-de-DE" in result.out
    assert "en-US" not in result.out
    result = await run_lectern("voices", "--json", home=speakers.home.path)
    voices = [json.loads(line) for line in result.out.splitlines()]
    assert {"silent", "espeak-en-US"} <= {voice["id"] for voice in voices}


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_options_of_the_brief_reach_the_event_log(writers: Writers) -> None:
    options = ["--scenes", "4", "--tone", "warm", "--dialogue", "--search", "--max-cost", "0.5", "--seconds", "70"]
    process = await start_lectern("make", "Why do cats purr?", "--json", *options, home=writers.stack.home.path)
    shown = await follow(process, "video.snapshot")
    async with httpx.AsyncClient(base_url=writers.stack.url) as http:
        video = (await http.get(f"/v1/videos/{shown['video']['id']}")).json()  # type: ignore[index]
        assert video["options"]["max_cost_usd"] == 0.5
        nats = await connect_nats(writers.stack.nats_url, "test", writers.stack.nats_login)
        [(_, requested), *_] = await JetStreamEventLog(nats).read(video["id"])
        await nats.close()
    assert isinstance(requested, VideoRequested)
    brief = requested.brief
    assert (brief.scenes, brief.tone, brief.style, brief.search, brief.target_seconds) == (
        4,
        "warm",
        "dialogue",
        True,
        70,
    )
    await process.wait()


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_a_dub_needs_an_existing_video(writers: Writers) -> None:
    result = await run_lectern("dub", "0198c0de-0000-7000-8000-000000000001", "de", home=writers.stack.home.path)
    assert result.status == 2
    assert "There is no such video" in result.err or "no video" in result.err.lower(), result.err


@pytest.mark.slow
@BESIDE_THE_SERVICES
async def test_a_script_that_somebody_else_changed_can_still_be_saved(writers: Writers, lesson: Path) -> None:
    """The first time it runs, the editor saves another script over the API, as somebody else would."""
    editor = lesson.parent / "editor.py"
    editor.write_text(f"""
import pathlib, sys, httpx
file, opened = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).with_suffix(".opened")
if not opened.exists():
    opened.touch()
    api = httpx.Client(base_url={writers.stack.url!r})
    video, *_ = api.get("/v1/videos").json()["data"]  # the newest one
    script = api.get(f"/v1/videos/{{video['id']}}/script").json()
    script["title"] = "Theirs"
    assert api.put(f"/v1/videos/{{video['id']}}/script", json=script).status_code == 200
    file.write_text(file.read_text().replace("of the sun", "of a star"))
""")
    status, shown = await review_on_a_terminal(
        writers, lesson, f"{sys.executable} {editor}", prompt="Press Enter to edit again"
    )
    assert status == 130, shown
    assert "theirs.md" in shown
    (video,) = await videos(writers)
    async with httpx.AsyncClient(base_url=writers.stack.url) as http:
        script = (await http.get(f"/v1/videos/{video['id']}/script")).json()
    assert script["title"] == "A leaf"
    assert "of a star" in script["scenes"][0]["beats"][0]["text"]


@BESIDE_THE_SERVICES
async def test_prompts_are_refused_where_a_lectern_runs_that_would_not_use_them(
    writers: Writers, tmp_path: Path
) -> None:
    result = await run_lectern(
        "make", "Why is the sea salty?", "--prompts", str(tmp_path / "prompts"), home=writers.stack.home.path
    )
    assert result.status == 2
    assert "--prompts would have no effect" in result.err
    assert f"{writers.stack.url} asks the models that it was started with" in " ".join(result.err.split())
    assert await videos(writers) == []
    assert not (tmp_path / "prompts").exists()


@pytest.mark.slow
async def test_a_video_asks_through_files_and_takes_the_answers_from_there(tmp_path: Path) -> None:
    """As soon as the plan is answered in the folder, the narration is asked for there."""
    prompts = tmp_path / "prompts"
    process = await start_lectern("make", "Why is the sea salty?", "--prompts", "prompts", home=tmp_path / "home")
    async with answer_files(prompts, lambda name, _: json.dumps(PLAN) if name == "0001-script" else " "):
        async with asyncio.timeout(120):
            while not (prompts / "0002-script.md").exists():
                assert process.returncode is None
                await asyncio.sleep(0.05)
    assert PLAN["title"] in (prompts / "0002-script.md").read_text()
    process.send_signal(signal.SIGINT)
    _, err = await process.communicate()
    assert process.returncode == 130, err
    assert "answers awaited there" in err.decode()
