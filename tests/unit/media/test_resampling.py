"""Sound keeps its pitch, level and length at another sample rate."""

from __future__ import annotations

import numpy as np
import pytest

from lectern.media.resampling import resample


def test_a_tone_is_the_same_tone_at_another_rate() -> None:
    tone = np.rint(8000 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)).astype(np.int16)
    resampled = resample(tone, 16_000, 24_000)
    assert (resampled.dtype, len(resampled)) == (np.int16, 24_000)
    expected = 8000 * np.sin(2 * np.pi * 440 * np.arange(24_000) / 24_000)
    assert resampled[1000:-1000] == pytest.approx(expected[1000:-1000], abs=20)
