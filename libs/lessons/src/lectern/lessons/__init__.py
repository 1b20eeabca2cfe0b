"""Finished lessons in Markdown: offline demos, worked examples, golden tests."""
