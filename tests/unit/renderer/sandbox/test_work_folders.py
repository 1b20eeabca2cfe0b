"""Work folders: a crash leaves them, the next start removes them, and never those in use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lectern.renderer.sandbox.work_folders import make_work_folder, remove_abandoned_folders

WORK = """
import sys
from pathlib import Path
from lectern.renderer.sandbox.work_folders import make_work_folder
with make_work_folder("pool", Path(sys.argv[1])) as folder:
    (folder / "deep/er").mkdir(parents=True)
    (folder / "deep/er/file").write_text("left by a crash")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_removed_on_leaving_even_by_an_exception(tmp_path: Path) -> None:
    with make_work_folder("preflight", tmp_path) as left:
        (left / "file").write_text("x")
    with pytest.raises(ZeroDivisionError), make_work_folder("preflight", tmp_path) as thrown_out_of:
        print(1 / len(os.listdir(thrown_out_of)))
    assert not left.exists()
    assert not thrown_out_of.exists()


def test_what_a_killed_process_left_is_removed_at_the_next_start_and_not_before(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORK, str(tmp_path)]
    with (
        make_work_folder("pool", tmp_path) as own,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        theirs = Path(process.stdout.readline().strip())
        remove_abandoned_folders(tmp_path)
        assert (theirs / "deep/er/file").exists()
        assert own.exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert theirs.exists()
        remove_abandoned_folders(tmp_path)
        assert not theirs.exists()
        assert own.exists()


def test_what_is_not_a_work_folder_is_left_alone(tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (elsewhere / "kept").write_text("x")
    with make_work_folder("pool", tmp_path) as folder:
        base = folder.parent
    (base / "link").symlink_to(elsewhere)
    (base / "file").write_text("x")
    remove_abandoned_folders(tmp_path)
    assert (elsewhere / "kept").exists()
    assert sorted(os.listdir(base)) == ["file", "link"]


def test_a_link_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (elsewhere := tmp_path / "elsewhere").mkdir()
    (tmp_path / f"lectern-render-{os.geteuid()}").symlink_to(elsewhere)
    with pytest.raises(OSError, match="LECTERN_SCRATCH"), make_work_folder("pool", tmp_path):
        pass
    assert list(elsewhere.iterdir()) == []
