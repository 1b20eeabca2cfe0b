"""The same video in another language: a translated script, and the original's code with its texts replaced."""
