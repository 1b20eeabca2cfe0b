"""Writes a bill of materials (CycloneDX 1.6) for each image that `make images` built: out/sbom/<image>.cdx.json.

`python scripts/sboms.py [IMAGE...]`. What is in an image is asked of the image itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
from cyclonedx.contrib.this.builders import this_component
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "out" / "sbom"
PREFIX, TAG = os.environ.get("PREFIX", "localhost/lectern"), os.environ.get("TAG", "dev")
IMAGES = ("gateway", "scripter", "voice", "coder", "renderer", "composer", "cli", "nats", "seaweedfs")
LIST_PACKAGES = """
import importlib.metadata, json, subprocess
debian = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${Version}\\n"], capture_output=True, text=True).stdout
print(json.dumps({
    "pypi": {each.metadata["Name"]: each.version for each in importlib.metadata.distributions()},
    "deb": dict(line.split(" ", 1) for line in debian.splitlines()),
}))
"""


def list_packages(image: str) -> dict[str, dict[str, str]]:
    """Versions of packages by kind and name. Raises CalledProcessError when podman cannot run the image."""
    limits = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096", "--network", "none", "--no-healthcheck")
    command = ["podman", "--runtime", os.environ.get("CONTAINER_RUNTIME", "runc"), "run", "--rm", *limits]
    command += ["--entrypoint", "python3.11", f"{PREFIX}/{image}:{TAG}", "-c", LIST_PACKAGES]
    listed = subprocess.run(command, capture_output=True, check=True).stdout
    return msgspec.json.decode(listed, type=dict[str, dict[str, str]])


def build_bill(image: str, packages: dict[str, dict[str, str]]) -> Bom:
    """The bill of an image's packages."""
    bom = Bom()
    bom.metadata.tools.components.add(this_component())
    bom.metadata.component = whole = Component(
        name=f"lectern/{image}", type=ComponentType.CONTAINER, version=TAG, bom_ref=image
    )
    parts = []
    for kind, versions in packages.items():
        for name, version in versions.items():
            purl = PackageURL(kind, "debian" if kind == "deb" else None, name, version)
            parts.append(Component(name=name, version=version, purl=purl, bom_ref=purl.to_string()))
    bom.components.update(parts)
    bom.register_dependency(whole, parts)
    return bom


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for image in sys.argv[1:] or IMAGES:
        packages = list_packages(image)
        bill = JsonV1Dot6(build_bill(image, packages)).output_as_string(indent=1)
        (TARGET / f"{image}.cdx.json").write_text(bill, encoding="utf-8")
        counts = ", ".join(f"{len(versions)} {kind}" for kind, versions in packages.items())
        print(f"{(TARGET / image).relative_to(ROOT)}.cdx.json: {counts}")


if __name__ == "__main__":
    main()
