"""What deploys the service, held to the service: names of metrics, settings, routes and sections.

`make check-deploy` has the tools' own word on the same files.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from app import metrics
from app.main import create_app
from app.settings import OF_DEPLOYMENT, Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes/base"
EXAMPLE = DEPLOY / "kubernetes/overlays/example"
MANIFESTS = sorted(DEPLOY.rglob("*.yaml"))

INSIDE = {"/metrics", "/healthz", "/readyz"}
DESCRIBING = {"/openapi.json"}


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text()))


def alerts() -> list[dict[str, Any]]:
    return [rule for group in documents(DEPLOY / "prometheus/alerts.yaml")[0]["groups"] for rule in group["rules"]]


def queries() -> Iterator[str]:
    """Of the alerts and the dashboard."""
    yield from (alert["expr"] for alert in alerts())
    dashboard = json.loads((DEPLOY / "grafana/hai-faq.json").read_text())
    yield from (target["expr"] for panel in dashboard["panels"] for target in panel["targets"])


def exposed() -> Iterator[tuple[str, str]]:
    """Each name that /metrics can show of ours, and each label (empty for none)."""
    endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"], "gauge": [""]}
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            [described] = metric.describe()
            for ending in endings[described.type]:
                yield from ((described.name + ending, label) for label in ("", *metric._labelnames))


def settings_named() -> Iterator[tuple[Path, str]]:
    for path in (ROOT / "Dockerfile", *DEPLOY.rglob("*")):
        if path.is_file() and path.suffix != ".json":
            yield from ((path, name) for name in re.findall(r"HAI_FAQ_[A-Z_]*[A-Z]", path.read_text()))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_a_manifest_is_yaml(path: Path) -> None:
    assert all(isinstance(document, dict) for document in documents(path))


def test_every_metric_asked_for_exists() -> None:
    asked = {name for query in queries() for name in re.findall(r"hai_faq_\w+", query)}
    assert asked <= {name for name, _ in exposed()}


def test_every_metric_is_shown_or_alerted_on() -> None:
    asked = " ".join(queries())
    ours = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    assert [metric._name for metric in ours if metric._name not in asked] == []


def test_every_label_asked_for_exists() -> None:
    grouped = [
        label for query in queries() for group in re.findall(r"by \(([^)]*)\)", query) for label in group.split()
    ]
    matched = [label for query in queries() for label in re.findall(r"[{,]\s*(\w+)\s*=", query)]
    assert {*grouped, *matched} <= {label for _, label in exposed()} | {"le"}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: str(alert["alert"]))
def test_an_alert_has_a_section_that_says_what_to_do(alert: dict[str, Any]) -> None:
    file, anchor = alert["annotations"]["runbook"].split("#")
    assert f"### {alert['alert']}\n" in (ROOT / file).read_text()
    assert anchor == alert["alert"].lower()


def test_panels_have_numbers_of_their_own_and_do_not_overlap() -> None:
    panels = json.loads((DEPLOY / "grafana/hai-faq.json").read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for at in (panel["gridPos"] for panel in panels)
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_every_setting_named_is_one() -> None:
    known = {f"HAI_FAQ_{name.upper()}" for name in Settings.model_fields} | OF_DEPLOYMENT
    assert [(path.name, name) for path, name in settings_named() if name not in known] == []


def test_no_variable_of_the_image_wins_over_a_mounted_secret() -> None:
    secrets = documents(DEPLOY / "compose.yaml")[0]["secrets"]
    example = (DEPLOY / "kubernetes/secret.example.env").read_text()
    mounted = {name.upper() for name in secrets} | set(re.findall(r"^(HAI_FAQ_\w+)=", example, re.MULTILINE))
    assert "HAI_FAQ_DATABASE_URL" in mounted
    assert not mounted & set(re.findall(r"HAI_FAQ_\w+", (ROOT / "Dockerfile").read_text()))


def test_the_ingress_shows_the_service_and_none_of_its_insides() -> None:
    [ingress] = documents(EXAMPLE / "ingress.yaml")
    paths = [(each["path"], each["pathType"]) for each in ingress["spec"]["rules"][0]["http"]["paths"]]
    routes = {str(getattr(route, "path", "")) for route in create_app(Settings(_env_file=None)).routes}

    def shown(route: str) -> bool:
        return any(route == path or (kind == "Prefix" and route.startswith(f"{path}/")) for path, kind in paths)

    assert routes >= INSIDE
    assert {route for route in routes if not shown(route)} == INSIDE | DESCRIBING


def test_caddy_keeps_the_insides_inside() -> None:
    kept = re.search(r"@inside path (.*)", (DEPLOY / "Caddyfile").read_text())
    assert kept
    assert set(kept[1].split()) == INSIDE


@pytest.mark.parametrize("name", ["deployment", "migrate"])
def test_a_pod_is_of_the_restricted_profile(name: str) -> None:
    [workload] = documents(BASE / f"{name}.yaml")
    pod = workload["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in pod["containers"]:
        hardened = {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["securityContext"] == hardened
        assert container["resources"]["limits"]["memory"]


@pytest.mark.parametrize(("name", "service"), documents(DEPLOY / "compose.yaml")[0]["services"].items())
def test_a_container_cannot_write_its_root_nor_gain_rights(name: str, service: dict[str, Any]) -> None:
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])


def test_stores_are_reached_from_inside_only() -> None:
    compose = documents(DEPLOY / "compose.yaml")[0]
    assert compose["networks"]["stores"]["internal"]
    for store in ("postgres", "redis"):
        assert compose["services"][store]["networks"] == ["stores"]
        assert "ports" not in compose["services"][store]


@pytest.mark.parametrize("folder", [BASE, EXAMPLE], ids=lambda folder: folder.name)
def test_what_a_kustomization_names_is_there_and_nothing_lies_beside_it(folder: Path) -> None:
    [kustomization] = documents(folder / "kustomization.yaml")
    named = set(kustomization["resources"])
    assert all((folder / each).exists() for each in named)
    assert {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml"} <= named
