"""Speech engines: a class for each row of `tables/voices.toml`."""
