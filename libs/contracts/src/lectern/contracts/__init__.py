"""The agreement between all services: events, subjects, topology, keys, problems, the fold."""
