"""Sound at another sample rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import soxr


def resample(samples: npt.NDArray[np.int16], from_rate: int, to_rate: int) -> npt.NDArray[np.int16]:
    """Converts 16-bit samples, shaped (samples,) or (samples, channels), to another rate in samples a second."""
    resampled: npt.NDArray[np.int16] = soxr.resample(samples, from_rate, to_rate)
    return resampled
