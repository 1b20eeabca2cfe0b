"""Every overlay, and every component on top of one, is what Kubernetes and its extensions know."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from deploy.manifests import COMPONENTS, K8S, Manifest, build, combine, name_of, of_kind

pytestmark = pytest.mark.slow

OLDEST, NEWEST = "1.33", "1.37"  # docs/kubernetes.md
SCHEMAS = Path(__file__).parent / "schemas"
LEFT_OUT = {"local": {"nats", "seaweedfs", "external-store"}, "production": {"seaweedfs"}}  # it has it, or another


@functools.cache
def load_definitions() -> dict[str, dict[str, Any]]:
    """The schemas of what is not Kubernetes' own, by API version and kind."""
    found = {}
    for path in SCHEMAS.glob("keda/*.yaml"):
        definition = yaml.load(path.read_text(), yaml.CSafeLoader)
        group, kind = definition["spec"]["group"], definition["spec"]["names"]["kind"]
        for version in definition["spec"]["versions"]:
            schema = forbid_unknown_fields(version["schema"]["openAPIV3Schema"])
            schema["properties"]["metadata"] = {"type": "object"}
            found[f"{group}/{version['name']} {kind}"] = schema
    return found | json.loads((SCHEMAS / "extensions.json").read_text())


def forbid_unknown_fields(schema: Any) -> Any:
    """The schema as the API server reads it with strict field validation."""
    if isinstance(schema, list):
        return [forbid_unknown_fields(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: forbid_unknown_fields(value) for key, value in schema.items()}
    if "properties" in found and not found.get("x-kubernetes-preserve-unknown-fields"):
        found.setdefault("additionalProperties", False)
    return found


def validate(manifests: Sequence[Manifest], version: str) -> None:
    """Raises the first thing that a cluster of that version would refuse."""
    definitions = load_definitions()
    for manifest in manifests:
        name = f"{manifest['apiVersion']} {manifest['kind']}"
        if name in definitions:
            jsonschema.validate(manifest, definitions[name])
        else:
            kubernetes_validate.validate(manifest, version, strict=True)


def list_combinations() -> Iterator[tuple[str, list[str]]]:
    for overlay, left_out in LEFT_OUT.items():
        built_in = yaml.safe_load((K8S / "overlays" / overlay / "kustomization.yaml").read_text())["components"]
        free = [name for name in COMPONENTS if name not in left_out and f"../../components/{name}" not in built_in]
        yield overlay, []
        yield from ((overlay, [name]) for name in free)
        yield overlay, free


COMBINATIONS = list(list_combinations())


@pytest.mark.parametrize(
    ("overlay", "components"), COMBINATIONS, ids=[f"{overlay}+{'+'.join(names)}" for overlay, names in COMBINATIONS]
)
def test_every_combination_is_built_without_a_warning(tmp_path: Path, overlay: str, components: list[str]) -> None:
    manifests = combine(tmp_path, components, overlay)
    names = [name_of(each) for each in manifests]
    assert len(names) == len(set(names))


def test_every_object_is_known_to_the_oldest_and_the_newest_kubernetes(tmp_path: Path) -> None:
    objects: dict[str, Manifest] = {}
    for index, (overlay, components) in enumerate(COMBINATIONS):
        if len(components) != 1:
            for each in combine(tmp_path / str(index), components, overlay):
                objects[json.dumps(each, sort_keys=True)] = each
    assert len(objects) > 60
    for version in (OLDEST, NEWEST):
        validate(list(objects.values()), version)


def test_a_misspelt_field_is_refused(local: list[Manifest]) -> None:
    wrong = copy.deepcopy(of_kind(local, "Deployment")[0])
    wrong["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError, match="readinesProbe"):
        validate([wrong], NEWEST)


@pytest.mark.parametrize(
    "wrong",
    [
        {"pollingInterval": "five"},
        {"minReplicas": 1},
        {"triggers": [{"metadata": {}}]},
        {"advanced": {"scalingModifiers": {"formulas": "a + b"}}},
    ],
    ids=["a word for a number", "an unknown field", "a trigger without type", "an unknown field inside"],
)
def test_a_wrong_scaled_object_is_refused(production: list[Manifest], wrong: dict[str, Any]) -> None:
    scaled = copy.deepcopy(of_kind(production, "ScaledObject")[0])
    scaled["spec"] |= wrong
    with pytest.raises(jsonschema.ValidationError):
        validate([scaled], NEWEST)


def test_every_component_is_built_somewhere() -> None:
    used = {name for _, components in COMBINATIONS for name in components}
    for overlay in LEFT_OUT:
        listed = yaml.safe_load((K8S / "overlays" / overlay / "kustomization.yaml").read_text())["components"]
        used |= {Path(each).name for each in listed}
    assert used == set(COMPONENTS)


def test_building_says_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [absent.yaml]\n")
    with pytest.raises(ValueError, match=r"absent\.yaml"):
        build(tmp_path)
