"""What is known of a cluster, as another version of the harness has written it."""

from __future__ import annotations

import json
from pathlib import Path

from harness.cluster.components import Component
from harness.cluster.embedded.state import ClusterPaths, ClusterState


def test_a_state_of_a_newer_version_is_read_without_what_is_unknown(tmp_path: Path) -> None:
    paths = ClusterPaths("dev", tmp_path / "state", tmp_path / "data", tmp_path / "lock")
    known = paths.write(ClusterState("dev", "real", 3, token="t", components=(Component("etcd", 7, 70),)))
    path = paths.state / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"weather": [{"wind": 3}]}))
    assert paths.read() == known
