"""Instances of inotify: what is free is what counts, and a cluster that fails for them says so."""

from __future__ import annotations

import os
import tempfile
from ctypes import CDLL, get_errno
from pathlib import Path

import pytest

from harness.cluster.embedded import fake, inotify, lifecycle, requirements
from harness.errors import EnvironmentUnfit

REFUSED = 'E1121 kubelet.go:1] "Failed" err="inotify_init: too many open files"\n'


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a cluster of one node have enough, and one of three not."""
    monkeypatch.setattr(inotify, "limit", lambda: 64)
    monkeypatch.setattr(inotify, "in_use", lambda: 40)


def of_inotify(nodes: int) -> requirements.Requirement:
    return next(each for each in requirements.requirements("real", nodes) if "inotify" in each.name)


def test_an_instance_that_is_taken_is_counted(tmp_path: Path) -> None:
    (tmp_path / str(os.getpid())).symlink_to("/proc/self")  # what others take meanwhile is not our affair
    before = inotify.in_use(tmp_path)
    descriptor = CDLL(None, use_errno=True).inotify_init()
    assert descriptor >= 0, get_errno()
    try:
        assert inotify.in_use(tmp_path) == before + 1
    finally:
        os.close(descriptor)


def test_more_nodes_need_more_of_what_is_free(fewer: None) -> None:
    assert of_inotify(1).met
    short = of_inotify(3)
    assert (short.name, short.met, short.found) == ("35 inotify instances", False, "24 of 64 are free")
    assert short.remedy == "sysctl -w fs.inotify.max_user_instances=1024"


def test_a_log_without_a_refusal_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "kubelet.log").write_text("accept: too many open files\n")
    assert inotify.refusal(tmp_path) == ""


def test_a_cluster_that_comes_up_too_late_for_want_of_them_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def bring_up(assembly: object, _programs: object) -> None:
        logs = assembly.paths.logs  # type: ignore[attr-defined]
        logs.mkdir(parents=True, exist_ok=True)
        (logs / "node-1-kubelet.log").write_text(REFUSED)
        raise EnvironmentUnfit("all nodes ready did not come about", observed="no object")

    monkeypatch.setattr(fake, "bring_up", bring_up)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where the logs of a start that failed are kept
    with pytest.raises(EnvironmentUnfit) as error:
        lifecycle.up("test-inotify", 1, "fake", progress=lambda _: None)

    reason = f"inotify has run out: node-1-kubelet: {REFUSED.strip()}"
    assert error.value.title == f"the cluster did not come up: {reason}"
    assert error.value.observed == "all nodes ready did not come about\nno object"
    assert error.value.look_at[0].startswith("sysctl -w fs.inotify.max_user_instances=")
    assert lifecycle.status("test-inotify") is None
