"""Speaks a planned scene and measures when each word and beat starts."""
