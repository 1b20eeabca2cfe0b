"""Judging a model or a prompt: many briefs through script, code and preflight, and what became of them."""
