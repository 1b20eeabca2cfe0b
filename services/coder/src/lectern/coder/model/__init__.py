"""Scene code from a model: drafted, mended without asking where that is possible, checked, repaired."""
