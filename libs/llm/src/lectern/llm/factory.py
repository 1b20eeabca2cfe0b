"""Builds the model client from settings."""

from __future__ import annotations

from lectern.contracts.problems import Problem, ProblemError
from lectern.llm.cache import AnswerStore
from lectern.llm.client import ModelClient
from lectern.llm.engines.files import FilesModelEngine
from lectern.llm.metrics import ModelMetrics
from lectern.llm.models import load_models, load_prices
from lectern.llm.request import ModelEngine
from lectern.llm.settings import ModelSettings
from lectern.worker import KeyClaims


def build_model_client(
    settings: ModelSettings,
    store: AnswerStore | None = None,
    metrics: ModelMetrics | None = None,
    claims: KeyClaims | None = None,
) -> ModelClient | None:
    """The client of the engine that is set up; None when there is none. Answers are cached in the store.

    `claims` keep those who share the store from asking the same at the same time.

    Raises ProblemError for settings that cannot work.
    """
    name = settings.engine()
    if name == "none":
        return None
    prices = load_prices(settings.price_table)
    store = store if settings.remember_answers else None
    if name == "gemini":
        # imported here: the client libraries take a second to import, and most processes use one engine or none
        from lectern.llm.engines.gemini import GeminiModelEngine

        key = settings.gemini_api_key.get_secret_value()
        if not key:
            raise _missing_setting("GEMINI_API_KEY", "the engine is gemini")
        engine: ModelEngine = GeminiModelEngine(key, base_url=settings.gemini_url)
        models = load_models("gemini", settings.model_table)
        return ModelClient(engine, models, prices, store=store, metrics=metrics, claims=claims)
    if name == "files":
        if settings.prompts is None:
            raise _missing_setting("LECTERN_PROMPTS", "the engine is files")
        engine = FilesModelEngine(settings.prompts, timeout_seconds=settings.prompts_timeout)
        # without a cache: the folder is one, and an answer that is changed there counts at once
        return ModelClient(engine, load_models("files"), prices, metrics=metrics)
    from lectern.llm.engines.openai import OpenAIModelEngine

    if not settings.openai_url or not settings.openai_model:
        raise _missing_setting("LECTERN_OPENAI_URL and LECTERN_OPENAI_MODEL", "the engine is openai")
    engine = OpenAIModelEngine(settings.openai_url, api_key=settings.openai_api_key.get_secret_value())
    table = load_models("openai", settings.model_table, model=settings.openai_model)
    return ModelClient(engine, table, prices, store=store, metrics=metrics, claims=claims)


def _missing_setting(names: str, why: str) -> ProblemError:
    return ProblemError(
        Problem(
            code="model-not-set-up",
            title="The model is not set up",
            detail=f"{names} must be set, because {why}.",
            remedy=f"Set {names}, or LECTERN_MODEL_ENGINE=none to work without a model.",
        )
    )
