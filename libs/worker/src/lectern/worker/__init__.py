"""What every stage does the same way: the JetStream pull loop, the object store, settings, telemetry."""
