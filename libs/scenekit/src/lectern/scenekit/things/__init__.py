"""Drawn things."""
