"""Render jobs in forks that keep what the encoder was given: the first picture, and the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from unit.scenekit.forked_jobs import run_in_fork

from lectern.scenekit import job
from lectern.scenekit.footage import FootageWriter
from lectern.scenekit.regions import Region

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class FilmedJob:
    """A job's result, and the first and the last picture of its film."""

    result: dict[str, Any]
    first: Pixels
    last: Pixels


class _KeepingWriter(FootageWriter):
    def write(self, pixels: Pixels, count: int = 1, changed: Sequence[Region] | None = None) -> None:
        folder = self.path.parent
        if self.frames_written == 0:
            np.save(folder / "first.npy", pixels)
        super().write(pixels, count, changed)
        np.save(folder / "last.npy", pixels)


def film(folder: Path) -> FilmedJob:
    """Run the job in `folder` in a fork. Raises FileNotFoundError when it drew nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "FootageWriter", _KeepingWriter)
        result = run_in_fork(folder)
    assert result["ok"], result["error"]
    return FilmedJob(result=result, first=np.load(folder / "first.npy"), last=np.load(folder / "last.npy"))
