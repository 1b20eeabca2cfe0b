"""Settings of the models."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from lectern.worker import Settings


class ModelSettings(Settings):
    """The models to ask. With neither a key nor an endpoint there are none, and only finished lessons can be made."""

    model_engine: Literal["auto", "none", "gemini", "openai", "files"] = Field(
        "auto", description="auto: files with a folder, gemini with a key, openai with an endpoint, else none"
    )
    gemini_api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("LECTERN_GEMINI_API_KEY", "GEMINI_API_KEY"),
        description="key of the Gemini API",
    )
    gemini_url: str = Field("", description="another base address for the Gemini API")
    openai_url: str = Field(
        "", description="an OpenAI-compatible endpoint, such as http://localhost:11434/v1 for Ollama"
    )
    openai_api_key: SecretStr = Field(SecretStr(""), description="the endpoint's API key, if it needs one")
    openai_model: str = Field("", description="the model to ask there")
    prompts: Path | None = Field(
        None, description="a folder in a model's place: requests are written there, and answers awaited, as files"
    )
    prompts_timeout: float = Field(3600.0, gt=0, description="seconds to wait for each answer in that folder")
    model_table: Path | None = Field(None, description="a file that replaces the bundled tasks.toml")
    remember_answers: bool = Field(
        True, description="reuse answers of the last 24 hours; false asks again, as an evaluation must"
    )
    price_table: Path | None = Field(None, description="a file that replaces the bundled prices.toml")

    def engine(self) -> Literal["none", "gemini", "openai", "files"]:
        """The engine that is set up."""
        if self.model_engine != "auto":
            return self.model_engine
        if self.prompts is not None:
            return "files"
        if self.gemini_api_key.get_secret_value():
            return "gemini"
        return "openai" if self.openai_url else "none"
