"""What the kernel lets a cluster have is known before it starts, with the line that raises it."""

from __future__ import annotations

import os
import resource
from ctypes import CDLL, get_errno
from pathlib import Path

import pytest

from harness.cluster.embedded import inotify, limits, requirements


def unmet() -> list[tuple[str, str, str]]:
    """Return the name, what was found and the remedy of each limit that is too small for a node."""
    return [(each.name, each.found, each.remedy) for each in requirements._limits(1) if not each.met]


@pytest.fixture(autouse=True)
def plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what this machine has."""
    monkeypatch.setattr(inotify, "in_use", lambda: 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def tree(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_machine_as_distributions_ship_it_has_enough() -> None:
    assert unmet() == []


def test_too_few_watches_are_told_with_the_line_that_raises_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inotify, "watch_limit", lambda: 8192)
    monkeypatch.setattr(inotify, "watches_in_use", lambda: 7500)
    line = "sysctl -w fs.inotify.max_user_watches=524288"
    assert unmet() == [("1200 inotify watches", "692 of 8192 are free", line)]


def test_a_watch_that_is_taken_is_counted(tmp_path: Path) -> None:
    (tmp_path / str(os.getpid())).symlink_to("/proc/self")
    before = inotify.watches_in_use(tmp_path)
    library = CDLL(None, use_errno=True)
    descriptor = library.inotify_init()
    assert descriptor >= 0, get_errno()
    try:
        assert library.inotify_add_watch(descriptor, str(tmp_path).encode(), 2) >= 0
        assert inotify.watches_in_use(tmp_path) == before + 1
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("cgroup", "limited"),
    [("0::/user.slice/session-1.scope\n", "user.slice"), ("8:pids:/user.slice/x\n0::/\n", "pids/user.slice")],
)
def test_threads_are_limited_by_the_kernel_and_by_every_cgroup_above(tmp_path: Path, cgroup: str, limited: str) -> None:
    kernel = {"loadavg": "0.1 0.1 0.1 2/700 99\n", "sys/kernel/threads-max": "30000\n", "self/cgroup": cgroup}
    processes = tree(tmp_path / "proc", kernel)
    groups = tmp_path / "cgroup"
    assert limits.free_threads(processes, groups) == (29300, "kernel.threads-max")
    inner = f"{limited}/{cgroup.strip().splitlines()[0].rpartition('/')[2]}"
    tree(groups, {f"{limited}/pids.max": "450\n", f"{limited}/pids.current": "400\n"})
    tree(groups, {f"{inner}/pids.max": "max\n", f"{inner}/pids.current": "3\n"})
    assert limits.free_threads(processes, groups) == (50, f"{groups}/{limited}/pids.max")


def test_too_few_threads_are_told_with_what_limits_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_threads", lambda: (50, "/sys/fs/cgroup/user.slice/pids.max"))
    assert unmet() == [
        (
            "400 threads",
            "/sys/fs/cgroup/user.slice/pids.max leaves 50",
            "raise /sys/fs/cgroup/user.slice/pids.max",
        )
    ]


def test_too_few_open_files_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, 512))
    [(name, found, remedy)] = unmet()
    assert (name, found) == ("1024 open files", "a process may have 512")
    assert "ulimit -H -n 65536" in remedy


def test_a_machine_that_allows_no_namespaces_is_told_the_line_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "namespaces", lambda: {"user.max_mnt_namespaces": 9000, "user.max_net_namespaces": 0})
    line = "sysctl -w user.max_net_namespaces=32768"
    assert unmet() == [("64 namespaces", "user.max_net_namespaces is 0", line)]
