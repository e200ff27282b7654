"""The language service of the Cucumber extension of VS Code knows our sentences by their stub."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.cli import main
from harness.plugin.vocabulary import sentences
from tests.vocabulary.test_sentences import FEATURES

SERVICE = Path(__file__).parent / "editor"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the service that package-lock.json pins by its hashes, into a folder of its own."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed; install it with: apt-get install npm")
    folder = tmp_path_factory.mktemp("service") / "editor"
    shutil.copytree(SERVICE, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


def test_an_editor_knows_every_step_by_the_stub(
    service: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["steps", "--format=stub"]) == 0
    stub, strange = tmp_path / "statefulspec_steps.py", tmp_path / "strange.feature"
    stub.write_text(capsys.readouterr().out)
    strange.write_text('Feature: f\n  Scenario: s\n    When StatefulSet "web" is restarted at noon\n')
    asked = ["node", "sentences.mjs", stub, strange, *sorted(FEATURES.rglob("*.feature"))]
    told = subprocess.run(asked, cwd=service, check=True, capture_output=True, text=True).stdout.splitlines()
    assert told == [
        f'{strange}:3: Undefined step: StatefulSet "web" is restarted at noon',
        f"{len(sentences())} expressions",
    ]
