"""Gives a narrated scene its visual source."""
