"""The lectern command and the one-machine runner."""
