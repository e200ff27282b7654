"""A volume is filled only where that hurts nobody, and has its room again afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from harness.actions.filling import LARGEST_KIB, empty_volume, fill_volume
from harness.errors import EnvironmentUnfit
from harness.kube.exec import CommandResult
from tests.actions.test_actions import FakeApi, FakeTarget

HEAD = "Filesystem 1024-blocks Used Available Capacity Mounted on"


def place_with(volume: dict[str, Any], size: str) -> FakeTarget:
    """Return a place whose pod mounts a volume, beside its programs, of which `df` tells this size."""
    mounts = [{"name": "programs", "mountPath": "/programs"}, {"name": "pages", "mountPath": "/data"}]
    volumes = [{"name": "programs", "configMap": {}}, {"name": "pages", **volume}]
    spec = {"containers": [{"name": "c", "volumeMounts": mounts}], "volumes": volumes}
    pod = {"kind": "Pod", "metadata": {"name": "web-0", "uid": "u"}, "spec": spec}
    return FakeTarget(
        FakeApi({("Pod", "web-0"): pod}, ran=CommandResult(0, f"{HEAD}\ntmpfs {size} 0 1 0% /data\n", ""))
    )


def commands(target: FakeTarget) -> list[list[str]]:
    return [request[4]["argv"] for request in target.api.requests if request[0] == "exec"]


@pytest.mark.parametrize("volume", [{"emptyDir": {"medium": "Memory"}}, {"persistentVolumeClaim": {"claimName": "p"}}])
def test_a_small_volume_is_filled_and_healed(volume: dict[str, Any]) -> None:
    target = place_with(volume, "8192")
    fill_volume(target.target, "web-0")
    assert commands(target)[0] == ["df", "-Pk", "/data"]
    assert commands(target)[1][-2:] == ["/data/.statefulspec-filler", "/data"]
    assert target.recorded()[0][2]["until"] == "empty volume"
    target.healing.heal()
    assert commands(target)[2] == ["rm", "-f", "/data/.statefulspec-filler"]


@pytest.mark.parametrize("size", [str(LARGEST_KIB + 1), "-"])
def test_a_volume_that_may_be_shared_is_refused_before_anything_is_written(size: str) -> None:
    target = place_with({"persistentVolumeClaim": {"claimName": "p"}}, size)
    with pytest.raises(EnvironmentUnfit, match="without harm to others"):
        fill_volume(target.target, "web-0")
    assert commands(target) == [["df", "-Pk", "/data"]]
    assert target.recorded() == []
    target.healing.heal()
    assert len(commands(target)) == 1


def test_a_pod_without_a_volume_is_refused() -> None:
    target = place_with({"configMap": {}}, "8192")
    with pytest.raises(EnvironmentUnfit, match="no volume to fill"):
        fill_volume(target.target, "web-0")
    assert commands(target) == []


def test_a_pod_that_is_gone_needs_no_healing() -> None:
    """Its volume in memory went with it; a successor's was never filled."""
    target = place_with({"emptyDir": {}}, "8192")
    fill_volume(target.target, "web-0")
    target.api.objects["Pod", "web-0"]["metadata"]["uid"] = "another"
    target.healing.heal()
    assert len(commands(target)) == 2


def test_room_is_given_back() -> None:
    target = place_with({"emptyDir": {}}, "8192")
    empty_volume(target.target, "web-0")
    assert commands(target) == [["rm", "-f", "/data/.statefulspec-filler"]]
    assert target.recorded()[0][2]["verb"] == "empty volume"
