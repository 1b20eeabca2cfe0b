"""Rules of our own for manifests. Each returns one line for each breach, with the object's name; no lines is good."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from deploy.manifests import (
    COMPONENT,
    Manifest,
    list_workloads,
    name_of,
    of_kind,
    parse_quantity,
    read_settings,
)

SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
ON_DEMAND = {"provision", "tools"}  # run when somebody asks, and serve nobody
CLUSTER_WIDE = {"Namespace", "PriorityClass", "RuntimeClass"}
LEAST_PATIENCE = 60  # seconds of silence before a process is killed; rendering may take all of a pod's computing
# Made outside these manifests: docs/kubernetes.md says how.
SECRETS_OF_THE_OPERATOR = {
    "lectern-nats",
    "nats-users",
    "lectern-store",
    "lectern-signing",
    "lectern-models",
    "lectern-voices",
}


def find_unrestricted_namespaces(manifests: Sequence[Manifest]) -> list[str]:
    """Every object lies in a namespace that is made here and enforces "restricted"."""
    enforced = {
        each["metadata"]["name"]: each["metadata"].get("labels", {}).get("pod-security.kubernetes.io/enforce")
        for each in of_kind(manifests, "Namespace")
    }
    found = [f"Namespace/{name} enforces {level}" for name, level in enforced.items() if level != "restricted"]
    return found + [
        f"{name_of(each)} is in {each['metadata'].get('namespace')}"
        for each in manifests
        if each["kind"] not in CLUSTER_WIDE and each["metadata"].get("namespace") not in enforced
    ]


def find_loose_containers(manifests: Sequence[Manifest]) -> list[str]:
    """Nothing is written outside of volumes, of which each has a size; users are nobody of the node."""
    found = []
    for workload in list_workloads(manifests):
        context = workload.spec.get("securityContext") or {}
        if min(context.get(field, 0) for field in ("runAsUser", "runAsGroup")) < 10_000:
            found.append(f"{workload.name}: user or group below 10000")
        for container in workload.containers:
            if not (container.get("securityContext") or {}).get("readOnlyRootFilesystem"):
                found.append(f"{workload.name}: container {container['name']} may write to its root")
        for volume in workload.spec.get("volumes", []):
            if "emptyDir" in volume and not (volume["emptyDir"] or {}).get("sizeLimit"):
                found.append(f"{workload.name}: volume {volume['name']} has no size")
    return found


def find_api_access(manifests: Sequence[Manifest]) -> list[str]:
    """No pod can ask the cluster's API for anything: an account of its own, no token, no role."""
    found = [f"{name_of(each)} gives rights" for each in manifests if "Role" in each["kind"]]
    accounts = {each["metadata"]["name"]: each for each in of_kind(manifests, "ServiceAccount")}
    used: set[str] = set()
    for workload in list_workloads(manifests):
        account = workload.spec.get("serviceAccountName", "default")
        if accounts.get(account, {}).get("automountServiceAccountToken") is not False or account in used:
            found.append(f"{workload.name}: account {account}")
        if workload.spec.get("automountServiceAccountToken") is not False:
            found.append(f"{workload.name}: a token")
        used.add(account)
    return found


def find_missing_resources(manifests: Sequence[Manifest]) -> list[str]:
    """Every container says what it needs and may have."""
    found = []
    for workload in list_workloads(manifests):
        for container in workload.containers:
            resources = container.get("resources") or {}
            for kind in ("cpu", "memory", "ephemeral-storage"):
                where = f"{workload.name}: container {container['name']}: {kind}"
                try:
                    least, most = (parse_quantity(resources[bound][kind]) for bound in ("requests", "limits"))
                except KeyError:
                    found.append(f"{where} has no request or no limit")
                except ValueError as error:
                    found.append(f"{where}: {error}")
                else:
                    found += [f"{where}: request above limit"] if least > most else []
    return found


def find_weak_probes(manifests: Sequence[Manifest]) -> list[str]:
    """Three probes each. The one that kills asks only whether the process turns its loop, and is patient."""
    found = []
    for workload in list_workloads(manifests):
        if workload.component in ON_DEMAND:
            continue
        for container in workload.spec["containers"]:
            start, ready, live = (container.get(f"{name}Probe") for name in ("startup", "readiness", "liveness"))
            if not (start and ready and live):
                found.append(f"{workload.name}: a probe is missing")
                continue
            if live.get("periodSeconds", 10) * live.get("failureThreshold", 3) < LEAST_PATIENCE:
                found.append(f"{workload.name}: killed within a minute")
            if live.get("terminationGracePeriodSeconds", workload.spec["terminationGracePeriodSeconds"]) > 60:
                found.append(f"{workload.name}: what hangs is waited for")
            if live.get("httpGet", {}).get("path") == "/readyz":
                found.append(f"{workload.name}: killed for what others lack")
            if workload.component in SERVICES and ready.get("httpGet", {}).get("path") != "/readyz":
                found.append(f"{workload.name}: ready without being asked")
    return found


def find_short_graces(manifests: Sequence[Manifest]) -> list[str]:
    """Kubernetes waits longer for a pod's end than the process itself waits for its jobs."""
    found = []
    for workload in list_workloads(manifests):
        if workload.component not in SERVICES:
            continue
        hook = workload.spec["containers"][0].get("lifecycle", {}).get("preStop", {}).get("sleep", {})
        needed = float(read_settings(manifests, workload)["LECTERN_GRACE_SECONDS"]) + hook.get("seconds", 0)
        if workload.spec.get("terminationGracePeriodSeconds", 30) < needed + 15:
            found.append(f"{workload.name}: killed while it drains")
    return found


