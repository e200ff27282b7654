"""Folders of nodes: a scenario has some of its own, reads those of the node, and is refused all else."""

from __future__ import annotations

from typing import Any

import pytest

from harness.errors import BadInput
from harness.manifests.host_paths import HOMES, has_own_folders
from harness.manifests.loading import parse
from harness.manifests.placing import stamp

VOLUME = """\
apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  hostPath:
    path: PATH
    type: TYPE
"""
SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  template:
    spec:
      initContainers:
        - {name: first, volumeMounts: [{name: other, mountPath: /o}]}
      containers:
        - {name: app, volumeMounts: [{name: other, mountPath: /o}, MOUNT]}
      volumes:
        - name: other
          emptyDir: {}
        - name: disk
          hostPath:
            path: PATH
            type: TYPE
"""
WRITES, READS = "{name: disk, mountPath: /d}", "{name: disk, mountPath: /d, readOnly: true}"


def placed(text: str, path: str, kind: str, mount: str = WRITES) -> dict[str, Any]:
    """Return what becomes of the folder's `hostPath` for the scenario in namespace `demo`."""
    text = text.replace("PATH", path).replace("TYPE", kind).replace("MOUNT", mount)
    (found,) = stamp(parse(text, "f.yaml"), "demo", "x1", is_namespaced=lambda one: one.kind != "PersistentVolume")
    spec = found.body["spec"]
    folder: dict[str, Any] = (spec if "hostPath" in spec else spec["template"]["spec"]["volumes"][1])["hostPath"]
    return folder


@pytest.mark.parametrize("kind", ["DirectoryOrCreate", '""', "null"])
@pytest.mark.parametrize("text", [VOLUME, SET], ids=["volume", "pod"])
@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/mnt/data", "/var/lib/demo/mnt/data"),
        ("/mnt/data/../data", None),
        ("/mnt/data//below/", "/var/lib/demo/mnt/data/below"),
        ("/var/tmp/a", "/var/lib/demo/var/tmp/a"),
        ("/tmp/a/b", "/tmp/demo/a/b"),
        ("/tmp/hostpath_pv/a", "/tmp/hostpath_pv/demo/a"),
        ("/tmp/hostpath_pvs", "/tmp/demo/hostpath_pvs"),
    ],
)
def test_a_folder_that_is_made_lies_in_one_that_can_be_removed_whole(
    text: str, kind: str, path: str, own: str | None
) -> None:
    """A path that leads upwards is the server's to refuse."""
    assert placed(text, path, kind)["path"] == (own or path)
    assert own is None or any(own.startswith(f"{home}/demo/") for home in HOMES)


@pytest.mark.parametrize("kind", ["Directory", "File"])
def test_what_is_only_read_stays_what_it_is(kind: str) -> None:
    assert placed(SET, "/etc/localtime", kind, READS) == {"path": "/etc/localtime", "type": kind}
    text = SET.replace("PATH", "/etc/localtime").replace("TYPE", kind)
    assert [has_own_folders(one) for one in parse(text.replace("MOUNT", READS), "f.yaml")] == [False]
    assert [has_own_folders(one) for one in parse(text.replace("MOUNT", WRITES), "f.yaml")] == [True]


@pytest.mark.parametrize(
    ("text", "path", "kind", "mount", "line", "remedy"),
    [
        *[
            pytest.param(VOLUME, "/mnt/x", kind, "", 7, "DirectoryOrCreate", id=f"volume of type {kind}")
            for kind in ("Directory", "File", "FileOrCreate", "Socket", "CharDevice", "BlockDevice")
        ],
        *[
            pytest.param(SET, "/mnt/x", kind, READS, 17, "DirectoryOrCreate", id=f"{kind}, only read")
            for kind in ("FileOrCreate", "Socket", "CharDevice", "BlockDevice")
        ],
        pytest.param(SET, "/mnt/x", "Directory", WRITES, 17, "readOnly: true", id="written"),
        pytest.param(
            SET, "/mnt/x", "Directory", READS.replace("/d,", "/d, subPath: a,"), 17, "readOnly: true", id="path within"
        ),
        pytest.param(SET, "/mnt/x", "null", READS, 16, "Directory or File", id="made, and only read"),
        pytest.param(SET, "/mnt/x", "Directory", "{name: other, mountPath: /p}", 17, "readOnly", id="not mounted"),
        pytest.param(SET, "/var/run/docker.sock", "null", WRITES, 16, "Directory or File", id="the node's own"),
        pytest.param(VOLUME, "/", "null", "", 6, "DirectoryOrCreate", id="all of the node"),
    ],
)
def test_what_would_change_a_node_is_refused_with_a_word_on_types(
    text: str, path: str, kind: str, mount: str, line: int, remedy: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        placed(text, path, kind, mount)
    assert refusal.value.line == line
    assert path in refusal.value.problem
    assert "type: " in refusal.value.remedy
    assert remedy in refusal.value.remedy


def test_a_local_volume_is_refused_with_what_to_write_instead() -> None:
    text = "apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: disk}\nspec:\n  local: {path: /mnt/ssd}\n"
    with pytest.raises(BadInput, match="/mnt/ssd is the node's own") as refusal:
        stamp(parse(text, "f.yaml"), "demo", "x1", is_namespaced=lambda _manifest: False)
    assert (refusal.value.line, "hostPath" in refusal.value.remedy) == (5, True)


def test_a_folder_in_a_custom_resource_is_found_too() -> None:
    text = "apiVersion: e.io/v1\nkind: Database\nmetadata: {name: db}\nspec: {storage: {hostPath: {path: /data}}}\n"
    (found,) = stamp(parse(text, "f.yaml"), "demo", "x1", is_namespaced=lambda _manifest: True)
    assert found.body["spec"]["storage"]["hostPath"]["path"] == "/var/lib/demo/data"
