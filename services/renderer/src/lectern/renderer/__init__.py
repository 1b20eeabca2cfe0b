"""Renders silent footage, exactly as long as the narration, in a sandbox."""
