"""Jobs' temporary folders: private, gone afterwards, and gone after a kill once the next worker starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lectern.worker.scratch_folders import make_scratch_folder, remove_abandoned_scratch

WORKING = """
import sys, time
from pathlib import Path
from lectern.worker.scratch_folders import make_scratch_folder
with make_scratch_folder("voice", Path(sys.argv[1])) as folder:
    (folder / "narration.pcm").write_bytes(b"sound")
    print(folder, flush=True)
    time.sleep(600)
"""


def test_a_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with make_scratch_folder("voice", tmp_path) as folder:
        (folder / "narration.pcm").write_bytes(b"sound")
        assert folder.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_worked_in_is_left_alone_and_so_are_those_of_others(tmp_path: Path) -> None:
    (tmp_path / "lectern-render-0").mkdir()
    with make_scratch_folder("voice", tmp_path) as folder, make_scratch_folder("composer", tmp_path) as other:
        assert remove_abandoned_scratch("voice", tmp_path) == 0
        assert folder.exists()
        assert other.exists()
    assert (tmp_path / "lectern-render-0").exists()


@pytest.mark.slow
def test_what_a_killed_worker_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    argv = [sys.executable, "-c", WORKING, str(tmp_path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        folder = Path(worker.stdout.readline().strip())
        assert remove_abandoned_scratch("voice", tmp_path) == 0
        worker.kill()
    assert folder.exists()
    assert remove_abandoned_scratch("voice", tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
