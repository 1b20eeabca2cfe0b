"""`make images`, after the build: what each image holds, and that it starts as a restricted pod would start it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

TAG = os.environ.get("TAG", "dev")
PREFIX = os.environ.get("PREFIX", "localhost/lectern")
SERVICES = ("gateway", "scripter", "voice", "coder", "renderer", "composer")
IMAGES = (*SERVICES, "cli", "nats", "seaweedfs")
START_SECONDS = 60.0
LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")
RESTRICTED = ("--read-only", "--tmpfs", "/tmp:rw,size=512m,mode=1777", "--user", "10001:10001", "--cap-drop", "ALL")
RESTRICTED += ("--security-opt", "no-new-privileges", "--network", "none", "--no-healthcheck")


def name_image(image: str) -> str:
    return f"{PREFIX}/{image}:{TAG}"


def podman(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["podman", "--runtime", os.environ.get("CONTAINER_RUNTIME", "runc"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)


def run_container(image: str, *argv: str, entrypoint: str | None = None) -> subprocess.CompletedProcess[str]:
    chosen = [] if entrypoint is None else ["--entrypoint", entrypoint]
    return podman("run", "--rm", *LIMITS, *RESTRICTED, *chosen, name_image(image), *argv)


@pytest.fixture(scope="module", autouse=True)
def table() -> Iterator[None]:
    yield
    print(f"\n{'image':<16}{'MB':>8}{'Debian':>8}{'Python':>8}")
    for image in IMAGES:
        found = podman("image", "inspect", name_image(image))
        size = json.loads(found.stdout)[0]["Size"] / 1e6
        debian = run_container(image, "-c", "dpkg-query -W | wc -l", entrypoint="sh").stdout.strip()
        python = run_container(
            image,
            "-c",
            "ls -d /opt/lectern/lib/python3*/site-packages/*.dist-info /opt/lectern-own/*.dist-info 2>/dev/null | wc -l",
            entrypoint="sh",
        ).stdout.strip()
        print(f"{image:<16}{size:>8.0f}{debian:>8}{python:>8}")


@pytest.mark.parametrize("image", IMAGES)
def test_no_compiler_cache_or_setting_of_the_builder_is_left(image: str) -> None:
    looked = run_container(
        image,
        "-c",
        "command -v gcc cc g++ make pip uv; ls -A /var/lib/apt/lists /root/.cache /var/cache/apt/archives 2>/dev/null "
        "| grep -v -e ':$' -e '^lock$' -e '^partial$' -e '^$';"
        " ls -A /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/pip.conf /run/secrets/* 2>/dev/null; true",
        entrypoint="sh",
    )
    assert (looked.returncode, looked.stdout) == (0, "")


@pytest.mark.parametrize("image", SERVICES)
def test_a_service_has_all_that_it_imports(image: str) -> None:
    module = f"lectern.{image.removesuffix('-latex')}.app"
    done = run_container(image, "-c", f"import {module}", entrypoint="python")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("image", SERVICES)
def test_a_service_lives_read_only_and_without_rights_while_its_servers_are_away(image: str) -> None:
    container = podman("run", "--detach", *LIMITS, *RESTRICTED, name_image(image)).stdout.strip()
    try:
        deadline = time.monotonic() + START_SECONDS
        while podman("exec", container, "python3.11", "/opt/healthz.py").returncode:
            assert time.monotonic() < deadline, podman("logs", container).stderr
            time.sleep(0.2)
        running = podman("inspect", "--format", "{{.State.Running}} {{.Config.User}}", container).stdout
        assert running.split() == ["true", "10001:10001"]
    finally:
        podman("rm", "--force", "--time", "1", container)


def test_the_command_and_the_servers_start() -> None:
    assert "--replicas" in run_container("cli", "provision", "--help").stdout
    assert "nats-server" in run_container("nats", "--version").stdout
    assert "version" in run_container("seaweedfs", "version").stdout


def test_the_sandbox_comes_up_as_in_a_restricted_pod_and_is_refused_without_landlock() -> None:
    script = (Path(__file__).parent / "sandbox_in_a_pod.py").read_text(encoding="utf-8")
    layers = json.loads(run_container("renderer", "-c", script, entrypoint="python").stdout.splitlines()[-1])
    assert layers["seccomp"] == "active"
    assert layers["landlock"].startswith("active")
    refused = run_container("renderer", "-c", script, "landlock", "namespaces", entrypoint="python").stdout
    assert refused.splitlines()[-1].startswith("refused:")
