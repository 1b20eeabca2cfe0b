"""The manifests, built once for each test process."""

from __future__ import annotations

import pytest
from deploy.manifests import K8S, Manifest, build


@pytest.fixture(scope="session")
def local() -> list[Manifest]:
    """What runs on one machine."""
    return build(K8S / "overlays" / "local")


@pytest.fixture(scope="session")
def production() -> list[Manifest]:
    """What runs in a cluster for others to use."""
    return build(K8S / "overlays" / "production")


@pytest.fixture(params=["local", "production"])
def overlay(request: pytest.FixtureRequest) -> list[Manifest]:
    """Either of them."""
    found: list[Manifest] = request.getfixturevalue(request.param)
    return found
