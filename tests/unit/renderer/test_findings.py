"""The scene kit, which may not import the contracts, reports findings in the contract's form."""

from __future__ import annotations

from dataclasses import fields

import msgspec

from lectern.contracts.requests import Finding
from lectern.scenekit import findings


def test_the_scene_kits_finding_has_exactly_the_fields_of_the_contracts() -> None:
    assert tuple(field.name for field in fields(findings.Finding)) == Finding.__struct_fields__


def test_a_finding_of_the_scene_kit_is_read_without_loss_and_counts_beats_from_1() -> None:
    finding = findings.beat_missing(script=1, code=0)
    read = msgspec.convert(finding.to_json(), Finding)
    assert msgspec.to_builtins(read) == {k: v for k, v in finding.to_json().items() if v is not None}
    assert read.beat == 1
