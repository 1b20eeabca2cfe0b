"""The settings of the scripter."""

from __future__ import annotations

from lectern.llm import ModelSettings


class ScripterSettings(ModelSettings):
    """The settings of every service, and which models to ask."""
