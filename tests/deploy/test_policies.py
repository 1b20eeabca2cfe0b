"""Pod Security "restricted" and our own rules hold for what is deployed, and each refuses a manifest that breaks it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from deploy.manifests import Manifest, combine, name_of
from deploy.pod_security import find_pod_security_breaches
from deploy.policies import (
    find_api_access,
    find_blocks_that_are_refused,
    find_exposed_services,
    find_fragile_workloads,
    find_loose_containers,
    find_missing_references,
    find_missing_resources,
    find_nodes_that_cannot_go,
    find_secrets_in_the_open,
    find_short_graces,
    find_unpinned_images,
    find_unrestricted_namespaces,
    find_weak_probes,
)

pytestmark = pytest.mark.slow

Policy = Callable[[Sequence[Manifest]], list[str]]
SECRETS = {"LECTERN_NATS_PASSWORD", "LECTERN_S3_SECRET_KEY", "LECTERN_SIGNING_KEY", "GEMINI_API_KEY"}


def find_open_secrets(manifests: Sequence[Manifest]) -> list[str]:
    return find_secrets_in_the_open(manifests, SECRETS)


POLICIES: tuple[Policy, ...] = (
    find_pod_security_breaches,
    find_unrestricted_namespaces,
    find_loose_containers,
    find_api_access,
    find_missing_resources,
    find_weak_probes,
    find_short_graces,
    find_fragile_workloads,
    find_nodes_that_cannot_go,
    find_blocks_that_are_refused,
    find_missing_references,
    find_exposed_services,
    find_open_secrets,
)

POD = "spec.template.spec"
BOX = f"{POD}.containers.0"
OUT = "spec.egress.3.to"  # addresses of providers
REMOVED = object()
# What breaks each rule: the policy, the object, the field, its value.
BREACHES: tuple[tuple[Policy, str, str, Any], ...] = (
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.hostNetwork", True),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.hostPID", True),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.hostIPC", True),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.volumes.0", {"name": "tmp", "hostPath": {"path": "/"}}),
    (
        find_pod_security_breaches,
        "Deployment/renderer",
        f"{POD}.securityContext.sysctls",
        [{"name": "a", "value": "b"}],
    ),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.securityContext.seccompProfile", REMOVED),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.securityContext.seccompProfile.type", "Unconfined"),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.securityContext.runAsNonRoot", False),
    (find_pod_security_breaches, "Deployment/renderer", f"{POD}.securityContext.runAsUser", 0),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.securityContext.privileged", True),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.securityContext.allowPrivilegeEscalation", REMOVED),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.securityContext.capabilities.drop", []),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.securityContext.capabilities.add", ["SYS_ADMIN"]),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.securityContext.procMount", "Unmasked"),
    (
        find_pod_security_breaches,
        "Deployment/renderer",
        f"{BOX}.securityContext.appArmorProfile",
        {"type": "Unconfined"},
    ),
    (find_pod_security_breaches, "Deployment/renderer", f"{BOX}.ports.0.hostPort", 9090),
    (find_pod_security_breaches, "StatefulSet/nats", f"{BOX}.securityContext", REMOVED),
    (find_pod_security_breaches, "Job/provision", f"{POD}.initContainers", [{"name": "first", "image": "first"}]),
    (find_unrestricted_namespaces, "Deployment/coder", "metadata.namespace", "default"),
    (find_unrestricted_namespaces, "Namespace/lectern", "metadata.labels", {}),
    (find_loose_containers, "Deployment/coder", f"{BOX}.securityContext.readOnlyRootFilesystem", False),
    (find_loose_containers, "Deployment/coder", f"{POD}.volumes.0.emptyDir", {}),
    (find_loose_containers, "Deployment/coder", f"{POD}.securityContext.runAsGroup", 0),
    (find_api_access, "Deployment/coder", f"{POD}.automountServiceAccountToken", True),
    (find_api_access, "Deployment/coder", f"{POD}.serviceAccountName", "renderer"),
    (find_api_access, "Deployment/coder", f"{POD}.serviceAccountName", REMOVED),
    (find_api_access, "ServiceAccount/coder", "automountServiceAccountToken", True),
    (find_api_access, "ServiceAccount/coder", "kind", "ClusterRoleBinding"),
    (find_missing_resources, "Deployment/voice", f"{BOX}.resources.limits.memory", REMOVED),
    (find_missing_resources, "Deployment/voice", f"{BOX}.resources.requests.memory", "512 MB"),
    (find_missing_resources, "Deployment/voice", f"{BOX}.resources.requests.memory", "64Gi"),
    (find_weak_probes, "Deployment/voice", f"{BOX}.startupProbe", REMOVED),
    (find_weak_probes, "Deployment/voice", f"{BOX}.livenessProbe.failureThreshold", 1),
    (find_weak_probes, "Deployment/voice", f"{BOX}.livenessProbe.httpGet.path", "/readyz"),
    (find_weak_probes, "Deployment/voice", f"{BOX}.readinessProbe.httpGet.path", "/healthz"),
    (find_weak_probes, "Deployment/renderer", f"{BOX}.livenessProbe.terminationGracePeriodSeconds", REMOVED),
    (find_nodes_that_cannot_go, "Deployment/renderer", "spec.template.metadata.annotations", {}),
    (find_short_graces, "Deployment/renderer", f"{POD}.terminationGracePeriodSeconds", 60),
    (find_short_graces, "Deployment/renderer", f"{POD}.terminationGracePeriodSeconds", REMOVED),
    (find_fragile_workloads, "Deployment/composer", f"{POD}.priorityClassName", REMOVED),
    (find_fragile_workloads, "PodDisruptionBudget/composer", "spec.selector.matchLabels", {"app": "other"}),
    (find_fragile_workloads, "Deployment/composer", f"{POD}.topologySpreadConstraints", REMOVED),
    (find_blocks_that_are_refused, "NetworkPolicy/coder", f"{OUT}.1.ipBlock.except.0", "::ffff:0:0/96"),
    (find_blocks_that_are_refused, "NetworkPolicy/coder", f"{OUT}.0.ipBlock.except.0", "0.0.0.0/0"),
    (find_missing_references, "Deployment/composer", f"{BOX}.envFrom.0.configMapRef.name", "absent"),
    (
        find_missing_references,
        "Deployment/composer",
        f"{POD}.volumes.0",
        {"name": "tmp", "secret": {"secretName": "absent"}},
    ),
    (find_missing_references, "ScaledObject/composer", "spec.scaleTargetRef.name", "absent"),
    (find_missing_references, "Service/gateway", "spec.ports.0.targetPort", "absent"),
    (find_exposed_services, "Service/gateway", "spec.type", "LoadBalancer"),
    (find_open_secrets, "Deployment/coder", f"{BOX}.env", [{"name": "GEMINI_API_KEY", "value": "secret"}]),
    (find_unpinned_images, "Deployment/coder", f"{BOX}.image", "registry.example.org/lectern/coder:latest"),
)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.__name__)
def test_what_is_deployed_keeps_every_rule(overlay: list[Manifest], policy: Policy) -> None:
    assert policy(overlay) == []


def test_production_names_images_by_what_they_contain(production: list[Manifest]) -> None:
    assert find_unpinned_images(production) == []


@pytest.mark.parametrize(
    "components", [["gvisor", "spot", "ingress-nginx", "external-secrets", "tracing"]], ids="+".join
)
def test_optional_parts_keep_every_rule(tmp_path: Any, components: list[str]) -> None:
    manifests = combine(tmp_path, components, "production")
    assert {policy.__name__: policy(manifests) for policy in POLICIES} == {policy.__name__: [] for policy in POLICIES}


@pytest.mark.parametrize(
    ("policy", "name", "field", "value"),
    BREACHES,
    ids=[f"{policy.__name__}: {name}: {field.removeprefix(BOX)}" for policy, name, field, _ in BREACHES],
)
def test_a_manifest_that_breaks_a_rule_is_refused(
    production: list[Manifest], policy: Policy, name: str, field: str, value: Any
) -> None:
    manifests = copy.deepcopy(production)
    change(next(each for each in manifests if name_of(each) == name), field, value)
    assert policy(manifests) != []


def test_every_rule_has_a_manifest_that_breaks_it() -> None:
    assert {policy for policy, *_ in BREACHES} == {*POLICIES, find_unpinned_images}


def change(manifest: Manifest, field: str, value: Any) -> None:
    """Sets a field, named by its path, or takes it away."""
    *path, last = field.split(".")
    at: Any = manifest
    for step in path:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    if value is REMOVED:
        del at[last]
    elif isinstance(at, list):
        at[int(last)] = value
    else:
        at[last] = value
