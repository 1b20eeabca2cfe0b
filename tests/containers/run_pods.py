"""`make containers`: Lectern in containers, from the manifests of deploy/k8s/overlays/local, through podman.

Three servers of the event log, the store, `lectern provision`, the six services; each read-only, as user 10001, without
capabilities, under podman's own filter of system calls, as deploy/k8s asks. While videos are made, the leader of the
log and a renderer are killed, and renderers are started and stopped by hand. Needs root, `make images` and runc.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml
from api_client import TIDES
from containers.pods import ADDRESSES, HOSTS, SERVERS, SUBNET, Pods
from deploy.manifests import K8S, build

NETWORK = "lectern-pods"
SERVICES = ("gateway", "scripter", "voice", "coder", "composer")
API = f"http://{ADDRESSES['gateway']}:8080"
# Hosts with control groups of both versions have no crun, and their limits must be said.
PODMAN_SETTINGS = """
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
"""
FILM = {"topic": "How does photosynthesis work?", "options": {"quality": "standard"}}


class Podman:
    """podman with settings of its own, and what it was told to start."""

    def __init__(self, folder: Path) -> None:
        (folder / "containers.conf").write_text(PODMAN_SETTINGS)
        self._env = {**os.environ, "CONTAINERS_CONF": str(folder / "containers.conf")}
        self._folder = folder
        self.started: list[str] = []

    def run(self, *arguments: str, check: bool = True) -> str:
        """The output of podman. Ends the run with podman's own words when it fails."""
        done = subprocess.run(["podman", *arguments], env=self._env, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise SystemExit(f"podman {' '.join(arguments)}: {done.stderr[-2000:]}")
        return done.stdout.strip()

    def play(self, pod: dict[str, Any]) -> None:
        """Starts a pod at its address."""
        name = pod["metadata"]["name"]
        file = self._folder / f"{name}.yaml"
        file.write_text(yaml.safe_dump(pod))
        self.run("play", "kube", "--network", f"{NETWORK}:ip={ADDRESSES[name]}", str(file))
        self.started.append(name)

    def remove(self, name: str, *, seconds: int) -> float:
        """Stops a pod as a node would, with its grace period, and removes it; returns how long it took."""
        started = time.monotonic()
        self.run("pod", "stop", "--time", str(seconds), name)
        took = time.monotonic() - started
        self.run("pod", "rm", "--force", name)
        self.started.remove(name)
        return took


def tell(text: str) -> None:
    """Prints a line at once."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def wait_until(what: str, holds: Callable[[], bool], seconds: float) -> float:
    """Waits until it holds; returns how long that took. Ends the run when it takes longer."""
    started = time.monotonic()
    while not holds():
        if time.monotonic() - started > seconds:
            raise SystemExit(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.2)
    return time.monotonic() - started


def is_ready(pod: str) -> bool:
    """Whether a service says that it is ready."""
    try:
        return httpx.get(f"http://{ADDRESSES[pod]}:9090/readyz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def find_leader() -> str:
    """Which server leads the stream of videos; "" for none."""
    for name in SERVERS:
        try:
            found = httpx.get(f"http://{ADDRESSES[name]}:8222/jsz?streams=1&accounts=1", timeout=2).json()
        except (httpx.HTTPError, ValueError):
            continue
        for account in found.get("account_details", []):
            for stream in account.get("stream_detail", []):
                if stream["name"] == "VIDEOS":
                    leader: str = stream.get("cluster", {}).get("leader", "")
                    return leader
    return ""


@contextmanager
def network(podman: Podman) -> Iterator[None]:
    """A network of containers; what was started in it is removed at the end."""
    podman.run("network", "create", "--subnet", f"{SUBNET}.0/24", "--disable-dns", NETWORK, check=False)
    try:
        yield
    finally:
        for name in podman.started:
            podman.run("pod", "rm", "--force", "--time", "1", name, check=False)
        podman.run("network", "rm", "--force", NETWORK, check=False)


class Client:
    """Requests to the API in the containers."""

    def __init__(self, key: str) -> None:
        self._http = httpx.Client(base_url=API, headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def create(self, request: dict[str, Any]) -> str:
        """Requests a video; returns its id."""
        answer = self._http.post("/v1/videos", json=request)
        answer.raise_for_status()
        video_id: str = answer.json()["id"]
        return video_id

    def video(self, video_id: str) -> dict[str, Any]:
        """A video as it is now; {} while the gateway cannot say."""
        try:
            answer = self._http.get(f"/v1/videos/{video_id}")
            return dict(answer.json()) if answer.is_success else {}
        except httpx.HTTPError:
            return {}

    def download(self, video: dict[str, Any], folder: Path) -> Path:
        """The finished film."""
        url = next(output["url"] for output in video["outputs"] if output["kind"] == "video")
        file = folder / f"{video['id']}.mp4"
        file.write_bytes(self._http.get(url).raise_for_status().content)
        return file

    def finish(self, video_id: str, folder: Path, seconds: float = 240.0) -> str:
        """Waits for a video, and looks at it. Ends the run unless it is completed, whole and nothing is degraded."""
        wait_until(
            f"video {video_id} completed: {self.video(video_id).get('status')}",
            lambda: self.video(video_id).get("status") in ("completed", "failed", "cancelled"),
            seconds,
        )
        video = self.video(video_id)
        if video["status"] != "completed":
            raise SystemExit(f"video {video_id} {video['status']}: {video.get('error')}")
        if wrong := [scene["number"] for scene in video["scenes"] if scene["degraded"] or scene["error"]]:
            raise SystemExit(f"scenes {wrong} of video {video_id} are not as they were drawn")
        narrated = sum(scene["seconds"] for scene in video["scenes"])
        probe = ["ffprobe", "-v", "error", "-count_packets", "-select_streams", "v", "-show_entries"]
        file = self.download(video, folder)
        shown = subprocess.run(
            [*probe, "stream=nb_read_packets,duration", "-of", "json", str(file)], capture_output=True, check=True
        )
        (stream,) = json.loads(shown.stdout)["streams"]
        if abs(float(stream["duration"]) - narrated) > 0.05:
            raise SystemExit(f"{file.name} lasts {stream['duration']} s, its narration {narrated} s")
        return f"{float(stream['duration']):.3f} s, {stream['nb_read_packets']} frames, {len(video['scenes'])} scenes"


def start_servers(podman: Podman, pods: Pods) -> None:
    """Starts the event log and the store, and prepares both."""
    for name in (*SERVERS, "seaweedfs"):
        podman.play(pods.build(name))
    health = f"http://{ADDRESSES['seaweedfs']}:8333/healthz"
    wait_until("the store answers", lambda: answers(health), 60)
    for name in SERVERS:
        wait_until(f"{name} answers", lambda name=name: answers(f"http://{ADDRESSES[name]}:8222/healthz"), 60)  # type: ignore[misc]
    podman.play(pods.build("provision"))
    took = wait_until("a leader of the log", lambda: bool(find_leader()), 120)
    tell(f"three servers of the log and a store; provisioned {took:.1f} s later, {find_leader()} leads")
    state = "{{.State.Status}} {{.State.ExitCode}}"
    wait_until(
        "`lectern provision` ends", lambda: podman.run("inspect", "-f", state, "provision-provision") == "exited 0", 120
    )


def answers(url: str) -> bool:
    """Whether something answers there with a success."""
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def start_services(podman: Podman, pods: Pods) -> None:
    """Starts the six services, and waits until all are ready."""
    started = time.monotonic()
    for name in (*SERVICES, "renderer-0"):
        podman.play(pods.build(name))
    for name in (*SERVICES, "renderer-0"):
        wait_until(f"{name} is ready", lambda name=name: is_ready(name), 120)  # type: ignore[misc]
    tell(f"six services ready after {time.monotonic() - started:.1f} s")
    layers = httpx.get(f"http://{ADDRESSES['renderer-0']}:9090/readyz", timeout=5).json()["checks"]
    tell(f"the renderer's layers in a pod: {layers}")


def create_key(podman: Podman, pods: Pods) -> str:
    """Makes the first API key as docs/kubernetes.md says, in a container of its own."""
    variables = [f"--env={name}={value}" for name, value in pods.environment("tools").items()]
    hosts = [f"--add-host={host}:{address}" for host, address in HOSTS.items()]
    printed = podman.run(
        *(
            "run",
            "--rm",
            "--no-healthcheck",
            "--network",
            NETWORK,
            "--read-only",
            "--tmpfs",
            "/tmp",
            *variables,
            *hosts,
        ),
        *(pods.image("tools"), "keys", "create", "containers", "--owner", "tests", "--json"),
    )
    key: str = json.loads(printed.splitlines()[-1])["key"]
    return key


def show_use(podman: Podman) -> None:
    """Prints what each container holds now."""
    rows = podman.run("stats", "--no-stream", "--no-reset", "--format", "{{.Name}} {{.MemUsage}} {{.CPU}}", check=False)
    for row in sorted(rows.splitlines()):
        if "infra" not in row:
            tell(f"  {row}")


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="lectern-pods-"))
    folder.chmod(0o755)
    podman = Podman(folder)
    pods = Pods(build(K8S / "overlays" / "local"), folder / "volumes")
    try:
        with network(podman):
            start_servers(podman, pods)
            start_services(podman, pods)
            client = Client(create_key(podman, pods))

            started = time.monotonic()
            first = client.create(FILM)
            tell(f"a film: {client.finish(first, folder)}, after {time.monotonic() - started:.1f} s")
            show_use(podman)

            second = client.create({"document": {"markdown": TIDES}})
            wait_until("a scene is narrated", lambda: bool(client.video(second).get("scenes")), 60)
            leader = find_leader()
            podman.run("pod", "kill", leader)
            took = wait_until("another leader", lambda: find_leader() not in ("", leader), 60)
            tell(f"killed {leader}, which led the log; {find_leader()} led after {took:.1f} s")
            tell(f"the film: {client.finish(second, folder)}")
            podman.run("pod", "start", leader)
            took = wait_until(f"{leader} is back", lambda: answers(f"http://{ADDRESSES[leader]}:8222/healthz"), 90)
            tell(f"{leader} back in step after {took:.1f} s")

            for number in (1, 2):
                podman.play(pods.build(f"renderer-{number}"))
            for number in (1, 2):
                wait_until("a renderer is ready", lambda number=number: is_ready(f"renderer-{number}"), 60)  # type: ignore[misc]
            many = [client.create({**FILM, "options": {**FILM["options"], "theme": theme, "aspect": aspect}})  # type: ignore[dict-item]
                    for theme in ("dark", "light") for aspect in ("1:1", "9:16")]  # fmt: skip
            wait_until("a scene is being rendered", lambda: busy_renderer() is not None, 120)
            victim = busy_renderer() or "renderer-0"
            podman.run("pod", "kill", victim)
            tell(f"killed {victim} while it rendered")
            leaving = next(name for name in ("renderer-1", "renderer-2", "renderer-0") if name != victim)
            took = podman.remove(leaving, seconds=300)
            tell(f"{leaving} drained in {took:.1f} s; one renderer is left")
            for each in many:
                tell(f"a film: {client.finish(each, folder)}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    tell("nothing was lost")


def busy_renderer() -> str | None:
    """A renderer that has a scene in hand."""
    for number in range(3):
        name = f"renderer-{number}"
        try:
            page = httpx.get(f"http://{ADDRESSES[name]}:9090/metrics", timeout=2).text
        except httpx.HTTPError:
            continue
        if 'lectern_stage_in_progress{stage="renderer"} 1' in page:
            return name
    return None


if __name__ == "__main__":
    sys.exit(main())
