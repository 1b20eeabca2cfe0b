"""Settings of the scripter."""

from __future__ import annotations

from lectern.llm import ModelSettings


class ScripterSettings(ModelSettings):
    """The shared settings, and which models to ask; finished lessons need none of their own."""
