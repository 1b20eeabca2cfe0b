"""Function words have moved to `lectern.language.function_words`."""

from lectern.language.function_words import FunctionWords, function_words

__all__ = ["FunctionWords", "function_words"]
