"""What is known of processes, states and the machine is true, and errors say what to do."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.cli import main
from harness.cluster.components import Component, component_of, is_alive
from harness.cluster.embedded import host, lifecycle, processes, requirements
from harness.cluster.embedded.node_access import why_no_slow_line
from harness.cluster.embedded.requirements import Requirement, install_line
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.cluster.outages import Outage
from harness.errors import BadInput, EnvironmentUnfit


@pytest.fixture
def paths(tmp_path: Path) -> ClusterPaths:
    return ClusterPaths("x", tmp_path / "state", tmp_path / "data", tmp_path / ".x.lock")


def test_a_state_is_read_back_as_it_was_written(paths: ClusterPaths) -> None:
    outage = Outage("node-1", "off", by=Component("maker", 3, 4))
    state = ClusterState(
        "x", "real", 3, 7, owner=Component("owner", 1, 2), missing={"needs_csi": "why"}, outages=(outage,)
    )
    state = state.with_component(Component("etcd", 10, 20)).with_component(Component("etcd", 11, 21))
    assert paths.write(state) == paths.read() == state
    assert paths.read().component("etcd") == Component("etcd", 11, 21)  # type: ignore[union-attr]


def test_a_piece_is_out_when_it_or_its_node_is() -> None:
    by = Component("maker", 1, 2)
    state = ClusterState("x", "real", 2, outages=(Outage("node-1", "off", by), Outage("kube-scheduler", "frozen", by)))
    assert state.is_out("node-1/kubelet")
    assert state.is_out("kube-scheduler")
    assert not state.is_out("node-2/kubelet")
    assert not state.is_out("node-10/kubelet")


def test_a_place_without_a_state_has_none(paths: ClusterPaths) -> None:
    assert paths.read() is None


@pytest.mark.parametrize("name", ["", "-a", "A", "a/b", "..", "a" * 33, "a_b"])
def test_a_name_that_cannot_be_a_folder_and_a_host_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="cannot be the name of a cluster"):
        ClusterPaths.of(name)


def test_processes_are_found_by_their_mark_and_ended(tmp_path: Path) -> None:
    component = processes.spawn("p", ["sh", "-c", "sleep 60 & exec sleep 60"], "token-of-this-test", tmp_path / "log")
    assert is_alive(component)
    processes.end_all("token-of-this-test")
    assert not is_alive(component)
    assert list(processes.marked("token-of-this-test")) == []


def test_a_process_is_ended_with_what_it_has_entered_a_node_for(tmp_path: Path) -> None:
    component = processes.spawn("p", ["unshare", "--fork", "sleep", "60"], "token-of-this-test", tmp_path / "log")
    child = await_child(component)
    processes.end(component)
    processes.end(component)
    assert not is_alive(component)
    assert not is_alive(child)


def test_a_frozen_process_stands_still_and_goes_on_when_it_is_thawed(tmp_path: Path) -> None:
    component = processes.spawn("p", ["sleep", "60"], "token-of-this-test", tmp_path / "log")
    try:
        processes.freeze(component)
        _, status = os.waitpid(component.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert is_alive(component)
        processes.thaw(component)
        _, status = os.waitpid(component.pid, os.WCONTINUED)
        assert os.WIFCONTINUED(status)
    finally:
        processes.end(component)


def await_child(component: Component) -> Component:
    children = Path(f"/proc/{component.pid}/task/{component.pid}/children")
    retrying = Retrying(retry=retry_if_result(lambda text: not text), stop=stop_after_delay(5), wait=wait_fixed(0.01))
    return component_of("child", int(retrying(children.read_text)))


COUNTER = """
import sys
from pathlib import Path
from harness.cluster.embedded.locking import locked

counter = Path(sys.argv[1], "count")
for _ in range(100):
    with locked(Path(sys.argv[1], "locks", "lock")):
        counter.write_text(str(int(counter.read_text()) + 1))
