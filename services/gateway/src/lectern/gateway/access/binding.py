"""The rule that an API which other machines can reach asks for keys."""

from __future__ import annotations

import ipaddress

from lectern.contracts.problems import ProblemError
from lectern.gateway import problem_types
from lectern.gateway.refusals import refuse
from lectern.gateway.settings import GatewaySettings


def check_binding(settings: GatewaySettings) -> None:
    """Raise ProblemError when others could reach the API and it would serve them without a key."""
    if settings.require_keys or _is_loopback(settings.host):
        return
    refusal = refuse(
        problem_types.KEYS_REQUIRED,
        f"LECTERN_HOST is {settings.host}, which other machines may reach, and no keys are required.",
    )
    raise ProblemError(refusal.problem)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
