"""Which container of a pod is the application's, and where what it writes outlives the pod."""

from __future__ import annotations

from typing import Any

import pytest

from harness.app_container import APP, app_container, app_name, app_status, data_folder, mount_of, volume_folder


def pod(*containers: str, name: str = "web-0", app: str = "", **labels: str) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "labels": labels, "annotations": {APP: app} if app else None}
    return {"metadata": metadata, "spec": {"containers": [{"name": container} for container in containers]}}


@pytest.mark.parametrize(
    ("found", "right"),
    [
        pytest.param(pod("server"), "server", id="the only one"),
        pytest.param(pod("server", "metrics"), "server", id="the first"),
        pytest.param(pod("reloader", "server", app="server"), "server", id="R09, R11: the annotation"),
        pytest.param(pod("web", "server", "proxy", app="proxy"), "proxy", id="the annotation before the name"),
        pytest.param(pod("reloader", "web"), "web", id="the name of the set"),
        pytest.param(pod("reloader", "web-0"), "web-0", id="the name of the pod"),
        pytest.param(pod("reloader", "web", app="gone"), "web", id="an annotation that names none"),
        pytest.param(pod("reloader", "server", name="my-web-12"), "reloader", id="no part of a name"),
        pytest.param(
            pod("reloader", "mysql", name="release-mysql-0", **{"app.kubernetes.io/name": "mysql"}),
            "mysql",
            id="the name of the application",
        ),
        pytest.param(
            pod("proxy", "nginx-pvc", name="nginx-pvc-6b7c-x2x4z", **{"pod-template-hash": "6b7c"}),
            "nginx-pvc",
            id="the name of a deployment",
        ),
        pytest.param(pod(), "", id="none"),
    ],
)
def test_the_application(found: dict[str, Any], right: str) -> None:
    assert app_name(found) == right


def test_a_template_has_the_name_of_its_workload() -> None:
    """A set's template and the pods made of it have the same application."""
    template = pod("reloader", "web") | {"metadata": {}}
    assert app_container(template, "web")["name"] == app_name(pod("reloader", "web")) == "web"
    assert app_container(template)["name"] == "reloader"


def test_init_containers_are_never_the_application() -> None:
    """Also those that go on beside the others."""
    found = pod("server", app="proxy")
    found["spec"]["initContainers"] = [{"name": "web"}, {"name": "proxy", "restartPolicy": "Always"}]
    assert app_name(found) == "server"


def test_states_are_found_by_name() -> None:
    """The kubelet sorts them by their names, whatever order the spec has."""
    found = pod("server", "metrics")
    found["status"] = {"containerStatuses": [{"name": "metrics", "restartCount": 3}, {"name": "server"}]}
    assert app_status(found) == {"name": "server"}
    assert app_status(pod("server")) == {}


def mounting(*mounts: tuple[str, str] | dict[str, Any], beside: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    """Return a pod with two claims, a claim that is read-only and an emptyDir, mounted so in its application."""
    found = pod("server", "backup")
    spell = [mount if isinstance(mount, dict) else {"name": mount[0], "mountPath": mount[1]} for mount in mounts]
    found["spec"]["containers"][0]["volumeMounts"] = spell
    found["spec"]["containers"][1]["volumeMounts"] = [{"name": name, "mountPath": path} for name, path in beside]
    found["spec"]["volumes"] = [
        {"name": "db", "persistentVolumeClaim": {"claimName": "db-web-0"}},
        {"name": "log", "persistentVolumeClaim": {"claimName": "log-web-0"}},
        {"name": "seed", "persistentVolumeClaim": {"claimName": "seed", "readOnly": True}},
        {"name": "scratch", "emptyDir": {}},
        {"name": "own", "ephemeral": {"volumeClaimTemplate": {}}},
    ]
    return found


@pytest.mark.parametrize(
    ("found", "folder"),
    [
        pytest.param(mounting(("scratch", "/data"), ("db", "/var/lib/db")), "/var/lib/db", id="R20"),
        pytest.param(mounting(("log", "/log"), ("db", "/data")), "/data", id="by convention"),
        pytest.param(mounting(("log", "/log"), ("db", "/db")), "/log", id="the first"),
        pytest.param(mounting(("seed", "/data"), ("db", "/db")), "/db", id="not a claim that is read-only"),
        pytest.param(
            mounting({"name": "db", "mountPath": "/data", "readOnly": True}, ("log", "/log")), "/log", id="read-only"
        ),
        pytest.param(
            mounting({"name": "db", "mountPath": "/var/lib/db/", "subPath": "x"}), "/var/lib/db/", id="subPath"
        ),
    ],
)
def test_data_are_written_where_a_claim_is_mounted(found: dict[str, Any], folder: str) -> None:
    assert data_folder(found) == folder == volume_folder(found)


@pytest.mark.parametrize(
    ("found", "said", "room"),
    [
        pytest.param(
            mounting(("scratch", "/data")), r"mounts no claim.*\(/data is an emptyDir", "/data", id="emptyDir"
        ),
        pytest.param(mounting(("own", "/data")), r"mounts no claim.*\(/data is an ephemeral", "", id="ephemeral"),
        pytest.param(mounting(("seed", "/data")), "read-only: seed at /data", "", id="read-only"),
        pytest.param(mounting(beside=(("db", "/data"),)), f"annotate the pods with {APP}: backup", "", id="beside"),
        pytest.param(mounting(), "mounts no claim", "", id="nothing"),
    ],
)
def test_nothing_is_written_where_it_would_be_lost(found: dict[str, Any], said: str, room: str) -> None:
    with pytest.raises(ValueError, match=said):
        data_folder(found)
    assert volume_folder(found) == room


def test_a_path_lies_in_the_innermost_volume() -> None:
    found = mounting(("db", "/data"), ("scratch", "/data/cache"))
    told = [mount_of(found, path) for path in ("/data/written", "/data/cache/written", "/data/cache", "/database/x")]
    assert [mount and mount.volume for mount in told] == ["db", "scratch", "scratch", None]
