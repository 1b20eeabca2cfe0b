"""A fuzzer of everything that parses what strangers wrote. Run with `make fuzz SECONDS=60`."""
