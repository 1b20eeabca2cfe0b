"""The one-machine runner: nats-server, an object store and every service, up while a context lasts."""

from lectern.cli.machine.child import Child
from lectern.cli.machine.home import Endpoint, Home
from lectern.cli.runner.stack import Stack, running

__all__ = ["Child", "Endpoint", "Home", "Stack", "running"]
