"""The job folder: which outputs are accepted, and that it is always wiped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lectern.renderer.sandbox.job import RenderJob
from lectern.renderer.sandbox.job_folder import (
    MAX_TEXT_LENGTH,
    OutputRefused,
    copy_out,
    make_job_folder,
    open_output,
    read_result,
    wipe_folder,
)


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


def test_long_texts_in_a_result_are_shortened(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"ok": false, "error": {"type": "X", "message": "' + "a" * 100_000 + '"}}')
    result = read_result(open_folder(tmp_path))
    assert result.error is not None
    assert len(result.error.message) == MAX_TEXT_LENGTH + 1


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
