"""The one-machine runner: nats-server, an object store and every service, up while a context lasts."""

from lectern.cli.runner.child import Child
from lectern.cli.runner.home import Endpoint, Home
from lectern.cli.runner.stack import Stack, running

__all__ = ["Child", "Endpoint", "Home", "Stack", "running"]
