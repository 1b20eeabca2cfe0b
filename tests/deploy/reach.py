"""Who reaches whom by NetworkPolicies, as kubernetes.io/docs/concepts/services-networking/network-policies says."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from deploy.manifests import Manifest, of_kind

NAMESPACE = "lectern"


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A pod, or with `address` a machine outside the cluster. `ports` are those it listens on."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    namespace: str = NAMESPACE
    address: str = ""
    ports: tuple[tuple[int, str], ...] = ()


def reaches(manifests: Sequence[Manifest], source: Peer, target: Peer, port: int, protocol: str = "TCP") -> bool:
    """True if a connection from one to the other's port is let out there and in here."""
    policies = of_kind(manifests, "NetworkPolicy")
    return _lets(policies, "Egress", source, target, port, protocol) and _lets(
        policies, "Ingress", target, source, port, protocol
    )


def _lets(
    policies: Sequence[Manifest],
    direction: Literal["Egress", "Ingress"],
    own: Peer,
    other: Peer,
    port: int,
    protocol: str,
) -> bool:
    """Whether `own` may have traffic with `other`. Without a policy that selects it a pod may; we judge our own only."""
    if own.namespace != NAMESPACE or own.address:
        return True
    applying = [
        each["spec"]
        for each in policies
        if direction in each["spec"]["policyTypes"] and _selects(each["spec"]["podSelector"], own.labels)
    ]
    if not applying:
        return True
    key, side = ("egress", "to") if direction == "Egress" else ("ingress", "from")
    return any(
        _names(rule.get(side, []), other) and _opens(rule.get("ports", []), port, protocol)
        for spec in applying
        for rule in spec.get(key, [])
    )


def _names(peers: Sequence[Mapping[str, Any]], other: Peer) -> bool:
    return not peers or any(_is(peer, other) for peer in peers)


def _is(peer: Mapping[str, Any], other: Peer) -> bool:
    if "ipBlock" in peer:
        if not other.address:
            return False  # what a pod's own address is, no rule of ours knows
        address = ipaddress.ip_address(other.address)
        blocks = [ipaddress.ip_network(each) for each in (peer["ipBlock"]["cidr"], *peer["ipBlock"].get("except", []))]
        return address in blocks[0] and not any(address in block for block in blocks[1:])
    if other.address:
        return False
    if "namespaceSelector" in peer:
        if not _selects(peer["namespaceSelector"], {"kubernetes.io/metadata.name": other.namespace}):
            return False
    elif other.namespace != NAMESPACE:
        return False
    return _selects(peer.get("podSelector", {}), other.labels)


def _opens(ports: Sequence[Mapping[str, Any]], port: int, protocol: str) -> bool:
    return not ports or any(
        each.get("protocol", "TCP") == protocol and each["port"] <= port <= each.get("endPort", each["port"])
        for each in ports
    )


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    for each in selector.get("matchExpressions", []):
        if each["operator"] != "In":
            raise NotImplementedError(each["operator"])
        if labels.get(each["key"]) not in each["values"]:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()
