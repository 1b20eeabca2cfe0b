"""Drawings of computing."""
