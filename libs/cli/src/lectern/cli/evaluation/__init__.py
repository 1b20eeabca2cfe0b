"""Evaluating a model or a prompt: many briefs through script, code and preflight, and a report of the results."""
