"""Drawings of chemistry."""
