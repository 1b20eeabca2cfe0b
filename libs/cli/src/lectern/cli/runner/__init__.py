"""The one-machine runner: nats-server, an object store and every service, kept running while a context lasts."""

from lectern.cli.runner.child import Child
from lectern.cli.runner.home import Endpoint, Home
from lectern.cli.runner.stack import Stack, run_stack

__all__ = ["Child", "Endpoint", "Home", "Stack", "run_stack"]
