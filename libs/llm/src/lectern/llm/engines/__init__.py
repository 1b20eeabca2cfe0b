"""Ways to reach a model: Gemini, an OpenAI-compatible endpoint, none."""
