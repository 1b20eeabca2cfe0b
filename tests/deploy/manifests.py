"""Builds overlays and combinations of components as `kubectl apply -k` would, and what tests ask of the objects."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import yaml

ROOT = Path(__file__).parents[2]
K8S = ROOT / "deploy" / "k8s"
UNPACKED = ROOT / ".venv" / "system" / "usr" / "bin" / "kustomize"
COMPONENT = "app.kubernetes.io/component"
WORKLOADS = ("Deployment", "StatefulSet", "Job")
# All but the two stores, of which an overlay has one.
COMPONENTS = sorted(path.parent.name for path in K8S.glob("components/*/kustomization.yaml"))

Manifest: TypeAlias = dict[str, Any]

_QUANTITY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?")
_FACTORS = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


@dataclass(frozen=True, kw_only=True)
class Workload:
    """What runs pods. `spec` is that of a pod, `labels` those of its pods."""

    name: str
    kind: str
    labels: dict[str, str]
    spec: Manifest

    @property
    def component(self) -> str:
        """Which part of Lectern it is."""
        return self.labels.get(COMPONENT, "")

    @property
    def containers(self) -> list[Manifest]:
        """All containers, those that only prepare the pod included."""
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]


def build(folder: Path) -> list[Manifest]:
    """The objects that a kustomization stands for. Raises ValueError with kustomize's own words."""
    program = str(UNPACKED) if UNPACKED.exists() else shutil.which("kustomize")
    assert program, "kustomize is missing: run `scripts/setup deploy`"
    finished = subprocess.run([program, "build", str(folder)], capture_output=True, text=True, check=False)
    if finished.returncode or finished.stderr:  # a warning is of a field that will stop working
        raise ValueError(finished.stderr)
    return [each for each in yaml.load_all(finished.stdout, yaml.CSafeLoader) if each]


def combine(folder: Path, components: Sequence[str], overlay: str = "local") -> list[Manifest]:
    """An overlay with further components."""
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "namespace": "lectern",
        "resources": [os.path.relpath(K8S / "overlays" / overlay, folder)],
        "components": [os.path.relpath(K8S / "components" / name, folder) for name in components],
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
    return build(folder)


def name_of(manifest: Manifest) -> str:
    """`Deployment/renderer`, as kubectl says it."""
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def of_kind(manifests: Sequence[Manifest], kind: str) -> list[Manifest]:
    """The objects of a kind."""
    return [each for each in manifests if each["kind"] == kind]


def list_workloads(manifests: Sequence[Manifest]) -> list[Workload]:
    """All that runs pods."""
    return [
        Workload(
            name=name_of(each),
            kind=each["kind"],
            labels=each["spec"]["template"]["metadata"].get("labels", {}),
            spec=each["spec"]["template"]["spec"],
        )
        for each in manifests
        if each["kind"] in WORKLOADS
    ]


def read_settings(manifests: Sequence[Manifest], workload: Workload) -> dict[str, str]:
    """The environment of a workload's first container, without what Secrets hold; later sources win."""
    config_maps = {each["metadata"]["name"]: each.get("data", {}) for each in of_kind(manifests, "ConfigMap")}
    container = workload.spec["containers"][0]
    found: dict[str, str] = {}
    for source in container.get("envFrom", []):
        if "configMapRef" in source:
            found |= config_maps[source["configMapRef"]["name"]]
    return found | {each["name"]: each["value"] for each in container.get("env", []) if "value" in each}


def parse_quantity(text: Any) -> float:
    """A resource quantity as a number. Raises ValueError."""
    match = _QUANTITY.fullmatch(str(text))
    if not match:
        raise ValueError(f"{text!r} is no quantity")
    return float(match[1]) * _FACTORS.get(match[2], 1)
