"""A claim that cannot be written: who tried, what the volume is, and which of both decides."""

from __future__ import annotations

from typing import Any

import pytest

from harness.history.observation import Verb
from harness.promises.access import why_denied
from tests.promises.histories import history


def told(volume: dict[str, Any], **context: Any) -> str:
    containers = [{"name": "server"}, {"name": "reloader"}]
    pod = {"metadata": {"name": "db-0", "uid": "p"}, "spec": {"securityContext": context, "containers": containers}}
    claim = {"metadata": {"name": "data-db-0", "uid": "c"}, "spec": {"volumeName": "pv-1"}}
    record = history(
        ("Pod", Verb.ADDED, "db-0", pod),
        ("PersistentVolumeClaim", Verb.ADDED, "data-db-0", claim),
        ("PersistentVolume", Verb.ADDED, "pv-1", {"metadata": {"name": "pv-1", "uid": "v"}, "spec": volume}),
    )
    return why_denied(record, "db-0", "data-db-0")


@pytest.mark.parametrize(
    ("volume", "context", "words"),
    [
        (
            {"hostPath": {"path": "/var/db"}},
            {"runAsUser": 1000, "fsGroup": 2000},
            (
                'container "server" runs as user 1000 with fsGroup 2000',
                "folder of a node (hostPath), /var/db",
                "no fsGroup",
            ),
        ),
        ({"nfs": {"path": "/db"}}, {}, ("the user of its image", "a folder of an NFS server, /db", "no fsGroup")),
        (
            {"csi": {"driver": "disk.csi"}},
            {"runAsUser": 1},
            ("of driver disk.csi that belongs to root", "fsGroup: GROUP"),
        ),
        ({"csi": {"driver": "disk.csi"}}, {"fsGroup": 1}, ("of driver disk.csi", "`fsGroupPolicy` of its CSIDriver")),
        ({"local": {"path": "/db"}}, {}, ("a volume that belongs to root", "fsGroup: GROUP")),
    ],
)
def test_what_decides_is_told(volume: dict[str, Any], context: dict[str, Any], words: tuple[str, ...]):
    for word in words:
        assert word in told(volume, **context)


def test_nothing_is_made_up():
    assert why_denied(history(), "db-0", "data-db-0") == ""
