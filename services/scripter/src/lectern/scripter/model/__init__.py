"""Scripts from a model: planned, written, checked."""
