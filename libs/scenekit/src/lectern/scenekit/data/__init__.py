"""Drawings of figures about the world."""
