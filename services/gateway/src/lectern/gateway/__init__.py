"""The public HTTP API: accepts requests for videos, shows their state, and sends their events and files."""
