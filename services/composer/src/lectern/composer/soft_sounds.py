"""The soft sounds of a film, made here: a stroke of chalk, a drop, a breath of air, a clock's tick, a small bell.

Mono at 48 kHz, the same samples every time. Each begins and ends in silence, so that none clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from lectern.contracts.quality import AUDIO_RATE
from lectern.contracts.sounds import SoundName

Floats = npt.NDArray[np.float64]

# The level of each in dB of full scale, root mean square over the 100 ms in which it is loudest: that makes them about
# equally loud, -29 to -33 LUFS (momentary) under a voice of -14, since ears (and ITU-R BS.1770) weigh high sounds more.
_LEVELS: Mapping[SoundName, float] = {"draw": -31.0, "pop": -26.0, "swish": -30.0, "tick": -30.5, "chime": -31.0}
_LOUDEST_SECONDS = 0.1
_ATTACK_SECONDS, _RELEASE_SECONDS = 0.004, 0.012


def make_sounds() -> dict[SoundName, Floats]:
    """Every sound by its name, full scale being 1."""
    makers: Mapping[SoundName, Callable[[], Floats]] = {
        "draw": _make_draw,
        "pop": _make_pop,
        "swish": _make_swish,
        "tick": _make_tick,
        "chime": _make_chime,
    }
    return {name: _set_level(_soften_ends(make()), _LEVELS[name]) for name, make in makers.items()}


def _make_draw() -> Floats:
    """Chalk on slate: noise in a band that rises a little, with the grain of a stroke."""
    times = _seconds(0.34)
    noise = _filter_noise(len(times), low=1400.0, high=5200.0, seed=1)
    grain = 0.75 + 0.25 * np.sin(2 * np.pi * 23.0 * times + 1.5 * np.sin(2 * np.pi * 3.0 * times))
    return noise * grain * _arch(times, peak=0.3)


def _make_pop() -> Floats:
    """A drop: a tone that rises from 340 to 620 Hz within 60 ms, and is gone."""
    times = _seconds(0.16)
    pitch = 620.0 - 280.0 * np.exp(-times / 0.022)
    tone = np.sin(2 * np.pi * np.cumsum(pitch) / AUDIO_RATE)
    return tone * np.exp(-times / 0.035)


def _make_swish() -> Floats:
    """Air past the ear: noise whose pitch goes up and comes down again."""
    times = _seconds(0.5)
    low = _filter_noise(len(times), low=350.0, high=1200.0, seed=2)
    high = _filter_noise(len(times), low=1200.0, high=3200.0, seed=3)
    share = _arch(times, peak=0.5)
    return (low * (1.0 - 0.6 * share) + high * 0.6 * share) * share**1.5


def _make_tick() -> Floats:
    """A clock: two short wooden knocks in one."""
    times = _seconds(0.08)
    knock = np.sin(2 * np.pi * 2100.0 * times) * np.exp(-times / 0.006)
    body = np.sin(2 * np.pi * 830.0 * times) * np.exp(-times / 0.014)
    return knock + 0.6 * body


def _make_chime() -> Floats:
    """A small bell: a fifth with the partials of a bar, the higher ones gone first."""
    times = _seconds(1.1)
    tone = np.zeros_like(times)
    for root, delay, weight in ((880.0, 0.0, 1.0), (1318.5, 0.09, 0.8)):
        late = np.clip(times - delay, 0.0, None)
        for ratio, share, decay in ((1.0, 1.0, 0.34), (2.756, 0.3, 0.13), (5.404, 0.1, 0.05)):
            tone += weight * share * np.sin(2 * np.pi * root * ratio * late) * np.exp(-late / decay) * (times >= delay)
    return tone


def _seconds(length: float) -> Floats:
    return np.arange(round(length * AUDIO_RATE)) / AUDIO_RATE


def _arch(times: Floats, peak: float) -> Floats:
    """From nothing to 1 at the share `peak` of the time, and back to nothing."""
    at = times / times[-1]
    rising, falling = at / peak, (1.0 - at) / (1.0 - peak)
    arch: Floats = np.sin(np.pi / 2 * np.minimum(rising, falling).clip(0.0, 1.0)) ** 2
    return arch


def _filter_noise(samples: int, *, low: float, high: float, seed: int) -> Floats:
    """Noise between two frequencies in Hz, with soft edges of a third of an octave."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    octaves = np.log2(np.maximum(np.fft.rfftfreq(samples, 1 / AUDIO_RATE), 1.0))
    inside = np.minimum(octaves - np.log2(low), np.log2(high) - octaves)
    noise: Floats = np.fft.irfft(spectrum / (1.0 + np.exp(-inside * 9.0)), samples)
    loudest: float = np.abs(noise).max()
    return noise / loudest


def _soften_ends(sound: Floats) -> Floats:
    places = np.arange(len(sound))
    attack, release = _ATTACK_SECONDS * AUDIO_RATE, _RELEASE_SECONDS * AUDIO_RATE
    edges = np.minimum(places / attack, (len(sound) - 1 - places) / release).clip(0.0, 1.0)
    softened: Floats = sound * np.sin(np.pi / 2 * edges) ** 2
    return softened


def _set_level(sound: Floats, decibels: float) -> Floats:
    window = round(_LOUDEST_SECONDS * AUDIO_RATE)
    power = np.convolve(np.pad(sound**2, (0, window)), np.ones(window) / window)
    levelled: Floats = sound * 10 ** (decibels / 20) / np.sqrt(power.max())
    return levelled
