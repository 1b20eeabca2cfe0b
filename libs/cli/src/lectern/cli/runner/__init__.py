"""The one-machine runner: nats-server, an object store and every service, kept running while a context lasts."""
