"""Scene code from a model: drafted, fixed without asking where that is possible, checked, repaired."""
