"""What each layer of the sandbox holds alone, and what escapes without it. Run with `make layers`."""
