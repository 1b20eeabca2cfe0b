"""`python -m fuzz --seconds 60 [lesson film] [--seed 1]`: exit status 1 with findings, which join the corpus.

`scene` is a target of its own, as it needs the whole sandbox: it is only tried when it is named.
"""

from __future__ import annotations

import argparse
import hashlib
import secrets
import sys
import time
from pathlib import Path
from random import Random

import msgspec

from fuzz.mutation import mutate
from fuzz.running import Finding, check_input, minimize, run_batch
from fuzz.target import Target
from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
BATCH = 25
SCENE = "scene"
MINIMIZING_SECONDS = 20.0


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """What fuzzing a target came to."""

    inputs: int
    findings: tuple[Finding, ...]


def read_corpus(target: Target) -> dict[str, bytes]:
    """The inputs of a target by file name."""
    return {file.name: file.read_bytes() for file in sorted((CORPUS / target.name).iterdir())}


def fuzz_target(target: Target, seconds: float, random: Random, max_findings: int = 5) -> Campaign:
    """Tries mutated inputs for so many seconds. Findings are minimised; each kind is reported once."""
    corpus = list(read_corpus(target).values())
    deadline = time.monotonic() + seconds
    count = 0
    findings: dict[str, Finding] = {}
    while time.monotonic() < deadline and len(findings) < max_findings:
        inputs = [mutate(random, corpus, target.tokens, target.max_bytes) for _ in range(BATCH)]
        done, finding = run_batch(target, inputs)
        count += done
        if finding and finding.kind not in findings and (confirmed := check_input(target, finding.data)):
            findings[confirmed.kind] = minimize(target, confirmed, MINIMIZING_SECONDS)
    return Campaign(inputs=count, findings=tuple(findings.values()))


def save(target: Target, finding: Finding) -> Path:
    """Adds a finding to the corpus and returns its file."""
    file = CORPUS / target.name / f"found-{hashlib.sha256(finding.data).hexdigest()[:12]}"
    file.write_bytes(finding.data)
    return file


def main(arguments: list[str] | None = None) -> int:
    """The exit status: 0 when nothing was found."""
    parser = argparse.ArgumentParser(prog="make fuzz")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("targets", choices=[*sorted(TARGETS), SCENE, []], nargs="*", metavar="target")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}")
    found = False
    if SCENE in options.targets:
        found = _fuzz_scenes(options.seconds, Random(options.seed))
    targets = [TARGETS[name] for name in options.targets or TARGETS if name != SCENE]
    for target in targets:
        campaign = fuzz_target(target, options.seconds / len(targets), Random(f"{options.seed} {target.name}"))
        print(f"{target.name:8} {campaign.inputs:7} inputs, {len(campaign.findings)} findings", flush=True)
        for finding in campaign.findings:
            found = True
            print(f"  {finding.kind}: {finding.detail}\n  {finding.data[:200]!r}\n  saved as {save(target, finding)}")
    return 1 if found else 0


def _fuzz_scenes(seconds: float, random: Random) -> bool:
    from hostile.monitored_pool import MonitoredPool

    from fuzz.scene_fuzzing import fuzz_scenes, save_scene

    monitored = MonitoredPool()
    try:
        ends, findings = fuzz_scenes(monitored, seconds, random)
    finally:
        monitored.close()
    told = ", ".join(f"{count} {end}" for end, count in ends.most_common())
    print(f"{SCENE:8} {ends.total():7} scenes, {len(findings)} findings; ended: {told}", flush=True)
    for finding in findings:
        print(f"  {finding.faults}\n  saved as {save_scene(finding)}")
    return bool(findings)


if __name__ == "__main__":
    sys.exit(main())
