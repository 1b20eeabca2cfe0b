"""Joins footage, narration, captions and chapters into the finished video."""
