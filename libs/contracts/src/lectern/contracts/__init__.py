"""What every service agrees on: events, subjects, topology, keys, problems, the fold."""
