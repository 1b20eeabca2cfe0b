"""A gateway on a port for the client's tests."""

from unit.gateway.conftest import _log_only_warnings, connections, served

__all__ = ["_log_only_warnings", "connections", "served"]
