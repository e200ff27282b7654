"""Cucumber's own HTML formatter renders what we write."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from harness.reports.messages import write_messages
from harness.reports.results import recorded_result
from tests.browser.conftest import RECORDING

FORMATTER = Path(__file__).parent / "cucumber"
FEATURE = """\
Feature: Replicas start one by one, each with its predecessor ready

  Scenario: A new set starts its replicas in the order of their ordinals
    When StatefulSet "nginx-web" is applied with 3 replicas
    Then within 90 seconds all 3 replicas of "nginx-web" are ready
    And pods "nginx-web-0" and "nginx-web-1" were created in this order, each after the one before was ready
    And at no time since the scenario began did "nginx-web" start a replica out of order
"""


@pytest.fixture(scope="session")
def formatter(tmp_path_factory) -> Path:
    """Install the formatter that package-lock.json pins by its hashes, into a folder of its own."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed; install it with: apt-get install npm")
    folder = tmp_path_factory.mktemp("formatter") / "cucumber"
    shutil.copytree(FORMATTER, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


def test_cucumbers_formatter_shows_our_scenario_and_its_failure(formatter, browser, tmp_path):
    (tmp_path / "start.feature").write_text(FEATURE)
    failed = replace(recorded_result(RECORDING), feature="start.feature", line=3, began=1_800_000_000.0)
    write_messages([[failed]], tmp_path / "messages.ndjson", tmp_path, 1_800_000_000.0)

    render = ["node", formatter / "render.mjs", tmp_path / "messages.ndjson", tmp_path / "cucumber.html"]
    subprocess.run(render, check=True)

    browser.open(tmp_path / "cucumber.html")
    shown = browser.run("return document.body.innerText")
    assert "0% (0 / 1) passed" in shown
    assert failed.title in shown
    assert failed.message.splitlines()[0] in shown
    assert browser.complaints() == []
