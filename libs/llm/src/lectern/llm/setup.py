"""From settings to somebody who can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr

from lectern.contracts.problems import Problem, ProblemError
from lectern.llm.asker import AnswerCache, Asker
from lectern.llm.engines.call import Engine
from lectern.llm.models import load_models, load_prices
from lectern.worker import Settings


class ModelSettings(Settings):
    """Which models are asked. Without a key and an endpoint there are none, and finished lessons are what there is."""

    model_engine: Literal["auto", "none", "gemini", "openai"] = Field(
        "auto", description="auto: gemini with a key, openai with an endpoint, else none"
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
    openai_api_key: SecretStr = Field(SecretStr(""), description="its key, if it wants one")
    openai_model: str = Field("", description="the model to ask there")
    model_table: Path | None = Field(None, description="a file in place of the bundled tasks.toml")
    remember_answers: bool = Field(
        True, description="false: ask again what was asked in the last 24 hours, as an evaluation must"
    )
    price_table: Path | None = Field(None, description="a file in place of the bundled prices.toml")

    def engine(self) -> Literal["none", "gemini", "openai"]:
        """The engine that is set up."""
        if self.model_engine != "auto":
            return self.model_engine
        if self.gemini_api_key.get_secret_value():
            return "gemini"
        return "openai" if self.openai_url else "none"


def build_asker(settings: ModelSettings, cache: AnswerCache | None = None) -> Asker | None:
    """Somebody to ask; None when no model is set up. Raises ProblemError for settings that cannot work."""
    name = settings.engine()
    if name == "none":
        return None
    prices = load_prices(settings.price_table)
    cache = cache if settings.remember_answers else None
    if name == "gemini":
        # imported here: the client libraries take a second, and most processes ask one engine or none
        from lectern.llm.engines.gemini import GeminiEngine

        key = settings.gemini_api_key.get_secret_value()
        if not key:
            raise _unset("GEMINI_API_KEY", "the engine is gemini")
        engine: Engine = GeminiEngine(key, base_url=settings.gemini_url)
        return Asker(engine, load_models("gemini", settings.model_table), prices, cache=cache)
    from lectern.llm.engines.openai import OpenAIEngine

    if not settings.openai_url or not settings.openai_model:
        raise _unset("LECTERN_OPENAI_URL and LECTERN_OPENAI_MODEL", "the engine is openai")
    engine = OpenAIEngine(settings.openai_url, api_key=settings.openai_api_key.get_secret_value())
    table = load_models("openai", settings.model_table, model=settings.openai_model)
    return Asker(engine, table, prices, cache=cache)


def _unset(names: str, why: str) -> ProblemError:
    return ProblemError(
        Problem(
            code="model-not-set-up",
            title="The model is not set up",
            detail=f"{names} must be set, because {why}.",
            remedy=f"Set {names}, or LECTERN_MODEL_ENGINE=none to do without a model.",
        )
    )
