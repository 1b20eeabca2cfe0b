"""Settings of the scripter."""

from __future__ import annotations

from lectern.worker import Settings


class ScripterSettings(Settings):
    """The shared settings; finished lessons need none of their own."""
