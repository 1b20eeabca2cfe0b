"""Drawings of mathematics."""
