"""The local overlay as pods for `podman play kube`: what podman 4.3 does not know is put in other words, all of it here.

- a Deployment, StatefulSet or Job becomes pods with names of their own, each with an address of its own
- ConfigMaps and Secrets are resolved: their variables are written out, their files are in a folder of the run
- emptyDir and claims are folders of the run, of user 10001; a volume in memory is one on disk, sizes are not enforced
- names of Services are entries of /etc/hosts; that of the event log is the addresses of its three servers
- `$(X_SERVICE_HOST)`, which the kubelet fills in, is the address
- the user and the system-call filter of a pod are written at its containers
- probes, lifecycle hooks, priorities, spreading, service accounts, disruption budgets and network policies are left out
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from deploy.manifests import Manifest, Workload, list_workloads

SUBNET = "10.213.77"
SERVERS = ("nats-0", "nats-1", "nats-2")
ADDRESSES = {
    **{name: f"{SUBNET}.{11 + number}" for number, name in enumerate(SERVERS)},
    "seaweedfs": f"{SUBNET}.20",
    "gateway": f"{SUBNET}.30",
    **{name: f"{SUBNET}.{31 + number}" for number, name in enumerate(("scripter", "voice", "coder", "composer"))},
    "provision": f"{SUBNET}.40",
    **{f"renderer-{number}": f"{SUBNET}.{50 + number}" for number in range(3)},
}
HOSTS = {
    **{f"{name}.nats-headless": ADDRESSES[name] for name in SERVERS},
    **{name: ADDRESSES[name] for name in SERVERS},
    "store": ADDRESSES["seaweedfs"],
}
LOG = ",".join(f"nats://{ADDRESSES[name]}:4222" for name in SERVERS)
USER = 10001


class Pods:
    """The overlay's pods. Their folders are below `folder`."""

    def __init__(self, manifests: list[Manifest], folder: Path) -> None:
        self._data = {(each["kind"], each["metadata"]["name"]): read_data(each) for each in manifests}
        self._workloads = {each.name.partition("/")[2]: each for each in list_workloads(manifests)}
        self._folder = folder

    def build(self, name: str) -> Manifest:
        """The pod called `name`: that of a workload, `nats-1` or `renderer-2`."""
        workload = self._workloads[name if name in self._workloads else name.rpartition("-")[0]]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "labels": workload.labels},
            "spec": {
                "hostAliases": [{"ip": address, "hostnames": [host]} for host, address in HOSTS.items()],
                "restartPolicy": "Never" if workload.kind == "Job" else "Always",
                "containers": [self._build_container(name, workload, each) for each in workload.containers],
                "volumes": [*self._build_volumes(name, workload)],
            },
        }

    def environment(self, workload: str) -> dict[str, str]:
        """The variables of a workload's container."""
        (container,) = self._workloads[workload].containers
        return dict(self._resolve_environment(workload, container))

    def image(self, workload: str) -> str:
        """The image of a workload's container."""
        (container,) = self._workloads[workload].containers
        image: str = container["image"]
        return image

    def _build_container(self, name: str, workload: Workload, container: Manifest) -> Manifest:
        kept = {key: container[key] for key in ("image", "args", "command", "volumeMounts") if key in container}
        limits = container["resources"]["limits"]
        security = {**container["securityContext"], "runAsUser": USER, "runAsGroup": USER}
        security["seccompProfile"] = workload.spec["securityContext"]["seccompProfile"]
        return {
            "name": container["name"],
            **kept,
            "env": [{"name": key, "value": value} for key, value in self._resolve_environment(name, container)],
            "resources": {"limits": {"cpu": limits["cpu"], "memory": limits["memory"]}},
            "securityContext": security,
        }

    def _resolve_environment(self, name: str, container: Manifest) -> Iterator[tuple[str, str]]:
        found: dict[str, str] = {}
        for source in container.get("envFrom", []):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                if key in source:
                    values = self._data.get((kind, source[key]["name"]), {})
                    found |= {variable: value.decode() for variable, value in values.items()}
        for entry in container.get("env", []):
            found[entry["name"]] = name if "valueFrom" in entry else entry["value"]
        for variable, value in found.items():
            if variable == "LECTERN_NATS_URL":
                yield variable, LOG
            else:
                yield variable, value.replace("$(STORE_SERVICE_HOST)", ADDRESSES["seaweedfs"])

    def _build_volumes(self, name: str, workload: Workload) -> Iterator[Manifest]:
        claims = [{"name": mount["name"]} for each in workload.containers for mount in each["volumeMounts"]]
        given = {each["name"]: each for each in workload.spec["volumes"]}
        for volume in {each["name"]: given.get(each["name"], each) for each in claims}.values():
            folder = self._folder / name / volume["name"]
            folder.mkdir(parents=True, exist_ok=True)
            for mount in (each["mountPath"] for container in workload.containers for each in container["volumeMounts"]):
                if mount == "/etc/nats/users" and volume["name"] == "config":
                    (folder / "users").mkdir(exist_ok=True)  # where the other is mounted, in a folder that is read-only
            for file, value in self._find_files(volume).items():
                (folder / file).write_bytes(value)
                (folder / file).chmod(0o444)
            os.chown(folder, USER, USER)
            yield {"name": volume["name"], "hostPath": {"path": str(folder), "type": "Directory"}}

    def _find_files(self, volume: Mapping[str, Any]) -> dict[str, bytes]:
        if "configMap" in volume:
            return self._data["ConfigMap", volume["configMap"]["name"]]
        if "secret" in volume:
            return self._data["Secret", volume["secret"]["secretName"]]
        return {}


def read_data(manifest: Manifest) -> dict[str, bytes]:
    """What a ConfigMap or Secret holds; nothing for other objects."""
    plain = {name: value.encode() for name, value in {**manifest.get("stringData", {})}.items()}
    data = manifest.get("data", {}) if manifest["kind"] in ("ConfigMap", "Secret") else {}
    secret = manifest["kind"] == "Secret"
    return plain | {name: base64.b64decode(value) if secret else value.encode() for name, value in data.items()}
