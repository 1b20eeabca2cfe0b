"""Writes the source that draws each narrated scene."""
