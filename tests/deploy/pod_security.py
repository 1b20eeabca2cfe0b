"""The Pod Security Standards' level "restricted", as a cluster enforces it in our namespace.

Source: kubernetes.io/docs/concepts/security/pod-security-standards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.manifests import Manifest, Workload, list_workloads

VOLUMES = {
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
}


def find_pod_security_breaches(manifests: Sequence[Manifest]) -> list[str]:
    """One line for each field that the level forbids or wants."""
    return [
        f"{workload.name}: {breach}"
        for workload in list_workloads(manifests)
        for breach in (*_judge_pod(workload), *_judge_containers(workload))
    ]


def _judge_pod(workload: Workload) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if workload.spec.get(field):
            yield field
    if (workload.spec.get("securityContext") or {}).get("sysctls"):
        yield "sysctls"
    for volume in workload.spec.get("volumes", []):
        for kind in volume.keys() - {"name"} - VOLUMES:
            yield f"volume of kind {kind}"


def _judge_containers(workload: Workload) -> Iterator[str]:
    for container in workload.containers:
        own = {**(workload.spec.get("securityContext") or {}), **(container.get("securityContext") or {})}
        capabilities = own.get("capabilities") or {}
        rules = {
            "privileged": not own.get("privileged"),
            "may gain privileges": own.get("allowPrivilegeEscalation") is False,
            "capabilities": capabilities.get("drop") == ["ALL"]
            and not set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"},
            "may be root": own.get("runAsNonRoot") is True and own.get("runAsUser", 1) != 0,
            "no seccomp profile": (own.get("seccompProfile") or {}).get("type") in ("RuntimeDefault", "Localhost"),
            "procMount": own.get("procMount", "Default") == "Default",
            "no AppArmor": (own.get("appArmorProfile") or {}).get("type") != "Unconfined",
            "port of the node": not any(port.get("hostPort") for port in container.get("ports", [])),
        }
        for breach, kept in rules.items():
            if not kept:
                yield f"container {container['name']}: {breach}"
