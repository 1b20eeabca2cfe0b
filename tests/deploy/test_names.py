"""Whatever a manifest names exists in the code: settings, streams, consumers, ports, images; and limits fit together."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from deploy.manifests import (
    K8S,
    ROOT,
    Manifest,
    Workload,
    combine,
    list_workloads,
    name_of,
    of_kind,
    parse_quantity,
    read_settings,
)
from deploy.policies import SECRETS_OF_THE_OPERATOR, SERVICES
from metrics_page import collect_families
from pydantic import AliasChoices

from lectern.contracts.quality import ASPECTS, QUALITIES, preset
from lectern.contracts.topology import VIDEOS, consumers
from lectern.gateway.settings import GatewaySettings
from lectern.renderer.job_settings import build_render_limits
from lectern.worker import Settings

pytestmark = pytest.mark.slow

MODELS = ROOT / "libs/llm/src/lectern/llm/tables/tasks.toml"
VOICES = ROOT / "services/voice/src/lectern/voice/tables/voices.toml"
GUIDE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
CONSUMERS = {consumer.name for consumer in consumers() if consumer.stream == VIDEOS}


def list_settings(service: str) -> set[str]:
    """The environment variables that a service reads."""
    kind = getattr(importlib.import_module(f"lectern.{service}.settings"), f"{service.capitalize()}Settings")
    found: set[str] = set()
    for field, info in kind.model_fields.items():
        alias = info.validation_alias
        found |= set(map(str, alias.choices)) if isinstance(alias, AliasChoices) else {f"LECTERN_{field.upper()}"}
    return found


def workload_of(manifests: Sequence[Manifest], component: str) -> Workload:
    return next(each for each in list_workloads(manifests) if each.component == component)


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_only_settings_that_it_reads(overlay: list[Manifest], service: str) -> None:
    given = {name for name in read_settings(overlay, workload_of(overlay, service)) if name != "STORE_HOST"}
    assert given - list_settings(service) == set()


def test_every_setting_in_a_manifest_or_in_the_guide_is_one_of_the_code(
    local: list[Manifest], production: list[Manifest]
) -> None:
    known = set().union(*map(list_settings, SERVICES)) | {"LECTERN_API_KEY"}  # the last is the command line's
    texts = [GUIDE, *(yaml.safe_dump(each) for each in (*local, *production))]
    texts += [path.read_text(encoding="utf-8") for path in K8S.rglob("*") if path.is_file()]
    named = {name for text in texts for name in re.findall(r"\bLECTERN_[A-Z0-9_]+\b|\bGEMINI_API_KEY\b", text)}
    assert named - known == set()
    assert len(named) > 20


def test_secrets_hold_what_services_read(local: list[Manifest]) -> None:
    for secret in of_kind(local, "Secret"):
        users = [
            each.component
            for each in list_workloads(local)
            for source in each.spec["containers"][0].get("envFrom", [])
            if source.get("secretRef", {}).get("name") == secret["metadata"]["name"]
        ]
        for name in secret["data"] if users else ():
            assert any(name in list_settings(user) for user in users if user in SERVICES), name


def test_the_guide_names_every_secret_that_an_operator_makes(tmp_path: Path) -> None:
    fetched = {each["metadata"]["name"] for each in of_kind(combine(tmp_path, ["external-secrets"]), "ExternalSecret")}
    assert fetched == SECRETS_OF_THE_OPERATOR
    assert {name for name in SECRETS_OF_THE_OPERATOR if f"`{name}`" not in GUIDE} == set()


def test_only_those_who_ask_models_and_voices_have_their_keys(overlay: list[Manifest]) -> None:
    having: dict[str, set[str]] = {}
    for workload in list_workloads(overlay):
        for source in workload.spec["containers"][0].get("envFrom", []):
            name = re.sub(r"-[a-z0-9]{10}$", "", source.get("secretRef", {}).get("name", ""))
            having.setdefault(name, set()).add(workload.component)
    assert having["lectern-models"] == {"scripter", "coder", "voice"}
    assert having["lectern-voices"] == {"voice"}
    assert having["lectern-signing"] == {"gateway"}


def test_scaling_goes_by_consumers_that_exist(production: list[Manifest]) -> None:
    scaled = {each["metadata"]["name"]: each["spec"] for each in of_kind(production, "ScaledObject")}
    assert set(scaled) == set(SERVICES)
    for service, spec in scaled.items():
        triggers = [each for each in spec["triggers"] if each["type"] == "nats-jetstream"]
        asked = {trigger["metadata"]["consumer"] for trigger in triggers}
        if service != "gateway":
            assert {f"{service}-fast", f"{service}-bulk"} <= asked <= CONSUMERS
            formula = spec["advanced"]["scalingModifiers"]["formula"]
            assert set(re.findall(r"[a-z_]+", formula)) == {trigger["name"] for trigger in triggers}
        for trigger in triggers:
            assert trigger["metadata"]["stream"] == VIDEOS
            assert trigger["name"] == trigger["metadata"]["consumer"].replace("-", "_")
            host, _, port = trigger["metadata"]["natsServerMonitoringEndpoint"].partition(":")
            headless = next(each for each in of_kind(production, "Service") if each["spec"].get("clusterIP") == "None")
            assert host == f"{headless['metadata']['name']}.{headless['metadata']['namespace']}.svc.cluster.local"
            assert int(port) in {each["port"] for each in headless["spec"]["ports"]}


def test_a_metric_that_is_scaled_by_exists(production: list[Manifest]) -> None:
    queries = [
        trigger["metadata"]["query"]
        for each in of_kind(production, "ScaledObject")
        for trigger in each["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    named = {name for query in queries for name in re.findall(r"\blectern_\w+", query)}
    assert named
    assert named <= collect_families().keys()


def test_grafana_finds_every_dashboard(production: list[Manifest]) -> None:
    found = [
        (name, json.loads(text)["uid"])
        for each in of_kind(production, "ConfigMap")
        if each["metadata"].get("labels", {}).get("grafana_dashboard") == "1"
        for name, text in each["data"].items()
    ]
    committed = {path.name for path in (ROOT / "deploy" / "monitoring" / "dashboards").glob("*.json")}
    assert {name for name, _ in found} == committed
    assert len({uid for _, uid in found}) == len(found)
    sizes = [len(yaml.safe_dump(each)) for each in production]
    assert max(sizes) < 200_000, "`kubectl apply` keeps what it applied in an annotation of at most 256 KiB"


def test_ports_are_those_on_which_services_listen(overlay: list[Manifest]) -> None:
    for service in SERVICES:
        workload = workload_of(overlay, service)
        settings = read_settings(overlay, workload)
        ports = {each["name"]: each["containerPort"] for each in workload.spec["containers"][0]["ports"]}
        assert ports["metrics"] == int(settings["LECTERN_METRICS_PORT"]) == Settings().metrics_port
        if service == "gateway":
            assert ports["http"] == int(settings["LECTERN_PORT"])
            assert (settings["LECTERN_HOST"], settings["LECTERN_REQUIRE_KEYS"]) == ("0.0.0.0", "true")


def test_a_renderer_may_finish_the_longest_render_that_its_limits_allow(overlay: list[Manifest]) -> None:
    frames = [preset(quality, aspect) for quality in QUALITIES for aspect in ASPECTS]
    longest = max(build_render_limits(3600.0, frame).cpu_seconds for frame in frames)
    assert float(read_settings(overlay, workload_of(overlay, "renderer"))["LECTERN_GRACE_SECONDS"]) >= longest


@pytest.mark.parametrize(("service", "table"), [(each, MODELS) for each in ("scripter", "coder")] + [("voice", VOICES)])
def test_a_request_that_is_paid_for_is_not_cut_off_by_a_drain(
    overlay: list[Manifest], service: str, table: Path
) -> None:
    longest = max(float(each) for each in re.findall(r"^timeout(?:_seconds)? = (\d+)", table.read_text(), re.MULTILINE))
    assert float(read_settings(overlay, workload_of(overlay, service))["LECTERN_GRACE_SECONDS"]) >= longest


def test_the_addresses_that_a_renderer_is_given_exist_before_it(overlay: list[Manifest]) -> None:
    """The kubelet knows no Service that is made later."""
    names = [name_of(each) for each in overlay]
    services = set(re.findall(r"\$\((\w+)_SERVICE_HOST\)", yaml.safe_dump(overlay)))
    assert services == {"NATS", "STORE"}
    assert all(names.index(f"Service/{name.lower()}") < names.index("Deployment/renderer") for name in services)
    unasked = [name for name in names if name.startswith(("Service/lectern", "Service/otel"))]
    assert unasked == [], "a Service `lectern` would set LECTERN_PORT in the renderer's environment"


def test_ingress_nginx_is_more_patient_than_the_api_and_takes_more(tmp_path: Path) -> None:
    manifests = combine(tmp_path, ["ingress-nginx"])
    [ingress] = of_kind(manifests, "Ingress")
    said = {key.rpartition("/")[2]: value for key, value in ingress["metadata"]["annotations"].items()}
    given = read_settings(manifests, workload_of(manifests, "gateway"))
    known = list_settings("gateway")
    settings = GatewaySettings(
        **{name.removeprefix("LECTERN_").lower(): value for name, value in given.items() if name in known}
    )
    assert float(said["proxy-read-timeout"]) > max(settings.stream_seconds, settings.wait_limit)
    assert (said["proxy-buffering"], said["proxy-request-buffering"]) == ("off", "off")
    assert parse_quantity(said["proxy-body-size"].replace("m", "Mi")) > settings.music_limit
    assert settings.forwarded_allow_ips == "*"


def test_a_gateway_ends_no_stream_and_asks_for_the_host_that_the_api_answers_to(production: list[Manifest]) -> None:
    [route] = of_kind(production, "HTTPRoute")
    given = read_settings(production, workload_of(production, "gateway"))
    assert [rule["timeouts"] for rule in route["spec"]["rules"]] == [{"request": "0s", "backendRequest": "0s"}]
    assert route["spec"]["hostnames"] == given["LECTERN_ALLOWED_HOSTS"].split(",")
    assert given["LECTERN_FORWARDED_ALLOW_IPS"] == "*"


def test_the_proxy_passes_on_to_the_store_that_services_use(production: list[Manifest]) -> None:
    settings = read_settings(production, workload_of(production, "voice"))
    endpoint = urlsplit(settings["LECTERN_S3_ENDPOINT"])
    assert (endpoint.scheme, endpoint.hostname) == ("https", settings["STORE_HOST"].lower())
    [service] = [
        each for each in of_kind(production, "Service") if each["metadata"]["name"] == settings["LECTERN_S3_ADDRESS"]
    ]
    assert [port["port"] for port in service["spec"]["ports"]] == [endpoint.port or 443]


def test_the_servers_of_the_log_know_each_other_and_their_limits(overlay: list[Manifest]) -> None:
    [servers] = [each for each in of_kind(overlay, "StatefulSet") if each["metadata"]["name"] == "nats"]
    config = next(each["data"]["nats.conf"] for each in of_kind(overlay, "ConfigMap") if "nats.conf" in each["data"])
    replicas = servers["spec"]["replicas"]
    assert re.findall(r"nats://(\S+):6222", config) == [f"nats-{n}.nats-headless" for n in range(replicas)]
    arguments = workload_of(overlay, "provision").spec["containers"][0]["args"]
    assert arguments == ["provision", "--replicas", str(replicas)]
    [claim] = servers["spec"]["volumeClaimTemplates"]
    stored = parse_quantity(re.search(r"max_file_store: (\S+)", config)[1])  # type: ignore[index]
    assert stored < parse_quantity(claim["spec"]["resources"]["requests"]["storage"])
    [container] = workload_of(overlay, "nats").containers
    heap = parse_quantity(
        next(each["value"] for each in container["env"] if each["name"] == "GOMEMLIMIT").removesuffix("B")
    )
    assert heap < parse_quantity(container["resources"]["limits"]["memory"])


def test_the_official_chart_gets_the_sizes_and_names_of_our_own_manifest(production: list[Manifest]) -> None:
    values = yaml.safe_load((ROOT / "deploy" / "helm-values" / "nats.yaml").read_text())
    [servers] = [each for each in of_kind(production, "StatefulSet") if each["metadata"]["name"] == "nats"]
    spec, chart = servers["spec"]["template"]["spec"], values["podTemplate"]["merge"]["spec"]
    [container] = spec["containers"]
    store = values["config"]["jetstream"]["fileStore"]
    assert values["fullnameOverride"] == servers["metadata"]["name"]
    assert values["config"]["cluster"]["replicas"] == servers["spec"]["replicas"]
    assert {"requests": {"storage": store["pvc"]["size"]}} == servers["spec"]["volumeClaimTemplates"][0]["spec"][
        "resources"
    ]
    assert values["container"]["merge"]["resources"] == container["resources"]
    assert values["container"]["merge"]["securityContext"] == container["securityContext"]
    assert chart == {field: spec[field] for field in chart}
    assert values["podTemplate"]["patch"][0]["value"] in spec["volumes"]


@pytest.mark.skipif(
    not (ROOT / "deploy" / "images").exists(), reason="the recipes of images are not in this repository yet"
)
def test_every_image_of_ours_has_a_recipe(local: list[Manifest]) -> None:
    names = {container["image"] for each in list_workloads(local) for container in each.containers}
    folders = {name.removeprefix("localhost/lectern/").removesuffix(":dev") for name in names}
    assert folders >= {*SERVICES, "cli", "nats", "seaweedfs"}
    assert {name for name in folders if not (ROOT / "deploy" / "images" / name / "Containerfile").exists()} == set()


def test_memory_of_a_renderer_holds_what_it_writes_there(overlay: list[Manifest]) -> None:
    """A volume in memory counts as the container's own."""
    workload = workload_of(overlay, "renderer")
    in_memory = [
        each["emptyDir"] for each in workload.spec["volumes"] if each.get("emptyDir", {}).get("medium") == "Memory"
    ]
    limit = parse_quantity(workload.containers[0]["resources"]["limits"]["memory"])
    assert sum(parse_quantity(each["sizeLimit"]) for each in in_memory) <= limit / 2
    assert read_settings(overlay, workload)["LECTERN_SCRATCH"] == "/work"
