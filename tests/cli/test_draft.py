"""The commands about an application of one's own, as far as they need no cluster."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli import main
from tests.drafting.test_verdicts import PAIR


@pytest.fixture
def application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "db.yaml").write_text(PAIR)
    return Path("db.yaml")


def test_a_draft_is_written_for_the_folder_it_lies_in(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("features").mkdir()
    assert main(["draft", str(application), "--output", "features/db.feature"]) == 0
    assert 'Given the manifests are in "../db.yaml"' in Path("features/db.feature").read_text()
    assert capsys.readouterr().out == "features/db.feature\n"


def test_a_draft_that_the_shell_puts_elsewhere_is_written_for_there(application: Path) -> None:
    Path("features").mkdir()
    program = [sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())", "draft", "db.yaml"]
    with Path("features/db.feature").open("w") as file:
        subprocess.run(program, stdout=file, check=True)
    assert 'Given the manifests are in "../db.yaml"' in Path("features/db.feature").read_text()


def test_a_plan_touches_nothing(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(application), "--plan"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("db: 2 replicas, db.yaml\n  image busybox:1.36\n  to ask     starts\n")
    assert "  not asked  keeps its data: it has no volume claim templates\n" in told
    assert list(Path().iterdir()) == [application]


@pytest.mark.parametrize("command", ["draft", "check"])
def test_a_target_that_cannot_be_used_is_2(command: str, application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("none.yaml").write_text("kind: Secret\napiVersion: v1\nmetadata: {name: a}\n")
    Path("odd.yaml").write_text(PAIR.replace("replicas: 2", "replicas: two"))
    for target, told in {
        "missing": "missing: there is no such file or folder",
        "none.yaml": "none.yaml: there is no StatefulSet in it, but Secret a",
        "odd.yaml": "odd.yaml:5: StatefulSet db: replicas is no number",
    }.items():
        assert main([command, target]) == 2
        assert told in capsys.readouterr().err


def test_options_that_pytest_does_not_take_are_2(application: Path) -> None:
    program = [sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())", "check", "db.yaml"]
    ended = subprocess.run([*program, "--harness-cluster=moon"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "there is no such cluster" in ended.stderr


@pytest.mark.parametrize("words", [[], ["db.yaml", "--namespace", "shop"]])
def test_either_manifests_or_a_namespace_is_checked(
    words: list[str], application: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *words]) == 2
    assert "name manifests, or what runs: --namespace=NAME" in capsys.readouterr().err


BUDGET = """\
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: db}
spec: {maxUnavailable: 1, selector: {}}
"""


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        (PAIR + BUDGET, [], True),
        (PAIR + BUDGET, ["--harness-nodes=2"], False),
        (PAIR + BUDGET, ["--harness-context", "kind-dev"], False),
        (PAIR, [], False),
    ],
)
def test_a_drain_gets_the_nodes_that_it_takes(
    text: str, options: list[str], told: bool, application: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.extend(command)
        return subprocess.CompletedProcess(command, 4)

    application.write_text(text)
    monkeypatch.setattr(subprocess, "run", run)
    assert main(["check", "db.yaml", *options]) == 2
    assert ("--harness-nodes=3" in asked) is told


def test_two_releases_are_planned_there_and_back(application: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("next.yaml").write_text(PAIR.replace("busybox:1.36", "busybox:1.37"))
    assert main(["check", "db.yaml", "--upgrade-to", "next.yaml", "--plan"]) == 0
    told = capsys.readouterr().out
    assert "  to ask     is upgraded to next, and serves meanwhile\n" in told
    assert '               When release "next" is rolled back to "db"\n' in told


@pytest.mark.parametrize(
    ("options", "at_once"),
    [([], True), (["--harness-cluster=embedded"], True), (["--harness-cluster=kind"], False)],
)
def test_images_that_cannot_be_had_are_told_before_a_cluster_is_started(
    options: list[str],
    at_once: bool,
    application: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The embedded cluster pulls nothing; any other one may."""
    monkeypatch.delenv("HARNESS_CLUSTER", raising=False)
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 4))
    application.write_text(PAIR.replace("busybox:1.36", "example.com/db:1"))
    assert main(["check", "db.yaml", *options]) == (3 if at_once else 2)
    told = "  image example.com/db:1 has to be pulled from a registry: --harness-cluster=kind, or a context"
    assert (told in capsys.readouterr().out) is at_once
