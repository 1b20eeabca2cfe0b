"""HTTP: admits, validates and shows videos; REST, SSE, media."""
