"""A cluster that does not come up says why, in the words of the component that kept it, and leaves nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from harness import timeouts
from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.host import path_of
from harness.errors import EnvironmentUnfit
from harness.timeouts import Timeout

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]


def refusal(name: str, program: str, path: Path) -> EnvironmentUnfit:
    """Return the error of a start with this program in place of the pinned one."""
    with pytest.raises(EnvironmentUnfit) as error:
        lifecycle.up(name, programs={program: path}, progress=lambda _: None)
    assert lifecycle.status(name) is None
    return error.value


def script(folder: Path, text: str) -> Path:
    path = folder / "program"
    path.write_text(f"#!/cluster/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_shim_that_cannot_be_spoken_to_is_told_by_containerd(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was told as "a ready pod of CoreDNS did not come about", of which nobody learns anything."""
    monkeypatch.setattr(timeouts, "DNS", Timeout(45))  # containerd tries again after twelve seconds, twice
    error = refusal(name, "containerd-shim-runc-v2", script(tmp_path, "echo of another version >&2; exit 1"))
    assert error.title.startswith("the cluster did not come up: node-1-containerd: ")
    assert "failed to start shim: start failed: of another version" in error.title
    assert "a ready pod of CoreDNS did not come about" in error.observed
    assert (Path(error.look_at[-1]) / "node-1-containerd.log").exists()


def test_a_piece_that_ends_ends_the_wait_with_its_last_words(name: str, tmp_path: Path) -> None:
    error = refusal(name, "kubelet", script(tmp_path, "echo unknown field cgroupRoot >&2; exit 1"))
    assert error.title == "node-1/kubelet ended while the cluster was being started"
    assert error.observed == "unknown field cgroupRoot"


def test_a_dns_that_ends_again_and_again_is_told_with_its_last_words(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeouts, "DNS", Timeout(20))
    error = refusal(name, "coredns", Path(path_of("busybox")))  # which has no command of that name
    assert error.title == "the cluster did not come up: coredns: coredns: applet not found"
    assert list(Path(error.look_at[-1]).glob("coredns-*.log"))


def test_a_containerd_that_ends_is_not_waited_for(name: str, tmp_path: Path) -> None:
    began = time.monotonic()
    error = refusal(name, "containerd", script(tmp_path, "echo invalid plugin >&2; exit 1"))
    assert (error.title, error.observed) == ("containerd of node-1 ended at once", "invalid plugin")
    assert time.monotonic() - began < 20
