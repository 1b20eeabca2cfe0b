"""Asking a model: Gemini, an OpenAI-compatible endpoint, none."""

from lectern.llm.asker import Answer, Asker, Budget, ModelFailed
from lectern.llm.engines.call import Picture, Source
from lectern.llm.usage import Usage, billed, total

__all__ = ["Answer", "Asker", "Budget", "ModelFailed", "Picture", "Source", "Usage", "billed", "total"]
