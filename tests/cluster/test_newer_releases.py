"""What a cluster can be upgraded to: releases that are pinned and built, one after the other."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from harness.api_server import short
from harness.cluster.components import component_of
from harness.cluster.embedded import newer_releases
from harness.cluster.embedded.families import Family, kubernetes_versions
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.cluster.outages import Outage
from harness.errors import BadInput

FIRST, SECOND, THIRD, *_ = kubernetes_versions()
NEWEST = kubernetes_versions()[-1]


class Made:
    """A stock of Kubernetes in some minor releases; its API servers take each gate but NoSuchGate."""

    def __init__(self, folder: Path, *minors: str) -> None:
        self.folder, self.minors = folder, minors
        for minor in minors:
            (folder / minor).mkdir(parents=True)
            for name in newer_releases.PROGRAMS:
                program = folder / minor / name
                program.write_text(f'#!/bin/sh\ncase "$*" in *NoSuchGate*) exit 1 ;; esac\n# {minor}\n')
                program.chmod(0o755)

    def made(self, family: Family) -> Path | None:
        minor = short(family.version)
        return self.folder / minor if minor in self.minors else None


def cluster(minor: str = FIRST, *upgraded: str) -> ClusterState:
    me = component_of("test", os.getpid())
    outages = tuple(Outage(what, "upgraded", me) for what in upgraded)
    return ClusterState("c", "real", 1, kubernetes=f"v{minor}.9", outages=outages)


@pytest.fixture
def paths(tmp_path: Path) -> ClusterPaths:
    return ClusterPaths("c", tmp_path / "state", tmp_path / "data", tmp_path / ".lock")


def test_a_cluster_says_why_it_cannot_be_upgraded(tmp_path: Path) -> None:
    """To build a release takes minutes, and so nothing but a person decides that it is built."""
    stock = Made(tmp_path, SECOND)
    assert newer_releases.missing_reason(cluster(FIRST), stock) == ""
    assert f"cluster build --kubernetes-version={THIRD}" in newer_releases.missing_reason(cluster(SECOND), stock)
    assert "newest release that is pinned" in newer_releases.missing_reason(cluster(NEWEST), stock)
    given = replace(cluster(FIRST), given={"kubelet": "v1.30.0", "etcd": "3.6.0"})
    assert newer_releases.missing_reason(given, stock) == "kubelet of it was given by path, and a newer one was not"


def test_releases_are_at_hand_up_to_the_first_that_is_not_built(tmp_path: Path, paths: ClusterPaths) -> None:
    newer_releases.provide(paths, cluster(FIRST), Made(tmp_path / "stock", SECOND, NEWEST))
    folders = {path.parent.name for path in paths.data.glob("releases/*/kubelet")}
    assert folders == ({SECOND, NEWEST} if THIRD == NEWEST else {SECOND})
    newer_releases.provide(paths, cluster(FIRST), Made(tmp_path / "again", SECOND))  # nothing is replaced


def test_a_release_that_does_not_take_the_gates_of_the_cluster_is_refused(tmp_path: Path, paths: ClusterPaths) -> None:
    gated = replace(cluster(FIRST), gates={"NoSuchGate": True})
    with pytest.raises(BadInput, match="refuses these feature gates"):
        newer_releases.provide(paths, gated, Made(tmp_path / "stock", SECOND))
    assert not paths.data.exists()


def test_each_upgrade_of_a_component_is_one_release_further(tmp_path: Path, paths: ClusterPaths) -> None:
    """Its neighbours stay what they are."""
    state = cluster(FIRST, "kube-apiserver", "kube-apiserver", "node-1/kubelet")
    assert newer_releases.folder_of(state, "kube-apiserver") == f"releases/{THIRD}"
    assert newer_releases.folder_of(state, "kube-apiserver", back=1) == f"releases/{SECOND}"
    assert newer_releases.folder_of(state, "kube-apiserver", back=2) == "bin"
    assert newer_releases.folder_of(state, "node-1/kubelet") == f"releases/{SECOND}"
    assert newer_releases.folder_of(state, "node-2/kubelet") == "bin"
    assert not state.is_out("kube-apiserver")

    newer_releases.provide(paths, state, Made(tmp_path / "stock", SECOND))
    newer_releases.refuse_unless_there(paths, state, "kube-scheduler")
    newer_releases.refuse_unless_there(paths, state, "node-2/kube-proxy")
    with pytest.raises(BadInput, match="etcd is not upgraded with Kubernetes"):
        newer_releases.refuse_unless_there(paths, state, "etcd")
    with pytest.raises(BadInput, match=f"no program of Kubernetes {THIRD} to upgrade node-1/kubelet to"):
        newer_releases.refuse_unless_there(paths, state, "node-1/kubelet")
    with pytest.raises(BadInput, match="no program of a newer release"):
        newer_releases.refuse_unless_there(paths, cluster(NEWEST), "kube-scheduler")