"""


def test_a_lock_keeps_processes_apart_and_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "count").write_text("0")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    running = [subprocess.Popen(command, env=environment) for _ in range(3)]
    assert [one.wait(30) for one in running] == [0, 0, 0]
    assert (tmp_path / "count").read_text() == "300"
    assert not (tmp_path / "locks").exists()


def test_a_reused_pid_is_not_taken_for_the_piece() -> None:
    here = component_of("me", os.getpid())
    assert is_alive(here)
    assert not is_alive(Component("me", here.pid, here.started - 1))


def test_a_process_gets_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_OF_OURS", "1")
    component = processes.spawn("p", ["env"], "t", tmp_path / "logs" / "log")
    os.waitpid(component.pid, 0)
    written = (tmp_path / "logs" / "log").read_text()
    assert "HARNESS_CLUSTER=t" in written
    assert "SECRET_OF_OURS" not in written


def test_a_process_gets_no_open_file_of_ours(tmp_path: Path) -> None:
    """Otherwise a cluster that stays would hold the lock under which it was started."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)  # noqa: FBT003 - it takes no keyword
    component = processes.spawn("p", ["sleep", "60"], "token-of-this-test", tmp_path / "log")
    try:
        os.close(writer)
        assert os.read(reader, 1) == b""
    finally:
        processes.end(component)
        os.close(reader)


def test_the_install_line_names_each_missing_package_once() -> None:
    wanted = [
        Requirement("ip", met=False, found="", package="iproute2"),
        Requirement("nsenter", met=False, found="", package="util-linux"),
        Requirement("unshare", met=False, found="", package="util-linux"),
        Requirement("runc", met=True, found="", package="runc"),
    ]
    assert install_line(wanted).endswith("apt-get install --yes --no-install-recommends iproute2 util-linux")
    assert install_line(wanted[3:]) == ""


def test_what_is_missing_is_refused_with_the_line_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "distribution_program", lambda _: None)
    with pytest.raises(EnvironmentUnfit) as refusal:
        requirements.check("real")
    assert "runc: not installed" in refusal.value.observed
    assert refusal.value.look_at[0].endswith("nftables procps runc util-linux")


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")


@pytest.mark.usefixtures("mac")
@pytest.mark.parametrize("command", [["doctor"], ["doctor", "--fake"], ["cluster", "up"], ["cluster", "build"]])
def test_a_machine_of_another_kind_is_told_of_kind(command: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(command) in (1, 2)
    told = "".join(capfd.readouterr())
    assert "Linux on x86_64: Darwin on arm64" in told
    assert "--harness-cluster=kind (https://kind.sigs.k8s.io)" in told


@pytest.mark.parametrize("script", ["setup", "features", "check", "prove"])
def test_a_script_on_a_machine_of_another_kind_names_kind_and_makes_nothing(script: str, tmp_path: Path) -> None:
    (tmp_path / "uname").write_text('#!/bin/sh\ncase "$1" in -s) echo Darwin ;; -m) echo arm64 ;; esac\n')
    (tmp_path / "uname").chmod(0o755)
    root = Path(__file__).parents[2]
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HARNESS_VENV": str(tmp_path / "venv"), "TMPDIR": str(tmp_path)}
    ran = subprocess.run(
        [root / "ci" / script], env=environment, capture_output=True, text=True, check=False, timeout=20
    )
    assert ran.returncode == 1
    assert "needs Linux on x86_64, and this is Darwin on arm64" in ran.stderr
    assert "ci/features --harness-cluster=kind" in ran.stderr
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    ("user", "sudo", "told"),
    [(0, True, "sysctl -w x=1"), (1000, True, "sudo sysctl -w x=1"), (1000, False, "as root: sysctl -w x=1")],
)
def test_a_line_for_root_is_one_that_this_user_can_enter(
    user: int, sudo: bool, told: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sudo").write_text("")
    (tmp_path / "sudo").chmod(0o755 if sudo else 0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert host.as_root("sysctl -w x=1") == told


def test_fake_nodes_need_neither_root_nor_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(requirements, "distribution_program", lambda _: None)
    assert all(each.met for each in requirements.requirements("fake"))


@pytest.mark.parametrize(("nodes", "kind", "limit"), [(0, "real", 5), (6, "real", 5), (101, "fake", 100)])
def test_a_number_of_nodes_that_cannot_be_is_refused(nodes: int, kind: str, limit: int) -> None:
    with pytest.raises(BadInput) as refusal:
        lifecycle.up("x", nodes, kind, progress=lambda _: None)  # type: ignore[arg-type]
    assert refusal.value.remedy == f"ask for 1 to {limit}"


def test_a_machine_without_the_programs_says_so_instead_of_failing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(host.ENVIRONMENT, "PATH", "")  # type: ignore[arg-type]
    assert why_no_slow_line.__wrapped__() == "the machine has no unshare and no tc"
