"""What a render's computing was spent on."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class CpuSplit:
    """CPU seconds of a job by part.

    `interpolation` is moving things from frame to frame, `rasterising` drawing them, `conversion` turning pictures into
    the encoder's, `encoding` the encoder. `set_up` is all else: the code and the scenes before it, the measuring pass,
    and what plays build when they begin.
    """

    set_up: float = 0.0
    interpolation: float = 0.0
    rasterising: float = 0.0
    conversion: float = 0.0
    encoding: float = 0.0

    def to_json(self, *, cpu_seconds: float) -> dict[str, float]:
        """Return the parts of a job that took `cpu_seconds` in all."""
        told = self.interpolation + self.rasterising + self.conversion + self.encoding
        parts = asdict(self) | {"set_up": max(0.0, cpu_seconds - told)}
        return {part: round(seconds, 3) for part, seconds in parts.items()}
