"""Engines that reach models: Gemini, and OpenAI-compatible endpoints."""
