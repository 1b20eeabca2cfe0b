"""The figures of docs/scale.md are those that bench/scale.py computes, and the scalers' are those that were tried."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "bench/scale.py"


def test_the_tables_of_the_page_are_what_the_measurements_come_to() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)
    assert done.returncode == 0, "run `python bench/scale.py`"


def test_the_manifest_says_what_the_simulator_chose() -> None:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from scaling import CHOSEN, OTHERS, POLICIES, SLOTS
    finally:
        sys.path.remove(str(SCRIPT.parent))
    for stage, chosen in {**OTHERS, "renderer": POLICIES[CHOSEN]}.items():
        spec = read_scaled_object(stage)
        advanced = spec["advanced"]
        behavior = advanced["horizontalPodAutoscalerConfig"]["behavior"]
        modifiers = advanced["scalingModifiers"]
        lags = {f"{name}_{lane}": 1.0 for name in SLOTS for lane in ("fast", "bulk")}
        assert eval(modifiers["formula"], {}, lags) == 2 * sum(chosen.weights.values()), stage
        assert float(modifiers["target"]) == chosen.target, stage
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (chosen.minimum, chosen.maximum), stage
        assert (spec["pollingInterval"], spec["cooldownPeriod"]) == (chosen.polling, chosen.cooldown), stage
        assert behavior["scaleDown"]["stabilizationWindowSeconds"] == chosen.stabilization, stage


def read_scaled_object(stage: str) -> dict[str, Any]:
    """What a stage's ScaledObject says."""
    manifest = ROOT / f"deploy/k8s/components/keda/{stage}.yaml"
    spec: dict[str, Any] = yaml.safe_load(manifest.read_text())["spec"]
    return spec
