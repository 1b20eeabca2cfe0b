"""Asking a model: Gemini, an OpenAI-compatible endpoint, none."""
