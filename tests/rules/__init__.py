"""The rules of the pipeline, held by a machine that does anything in any order."""