def find_nodes_that_cannot_go(manifests: Sequence[Manifest]) -> list[str]:
    """What a pod has on its node does not keep the node from being removed: volumes in it are named as such."""
    field = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes"
    found = []
    for each in of_kind(manifests, "Deployment"):
        template = each["spec"]["template"]
        local = {volume["name"] for volume in template["spec"].get("volumes", []) if "emptyDir" in volume}
        named = template["metadata"].get("annotations", {}).get(field, "").split(",")
        if local - set(named) and template["metadata"]["labels"][COMPONENT] not in ON_DEMAND:
            found.append(f"{name_of(each)}: its node cannot be removed")
    return found


def find_blocks_that_are_refused(manifests: Sequence[Manifest]) -> list[str]:
    """The API server takes an exception only from within its block; one of IPv4 written as IPv6 is in none."""
    found = []
    for each in of_kind(manifests, "NetworkPolicy"):
        rules = [*each["spec"].get("egress", []), *each["spec"].get("ingress", [])]
        peers = [peer for rule in rules for peer in (*rule.get("to", []), *rule.get("from", [])) if "ipBlock" in peer]
        for block in (peer["ipBlock"] for peer in peers):
            whole = ipaddress.ip_network(block["cidr"])
            for part in map(ipaddress.ip_network, block.get("except", [])):
                mapped = isinstance(part.network_address, ipaddress.IPv6Address) and part.network_address.ipv4_mapped
                if mapped or part.version != whole.version or part.prefixlen <= whole.prefixlen:
                    found.append(f"{name_of(each)}: {part} is not within {whole}")
    return found


def find_fragile_workloads(manifests: Sequence[Manifest]) -> list[str]:
    """One disruption budget for each, replicas spread over nodes and zones, a priority that exists."""
    priorities = {each["metadata"]["name"] for each in of_kind(manifests, "PriorityClass")}
    budgets = [each["spec"]["selector"]["matchLabels"] for each in of_kind(manifests, "PodDisruptionBudget")]
    found = []
    for workload in list_workloads(manifests):
        if workload.spec.get("priorityClassName") not in priorities:
            found.append(f"{workload.name}: no priority")
        one_server = workload.kind == "StatefulSet" and workload.component == "store"  # which has none to spare
        if workload.component in ON_DEMAND or one_server:
            continue
        if sum(labels.items() <= workload.labels.items() for labels in budgets) != 1:
            found.append(f"{workload.name}: not one disruption budget")
        spread = {each["topologyKey"] for each in workload.spec.get("topologySpreadConstraints", [])}
        if spread != {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}:
            found.append(f"{workload.name}: not spread over nodes and zones")
    return found


def find_missing_references(manifests: Sequence[Manifest]) -> list[str]:
    """Whatever is named exists: ConfigMaps, Secrets, what scales, what Services select and which port."""
    known = {name_of(each) for each in manifests} | {f"Secret/{name}" for name in SECRETS_OF_THE_OPERATOR}
    found = []
    for workload in list_workloads(manifests):
        wanted = [
            f"{kind}/{source[reference]['name']}"
            for container in workload.containers
            for source in container.get("envFrom", [])
            for kind, reference in (("ConfigMap", "configMapRef"), ("Secret", "secretRef"))
            if reference in source
        ]
        for volume in workload.spec.get("volumes", []):
            wanted += [f"ConfigMap/{volume['configMap']['name']}"] if "configMap" in volume else []
            wanted += [f"Secret/{volume['secret']['secretName']}"] if "secret" in volume else []
        found += [f"{workload.name}: {name} is missing" for name in wanted if name not in known]
    for scaled in of_kind(manifests, "ScaledObject"):
        target = scaled["spec"]["scaleTargetRef"]
        if f"{target.get('kind', 'Deployment')}/{target['name']}" not in known:
            found.append(f"{name_of(scaled)}: {target['name']} is missing")
    for service in of_kind(manifests, "Service"):
        selector = service["spec"]["selector"].items()
        ports = {
            port.get("name")
            for workload in list_workloads(manifests)
            if selector <= workload.labels.items()
            for container in workload.containers
            for port in container.get("ports", [])
        }
        found += [
            f"{name_of(service)}: {p['name']} leads nowhere"
            for p in service["spec"]["ports"]
            if p["targetPort"] not in ports
        ]
    return found


def find_exposed_services(manifests: Sequence[Manifest]) -> list[str]:
    """The only way in is an Ingress or an HTTPRoute."""
    return [
        name_of(each) for each in of_kind(manifests, "Service") if each["spec"].get("type", "ClusterIP") != "ClusterIP"
    ]


def find_secrets_in_the_open(manifests: Sequence[Manifest], secret_names: set[str]) -> list[str]:
    """What is secret comes from Secrets, never from a ConfigMap or from the manifest itself."""
    found = []
    for workload in list_workloads(manifests):
        found += [f"{workload.name}: {name}" for name in read_settings(manifests, workload).keys() & secret_names]
    for each in of_kind(manifests, "ConfigMap"):
        found += [f"{name_of(each)}: {name}" for name in each.get("data", {}).keys() & secret_names]
    return found


def find_unpinned_images(manifests: Sequence[Manifest]) -> list[str]:
    """An image is what it was when it was tried: named by its digest."""
    return [
        f"{workload.name}: {container['image']}"
        for workload in list_workloads(manifests)
        for container in workload.containers
        if "@sha256:" not in container["image"]
    ]
