"""Asking a model: Gemini, an OpenAI-compatible endpoint, none."""

from lectern.llm.asker import Answer, Asker, Budget, ModelFailed
from lectern.llm.engines.call import Part, Picture, Source
from lectern.llm.fences import fenced
from lectern.llm.usage import total

__all__ = [
    "Answer",
    "Asker",
    "Budget",
    "ModelFailed",
    "Part",
    "Picture",
    "Source",
    "fenced",
    "total",
]
