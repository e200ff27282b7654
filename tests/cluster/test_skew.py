"""Components further apart than upstream lets them be start no cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.families import DEFAULT
from harness.cluster.embedded.skew import check
from harness.errors import BadInput


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"kubelet": "v1.33.2"},
        {"kube-proxy": "v1.33.2"},
        {"kube-scheduler": "v1.35.4", "kube-controller-manager": "v1.35.4"},
        {"kubectl": "v1.37.0"},
        {"kube-apiserver": "v1.37.2"},  # the others are of the release, one older
        {"etcd": "3.7.0"},
        {"kubelet": "/home/me/kubelet"},
    ],
)
def test_components_that_may_work_together_pass(given: dict[str, str]) -> None:
    """A program that does not say its version counts as the release's own."""
    check("v1.36.3", given)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"kubelet": "v1.37.2"}, "kubelet 1.37 is 1 minor release newer than kube-apiserver 1.36"),
        ({"kubelet": "v1.32.1"}, "kubelet 1.32 is 4 minor releases older than kube-apiserver 1.36"),
        ({"kube-proxy": "v1.37.2"}, "kube-proxy 1.37 is 1 minor release newer"),
        ({"kube-scheduler": "v1.34.4"}, "kube-scheduler 1.34 is 2 minor releases older"),
        ({"kube-controller-manager": "v1.37.2"}, "kube-controller-manager 1.37 is 1 minor release newer"),
        ({"kubectl": "v1.38.0"}, "kubectl 1.38 is 2 minor releases newer"),
        ({"kube-apiserver": "v1.35.4"}, "kubelet 1.36 is 1 minor release newer than kube-apiserver 1.35"),
        ({"kubelet": "v2.36.0"}, "kubelet 2.36 is of another major release"),
    ],
)
def test_components_too_far_apart_are_refused_by_name(given: dict[str, str], told: str) -> None:
    """Also where the given one is the API server: the others are the release's then."""
    with pytest.raises(BadInput) as refusal:
        check("v1.36.3", given)
    assert told in refusal.value.problem
    assert "version-skew-policy" in refusal.value.remedy


def test_no_cluster_is_made_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before any program is built or started."""
    monkeypatch.setenv("HARNESS_CACHE", str(tmp_path / "cache"))
    kubelet = tmp_path / "kubelet"
    kubelet.write_text("#!/bin/sh\necho Kubernetes v1.30.0\n")
    kubelet.chmod(0o755)
    with pytest.raises(BadInput, match=r"kubelet 1\.30 is \d minor releases older"):
        lifecycle.up("skewed", kind="fake", progress=lambda _: None, programs={"kubelet": kubelet}, kubernetes=DEFAULT)
    assert lifecycle.status("skewed") is None
    assert not list((tmp_path / "cache").glob("programs/*"))
