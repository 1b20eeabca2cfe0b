"""Asking a model: Gemini, an OpenAI-compatible endpoint, or a folder of files."""

from lectern.llm.budget import Budget
from lectern.llm.client import MAX_ATTEMPTS, ModelClient, ModelReply
from lectern.llm.errors import BudgetExceeded, ModelFailed, UnusableAnswer
from lectern.llm.factory import build_model_client
from lectern.llm.fence import fence
from lectern.llm.metrics import ModelMetrics
from lectern.llm.request import Citation, ImagePart, PromptPart
from lectern.llm.schema import decode_answer
from lectern.llm.settings import ModelSettings

__all__ = [
    "MAX_ATTEMPTS",
    "Budget",
    "BudgetExceeded",
    "Citation",
    "ImagePart",
    "ModelClient",
    "ModelFailed",
    "ModelMetrics",
    "ModelReply",
    "ModelSettings",
    "PromptPart",
    "UnusableAnswer",
    "build_model_client",
    "decode_answer",
    "fence",
]
