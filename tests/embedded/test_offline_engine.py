"""The engine in which kind runs in CI: the machine does not notice it, and nothing of it is left."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tenacity import retry, retry_if_result, stop_after_delay, wait_fixed

from ci.offline_kind import engine
from harness.cluster.embedded import cgroups
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.host import distribution_program
from harness.cluster.embedded.images import Image, archive, shell_layer

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

IMAGE = "example.org/shell:1"
CONTAINER = f"docker run --detach --privileged {IMAGE} sleep 1000 && cat /sys/class/net/lo/operstate && ip -brief link"


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    busybox = distribution_program("busybox")
    assert busybox is not None
    return archive([Image((IMAGE,), (shell_layer(busybox),))], "shell", Cache(tmp_path / "cache"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield a folder of this test's own for what engines keep, with a path that leaves room for sockets."""
    folder = Path(tempfile.mkdtemp(prefix="engines-"))  # tmp_path is too long, and was asked for lest it lie in here
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield folder
    folder.rmdir()


@contextmanager
def started(folder: Path, shell: Path, command: str) -> Iterator[subprocess.Popen[str]]:
    """Run a command beside an engine in a process of its own, which is killed on leaving if it has not ended."""
    call = f"sys.exit(engine.run(Path({str(shell)!r}), Path('/nowhere'), ['sh', '-c', {command!r}]))"
    code = f"import sys; from pathlib import Path; from ci.offline_kind import engine; {call}"
    env = {**os.environ, "TMPDIR": str(folder)}
    arguments = [sys.executable, "-c", code]
    with subprocess.Popen(
        arguments, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def until_up(running: subprocess.Popen[str]) -> str:
    """Return what it says before it says that it is up, or all that it has said when it has ended."""
    assert running.stdout
    return "".join(itertools.takewhile(lambda line: line != "up\n", running.stdout))


def cgroups_of(running: subprocess.Popen[str]) -> set[str]:
    return cgroups.names(f"statefulspec-engine-{running.pid}-*")


def processes_of(folder: Path) -> list[int]:
    """Return the processes of the engine that keeps its things in the folder, by the mounts that they alone see."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                mounts = (process / "mountinfo").read_text()
            except OSError:
                continue  # it has ended
            if str(folder) in mounts:
                found.append(int(process.name))
    return found


def test_a_command_finds_an_engine_and_the_machine_sees_none(temporary: Path, shell: Path) -> None:
    with started(temporary, shell, f"{CONTAINER}; echo up; read word; exit 7") as running:
        assert "docker0" in until_up(running)
        (folder,) = temporary.iterdir()
        assert not Path("/sys/class/net/docker0").exists()
        assert str(folder) not in Path("/proc/self/mountinfo").read_text()
        assert len(cgroups_of(running)) == 1
        rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
        assert "DOCKER" not in rules
        running.communicate("go on\n")
    assert running.returncode == 7
    assert cgroups_of(running) == set()


@retry(retry=retry_if_result(bool), stop=stop_after_delay(10), wait=wait_fixed(0.05))
def await_none(folder: Path) -> list[int]:
    return processes_of(folder)


def test_an_engine_ends_with_a_run_that_is_killed_and_the_next_run_removes_the_rest(
    temporary: Path, shell: Path
) -> None:
    with started(temporary, shell, f"mktemp -d; {CONTAINER}; echo up; exec sleep 1000") as running:
        assert "docker0" in until_up(running)
        (folder,) = temporary.iterdir()
        assert len(processes_of(folder)) > 3
    assert await_none(folder) == []
    assert folder.exists()
    assert cgroups_of(running)
    assert engine.run(shell, Path("/nowhere"), ["true"]) == 0
    assert cgroups_of(running) == set()


def test_an_interrupt_is_the_commands_to_answer(temporary: Path, shell: Path) -> None:
    command = "trap 'echo its own way; exit 5' INT; echo up; while :; do sleep 0.1; done"
    with started(temporary, shell, command) as running:
        assert until_up(running) == ""
        os.killpg(running.pid, signal.SIGINT)
        assert running.communicate(timeout=30) == ("its own way\n", None)
    assert running.returncode == 5
