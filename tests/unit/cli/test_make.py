"""`lectern make` against real services; where a video must not be finished, against some of them only."""

import asyncio
import hashlib
import json
import os
import pty
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from unit.cli.command import lectern, started
from unit.cli.processes import mentioning

from lectern.cli.runner import Stack, running
from lectern.contracts.events import VideoRequested
from lectern.worker import JetStreamEventLog, connect_nats

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


@pytest.fixture
async def writers(tmp_path: Path) -> AsyncIterator[Stack]:
    """Services that take a video as far as its script, and no further."""
    async with running(tmp_path / "home", services=["gateway", "scripter"], grace_seconds=0.5) as stack:
        yield stack


async def follow(process: asyncio.subprocess.Process, kind: str) -> dict[str, object]:
    """Reads JSON lines until one of a type."""
    assert process.stdout is not None
    async for line in process.stdout:
        event: dict[str, object] = json.loads(line)
        if event["type"] == kind:
            return event
    raise AssertionError(f"no {kind} came")


async def videos(stack: Stack) -> list[dict[str, object]]:
    """What the API lists."""
    async with httpx.AsyncClient(base_url=stack.url) as http:
        listed: list[dict[str, object]] = (await http.get("/v1/videos")).json()["data"]
        return [(await http.get(f"/v1/videos/{each['id']}")).json() for each in listed]


@pytest.mark.slow
async def test_ctrl_c_cancels_the_video(writers: Stack, lesson: Path) -> None:
    process = await started("make", str(lesson), "--json", home=writers.home.path)
    await follow(process, "video.snapshot")
    process.send_signal(signal.SIGINT)
    out, err = await process.communicate()
    assert process.returncode == 130, err.decode()
    result = json.loads(out.splitlines()[-1])
    assert (result["type"], result["status"]) == ("result", "cancelled")
    assert [video["status"] for video in await videos(writers)] == ["cancelled"]


@pytest.mark.slow
async def test_a_runner_that_is_up_is_used_and_left_running(writers: Stack, lesson: Path) -> None:
    process = await started("make", str(lesson), "--json", home=writers.home.path)
    await follow(process, "video.snapshot")
    process.send_signal(signal.SIGINT)
    await process.communicate()
    assert len(await videos(writers)) == 1


@pytest.mark.slow
async def test_the_second_ctrl_c_leaves_at_once(writers: Stack, lesson: Path) -> None:
    process = await started("make", str(lesson), "--json", home=writers.home.path)
    await follow(process, "video.snapshot")
    os.kill(writers.members["nats"].pid or 0, signal.SIGSTOP)  # so that the cancellation cannot be answered
    try:
        process.send_signal(signal.SIGINT)
        await follow(process, "message")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(2):
            assert await process.wait() == 130
    finally:
        os.kill(writers.members["nats"].pid or 0, signal.SIGCONT)


@pytest.mark.slow
async def test_a_lesson_with_mistakes_fails_and_names_their_lines(writers: Stack, lesson: Path) -> None:
    lesson.write_text("# A leaf\n\n## Light\n\n<table>no</table>\n")
    ran = await lectern("make", str(lesson), home=writers.home.path)
    assert ran.status == 1
    assert "line" in ran.err.lower()
    assert "Traceback" not in ran.err


@pytest.mark.slow
async def test_options_the_api_refuses_end_with_2(writers: Stack, lesson: Path) -> None:
    ran = await lectern("make", str(lesson), "--voice", "../voice", home=writers.home.path)
    assert ran.status == 2
    assert "voice" in ran.err


@pytest.mark.slow
async def test_music_from_a_file_is_uploaded_and_captions_are_asked_to_be_burned_in(
    writers: Stack, lesson: Path
) -> None:
    (lesson.parent / "song.flac").write_bytes(b"fLaC" + bytes(40))
    music, burn = ["--music", str(lesson.parent / "song.flac")], ["--burn-captions"]
    ran = await lectern("make", str(lesson), "--review", *music, *burn, home=writers.home.path)
    assert ran.status == 0, ran.err
    (video,) = await videos(writers)
    options = video["options"]
    assert isinstance(options, dict)
    assert options["burn_captions"] is True
    assert options["music"] == hashlib.sha256(b"fLaC" + bytes(40)).hexdigest()


@pytest.mark.parametrize(
    ("music", "said"),
    [
        ("clam", "Did you mean calm?"),
        ("jazz", "Use calm or curious, or a file"),
        ("no/such.mp3", "there is no file"),
        ("leaf.md", "is no track"),
    ],
)
async def test_music_that_cannot_be_is_refused_before_anything_is_started(lesson: Path, music: str, said: str) -> None:
    name = str(lesson) if music == "leaf.md" else music
    ran = await lectern("make", str(lesson), "--music", name, home=lesson.parent / "home")
    assert ran.status == 2
    assert said in " ".join(ran.err.split())


@pytest.mark.slow
async def test_review_without_a_terminal_says_how_to_approve(writers: Stack, lesson: Path) -> None:
    ran = await lectern("make", str(lesson), "--review", home=writers.home.path)
    assert ran.status == 0
    (video,) = await videos(writers)
    assert f"{writers.url}/v1/videos/{video['id']}/approve" in ran.err
    assert video["status"] == "awaiting_approval"


