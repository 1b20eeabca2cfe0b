"""Maps of the world and of its parts."""
