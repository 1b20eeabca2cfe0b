"""The job folder: which outputs are accepted, and that it is always wiped."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import msgspec
import pytest

from lectern.contracts.requests import SceneVerdict
from lectern.renderer.sandbox.job import RenderJob
from lectern.renderer.sandbox.job_folder import (
    MAX_RESULT_BYTES,
    MAX_TEXT_LENGTH,
    OutputRefused,
    copy_out,
    make_job_folder,
    open_output,
    read_result,
    wipe_folder,
)
from lectern.renderer.sandbox.verification import describe_disk_error
from lectern.renderer.sandbox.watcher import decode_tail

NATS_MAX_PAYLOAD_BYTES = 1 << 20  # the default of nats-server


def open_folder(path: Path) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY)


def test_a_folder_holds_the_settings_the_code_and_the_assets(tmp_path: Path) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(b"png")
    job = RenderJob(code="x = 'é'", settings={"fps": 30}, assets={"figures/a.png": image})
    folder = make_job_folder(tmp_path, job)
    assert (folder / "job.json").read_text() == '{"fps":30}'
    assert (folder / "scene.py").read_text(encoding="utf-8") == "x = 'é'"
    assert (folder / "assets/figures/a.png").read_bytes() == b"png"


def test_a_folder_holds_the_cast_and_the_scenes_before_in_order(tmp_path: Path) -> None:
    folder = make_job_folder(tmp_path, RenderJob(code="", settings={}, cast="c = 1", before=("first", "second")))
    assert (folder / "cast.py").read_text() == "c = 1"
    assert [(folder / f"before/{number}.py").read_text() for number in (1, 2)] == ["first", "second"]
    assert not (make_job_folder(tmp_path, RenderJob(code="", settings={})) / "cast.py").exists()


def test_an_error_claims_no_other_place_than_the_scene_and_the_cast(tmp_path: Path) -> None:
    for place, fits in (("cast", True), ("/etc/passwd", False)):
        (tmp_path / "result.json").write_text(f'{{"ok": false, "error": {{"type": "E", "place": "{place}"}}}}')
        if fits:
            result = read_result(open_folder(tmp_path))
            assert result.error is not None
            assert result.error.place == place
        else:
            with pytest.raises(OutputRefused, match="place"):
                read_result(open_folder(tmp_path))


@pytest.mark.parametrize("name", ["../escape", "/etc/escape", "a/../../escape", ""])
def test_an_asset_name_that_leaves_the_folder_is_refused_and_nothing_is_left(tmp_path: Path, name: str) -> None:
    source = tmp_path / "source"
    source.write_text("x")
    root = tmp_path / "root"
    root.mkdir()
    with pytest.raises(ValueError, match="leaves the job folder"):
        make_job_folder(root, RenderJob(code="", settings={}, assets={name: source}))
    assert list(root.iterdir()) == []


def make_entry(path: Path, kind: str) -> None:
    target = path / "out"
    if kind == "symbolic link":
        (path / "real").write_text("x")
        target.symlink_to("real")
    elif kind == "hard link":
        (path / "real").write_text("x")
        os.link(path / "real", target)
    elif kind == "FIFO":
        os.mkfifo(target)
    elif kind == "folder":
        target.mkdir()
    elif kind == "empty file":
        target.touch()
    elif kind == "too large a file":
        target.write_bytes(b"x" * 101)


@pytest.mark.parametrize(
    "kind", ["nothing", "symbolic link", "hard link", "FIFO", "folder", "empty file", "too large a file"]
)
def test_only_a_regular_file_of_the_right_size_is_accepted(tmp_path: Path, kind: str) -> None:
    make_entry(tmp_path, kind)
    with pytest.raises(OutputRefused, match=r"^out: "):
        open_output(open_folder(tmp_path), "out", 100)


def test_a_regular_file_is_opened_and_copied_out(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"x" * 100)
    output = open_output(open_folder(tmp_path), "out", 100)
    copy_out(output, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"x" * 100


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"ok": 1}', '{"ok": true, "frames": "many"}', '{"ok": true, "error": ' + "[" * 100_000, "\xff"],
    ids=["empty", "list", "no-ok", "number", "text", "nested", "not-utf8"],
)
def test_a_result_of_the_wrong_shape_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "result.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(OutputRefused, match=r"result\.json"):
        read_result(open_folder(tmp_path))


def test_a_verdict_on_the_largest_result_fits_into_a_message(tmp_path: Path) -> None:
    head, tail, entry = b'{"ok":true,"findings":[', b"]}", b'{"rule":"r","level":"note","time":1,"message":"%s"},'
    room = (MAX_RESULT_BYTES - len(head) - len(tail)) // 990
    entries = (entry % (b"a" * (room - len(entry) + 2)) * 990)[:-1]
    (tmp_path / "result.json").write_bytes(head + entries + tail)
    result = read_result(open_folder(tmp_path))
    verdict = SceneVerdict(ok=True, findings=tuple(result.findings), seconds=1.5, reason="x" * 2000)
    assert MAX_RESULT_BYTES < len(msgspec.json.encode(verdict)) < NATS_MAX_PAYLOAD_BYTES


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 3000, "18446744073709551616"])
def test_a_number_that_not_every_reader_of_an_event_knows_is_refused(tmp_path: Path, number: str) -> None:
    finding = f'{{"rule": "r", "level": "error", "message": "m", "line": {number}}}'
    (tmp_path / "result.json").write_text(f'{{"ok": true, "findings": [{finding}]}}')
    with pytest.raises(OutputRefused, match="out of range"):
        read_result(open_folder(tmp_path))


def test_long_texts_in_a_result_are_shortened(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"ok": false, "error": {"type": "X", "message": "' + "a" * 100_000 + '"}}')
    result = read_result(open_folder(tmp_path))
    assert result.error is not None
    assert len(result.error.message) == MAX_TEXT_LENGTH


def test_texts_in_a_result_hold_nothing_that_acts_on_a_terminal(tmp_path: Path) -> None:
    hostile = "\x1b]52;c;aGk=\x07\r\n[  9.9 s] forged \x9b2J \u202eline"
    finding = {"rule": hostile, "level": "error", "message": hostile}
    error = {"type": hostile, "message": hostile, "traceback": hostile}
    (tmp_path / "result.json").write_bytes(json.dumps({"ok": False, "error": error, "findings": [finding]}).encode())
    result = read_result(open_folder(tmp_path))
    assert result.error is not None
    texts = [result.error.type, result.error.message, result.error.traceback, *map(str, result.findings)]
    assert not [text for text in texts if any(char in text for char in "\x1b\x07\r\x9b\u202e")]
    assert result.error.message == "]52;c;aGk=\n[  9.9 s] forged 2J line"


def test_the_reason_for_refusing_a_result_holds_nothing_that_acts_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(json.dumps({"ok": True, "findings": [{"level": "\x1b]0;x\x07"}]}))
    with pytest.raises(OutputRefused) as refused:
        read_result(open_folder(tmp_path))
    assert str(refused.value).isprintable()


def test_a_log_holds_nothing_that_acts_on_a_terminal() -> None:
    assert decode_tail(b"one\x1b[2J\r\ntwo\xff") == "one[2J\ntwo\ufffd"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO])
def test_trouble_with_the_disk_is_tried_again_and_names_no_path(number: int) -> None:
    outcome = describe_disk_error(OSError(number, os.strerror(number), "/home/me/jobs/job-x/assets/a"))
    assert (outcome.killed, outcome.retryable) == ("disk", True)
    assert "/home" not in outcome.reason


@pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.EISDIR, errno.ENOTDIR])
def test_a_name_that_no_file_can_have_is_not_tried_again(number: int) -> None:
    outcome = describe_disk_error(OSError(number, os.strerror(number), "/home/me/jobs/job-x/assets/a"))
    assert (outcome.killed, outcome.retryable) == ("crash", False)
    assert "/home" not in outcome.reason


def test_wiping_removes_folders_too_deep_for_a_path_and_without_permissions(tmp_path: Path) -> None:
    top = tmp_path / "job"
    top.mkdir()
    inner = open_folder(top)
    for _ in range(1500):  # 1500 names of 20 characters are seven times the longest path there is
        os.mkdir("twenty-characters-xx", dir_fd=inner)
        deeper = os.open("twenty-characters-xx", os.O_RDONLY | os.O_DIRECTORY, dir_fd=inner)
        os.close(inner)
        inner = deeper
    os.mkdir("closed", mode=0, dir_fd=inner)
    os.close(inner)
    (top / "sealed").mkdir()
    (top / "sealed/file").touch()
    (top / "sealed").chmod(0)
    wipe_folder(top)
    assert not top.exists()


def test_wiping_does_not_follow_links(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").touch()
    job = tmp_path / "job"
    job.mkdir()
    (job / "link").symlink_to(outside)
    wipe_folder(job)
    assert (outside / "kept").exists()


def test_wiping_a_missing_folder_does_nothing(tmp_path: Path) -> None:
    wipe_folder(tmp_path / "missing")
