"""Scripts written by a model: planned, drafted, checked, repaired."""