async def reviewed(writers: Stack, lesson: Path, editor: str, *, asked: str = "") -> tuple[int, str]:
    """`make --review` on a terminal with an editor; interrupted once the script is approved. Status, what was shown.

    Where the command asks for Enter with the words `asked`, Enter is pressed, once.
    """
    terminal, end = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "lectern.cli", "make", str(lesson), "--review", "--home", str(writers.home.path),
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
    async with asyncio.timeout(30):
        while process.returncode is None:
            if any(video["status"] == "in_progress" for video in await videos(writers)):
                process.send_signal(signal.SIGINT)
                break
            if asked and asked.encode() in shown:
                asked = ""
                os.write(terminal, b"\n")
            await asyncio.sleep(0.1)
        status = await process.wait()
    asyncio.get_running_loop().remove_reader(terminal)
    os.close(terminal)
    return status, shown.decode("utf-8", "replace")


@pytest.mark.slow
async def test_an_edited_script_is_what_the_video_is_made_from(writers: Stack, lesson: Path) -> None:
    status, shown = await reviewed(writers, lesson, "sed -i 's/of the sun/of a star/'")
    assert status == 130, shown
    (video,) = await videos(writers)
    async with httpx.AsyncClient(base_url=writers.url) as http:
        script = (await http.get(f"/v1/videos/{video['id']}/script")).json()
    assert script["approved"] is True
    assert script["scenes"][0]["beats"][0]["text"] == "A leaf catches the light of a star."
    assert script["scenes"][0]["visual"]["name"] == "leaf.png"


@pytest.mark.slow
async def test_an_emptied_script_gives_the_video_up(writers: Stack, lesson: Path) -> None:
    status, shown = await reviewed(writers, lesson, "truncate -s 0")
    assert status == 130
    assert "given up" in shown
    assert [video["status"] for video in await videos(writers)] == ["cancelled"]


@pytest.mark.slow
async def test_a_lesson_becomes_a_video_beside_its_captions_and_nothing_stays_running(lesson: Path) -> None:
    home = lesson.parent / "home"
    ran = await lectern("make", str(lesson), "--quality", "draft", "--out", "out", home=home)
    assert ran.status == 0, ran.err
    assert ran.out.strip() == "out/a-leaf.mp4"
    files = {path.name: path.stat().st_size for path in (lesson.parent / "out").iterdir()}
    assert files.keys() == {f"a-leaf.{end}" for end in ("mp4", "vtt", "srt", "chapters.vtt", "jpg", "txt")}
    assert min(files.values()) > 20
    assert "scene 1/1 Light: ready" in ran.err
    assert mentioning(str(home)) == []


@pytest.fixture
async def speakers(tmp_path: Path) -> AsyncIterator[Stack]:
    """Services that take requests and know voices."""
    async with running(tmp_path / "home", services=["gateway", "scripter", "voice"], grace_seconds=0.5) as stack:
        yield stack


@pytest.mark.slow
async def test_voices_are_listed_for_people_and_for_programs(speakers: Stack, tmp_path: Path) -> None:
    ran = await lectern("voices", "--language", "de", home=speakers.home.path)
    assert ran.status == 0, ran.err
    assert "espeak-de-DE" in ran.out
    assert "en-US" not in ran.out
    ran = await lectern("voices", "--json", home=speakers.home.path)
    voices = [json.loads(line) for line in ran.out.splitlines()]
    assert {"silent", "espeak-en-US"} <= {voice["id"] for voice in voices}


@pytest.mark.slow
async def test_wishes_reach_the_brief(speakers: Stack) -> None:
    wishes = ["--scenes", "4", "--tone", "warm", "--dialogue", "--search", "--max-cost", "0.5", "--seconds", "70"]
    process = await started("make", "Why do cats purr?", "--json", *wishes, home=speakers.home.path)
    shown = await follow(process, "video.failed")
    async with httpx.AsyncClient(base_url=speakers.url) as http:
        video = (await http.get(f"/v1/videos/{shown['video']['id']}")).json()  # type: ignore[index]
        assert video["options"]["max_cost_usd"] == 0.5
        nats = await connect_nats(speakers.nats_url, "test")
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
async def test_a_dub_needs_a_video_that_is_there(speakers: Stack) -> None:
    ran = await lectern("dub", "0198c0de-0000-7000-8000-000000000001", "de", home=speakers.home.path)
    assert ran.status == 2
    assert "There is no such video" in ran.err or "no video" in ran.err.lower(), ran.err


@pytest.mark.slow
async def test_a_script_that_somebody_else_changed_meanwhile_can_still_be_saved(writers: Stack, lesson: Path) -> None:
    """The editor, when it is first opened, has somebody else save the script; its second save counts."""
    editor = lesson.parent / "editor.py"
    editor.write_text(f"""
import pathlib, sys, httpx
file, opened = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).with_suffix(".opened")
if not opened.exists():
    opened.touch()
    api = httpx.Client(base_url={writers.url!r})
    (video,) = api.get("/v1/videos").json()["data"]
    script = api.get(f"/v1/videos/{{video['id']}}/script").json()
    script["title"] = "Theirs"
    assert api.put(f"/v1/videos/{{video['id']}}/script", json=script).status_code == 200
    file.write_text(file.read_text().replace("of the sun", "of a star"))
""")
    status, shown = await reviewed(writers, lesson, f"{sys.executable} {editor}", asked="Press Enter to edit again")
    assert status == 130, shown
    assert "theirs.md" in shown
    (video,) = await videos(writers)
    async with httpx.AsyncClient(base_url=writers.url) as http:
        script = (await http.get(f"/v1/videos/{video['id']}/script")).json()
    assert script["title"] == "A leaf"
    assert "of a star" in script["scenes"][0]["beats"][0]["text"]
