"""Who reaches whom is exactly what is written here: everything else is refused by the network."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from deploy.manifests import COMPONENT, Manifest, combine, list_workloads, name_of
from deploy.reach import Peer, reaches

pytestmark = pytest.mark.slow

LOG, STORE, RESOLVER = ("nats", 4222), ("store", 8333), ("resolver", 53)
PROVIDERS = ("internet", 443)
ALLOWED = {
    "gateway": {LOG, STORE, RESOLVER, PROVIDERS, ("internet", 8443)},  # webhooks go to 443 and from 1024
    "scripter": {LOG, STORE, RESOLVER, PROVIDERS},
    "voice": {LOG, STORE, RESOLVER, PROVIDERS},
    "coder": {LOG, STORE, RESOLVER, PROVIDERS},
    "renderer": {LOG, STORE},
    "composer": {LOG, STORE, RESOLVER},
    "provision": {LOG, STORE, RESOLVER},
    "tools": {LOG, STORE, RESOLVER},
    "nats": {("nats", 6222), RESOLVER},
    "store": {RESOLVER, PROVIDERS},
    "gateways": {("gateway", 8080)},
    "keda": {("nats", 8222)},
    "prometheus": {(name, 9090) for name in ("gateway", "scripter", "voice", "coder", "renderer", "composer")},
    "stranger": set(),
}
OUTSIDE = (
    Peer(name="resolver", namespace="kube-system", labels={"k8s-app": "kube-dns"}, ports=((53, "UDP"), (53, "TCP"))),
    Peer(name="internet", address="198.51.100.7", ports=((443, "TCP"), (8443, "TCP"), (25, "TCP"), (53, "UDP"))),
    Peer(name="internet", address="2606:4700::1111", ports=((443, "TCP"), (8443, "TCP"), (53, "UDP"))),
    Peer(name="api-server", address="10.0.0.1", ports=((443, "TCP"), (6443, "TCP"))),
    Peer(name="metadata", address="169.254.169.254", ports=((80, "TCP"), (443, "TCP"))),
    Peer(name="metadata", address="fd00:ec2::254", ports=((80, "TCP"), (443, "TCP"))),
    Peer(name="node", address="192.168.1.10", ports=((443, "TCP"), (10250, "TCP"))),
    Peer(name="carrier", address="100.64.0.1", ports=((443, "TCP"),)),
    Peer(name="mapped", address="64:ff9b::a00:1", ports=((443, "TCP"),)),
    Peer(name="gateways", namespace="gateways", labels={"app": "envoy"}),
    Peer(name="ingress", namespace="ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"}),
    Peer(name="keda", namespace="keda", labels={"app": "keda-operator"}),
    Peer(name="prometheus", namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"}),
    Peer(name="stranger", namespace="default", labels={COMPONENT: "gateway"}),
    Peer(name="stranger", labels={"app": "stranger"}, ports=((80, "TCP"), (4222, "TCP"))),
)


def list_peers(manifests: list[Manifest]) -> list[Peer]:
    ours = [
        Peer(
            name=workload.component,
            labels=workload.labels,
            ports=tuple(
                (port["containerPort"], port.get("protocol", "TCP"))
                for container in workload.containers
                for port in container.get("ports", [])
            ),
        )
        for workload in list_workloads(manifests)
    ]
    return [*ours, *OUTSIDE]


def find_reach(manifests: list[Manifest], name: str) -> set[tuple[str, int]]:
    """Every port of another that a peer of this name reaches."""
    peers = list_peers(manifests)
    return {
        (target.name, port)
        for source, target in itertools.product((peer for peer in peers if peer.name == name), peers)
        for port, protocol in target.ports
        if (source is not target or source.name == "nats")
        and _is_ours(source, target)
        and reaches(manifests, source, target, port, protocol)
    }


def _is_ours(source: Peer, target: Peer) -> bool:
    return any(peer.namespace == "lectern" and not peer.address for peer in (source, target))


@pytest.mark.parametrize("name", sorted(ALLOWED))
def test_everybody_reaches_what_is_needed_and_nothing_else(production: list[Manifest], name: str) -> None:
    assert find_reach(production, name) == ALLOWED[name]


def test_a_store_in_the_cluster_reaches_nothing(local: list[Manifest]) -> None:
    assert find_reach(local, "store") == set()
    assert find_reach(local, "renderer") == {LOG, STORE}


def test_without_the_denial_of_everything_the_test_would_notice(production: list[Manifest]) -> None:
    removed = {"NetworkPolicy/default-deny", "NetworkPolicy/renderer"}
    without = [each for each in production if name_of(each) not in removed]
    assert PROVIDERS in find_reach(without, "renderer")


def test_only_the_way_in_that_was_chosen_is_open(tmp_path: Path, production: list[Manifest]) -> None:
    assert find_reach(production, "ingress") == set()
    manifests = combine(tmp_path, ["ingress-nginx"])
    assert find_reach(manifests, "ingress") == {("gateway", 8080)}
    assert find_reach(manifests, "gateways") == set()


def test_traces_add_a_way_to_the_collector_and_to_nothing_else(tmp_path: Path) -> None:
    manifests = combine(tmp_path, ["tracing"])
    collector = Peer(name="collector", labels={COMPONENT: "collector"}, ports=((4318, "TCP"), (22, "TCP")))
    renderer = next(peer for peer in list_peers(manifests) if peer.name == "renderer")
    egress = [each for each in manifests if each["metadata"]["name"] != "default-deny"]  # the collector's own is yours
    assert reaches(egress, renderer, collector, 4318)
    assert not reaches(egress, renderer, collector, 22)
    assert find_reach(manifests, "renderer") == {LOG, STORE}


def test_a_renderer_asks_no_resolver(production: list[Manifest]) -> None:
    spec = next(each.spec for each in list_workloads(production) if each.component == "renderer")
    assert (spec["dnsPolicy"], spec["dnsConfig"]["nameservers"]) == ("None", ["127.0.0.1"])
    addresses = {each["name"]: each["value"] for each in spec["containers"][0]["env"]}
    assert addresses["LECTERN_NATS_URL"] == "nats://$(NATS_SERVICE_HOST):4222"
    assert "$(STORE_SERVICE_HOST)" in addresses["LECTERN_S3_ADDRESS"]
    assert spec["enableServiceLinks"] is True
