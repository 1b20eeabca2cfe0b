"""Drawings of physics."""
