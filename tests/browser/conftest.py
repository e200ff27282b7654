"""One browser for all tests, and a page of a real failure among scenarios that passed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from harness.plugin.catalogue import catalogue
from harness.reports.page import Run, facts_of, write_page
from harness.reports.results import ScenarioResult, Timing, recorded_result
from harness.workplace import workplace
from tests.browser.driver import Browser

RECORDING = Path(__file__).parent.parent / "reports" / "recordings" / "parallel-start.jsonl.gz"
FEATURES = Path(__file__).parent.parent.parent / "features"
SKIPPED = ScenarioResult(
    "s::s", "s.feature", "A map is there", 19, "skipped", 0.0, message="no volumes here", tags=("needs_volumes",)
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the distribution's Chromium; without one there is nothing to look at a page with."""
    if not shutil.which("chromedriver"):
        pytest.skip("there is no browser; install it with: apt-get install chromium chromium-driver fonts-dejavu-core")
    with workplace("browser") as folder:
        browser = Browser(folder)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where pictures go: into the folder that HARNESS_PICTURES names, so that they can be kept."""
    return Path(os.environ.get("HARNESS_PICTURES") or tmp_path_factory.mktemp("pictures"))


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a set whose replicas started in parallel where an order was promised."""
    failed = recorded_result(RECORDING)
    passed = replace(failed, outcome="passed", message="", expected="", observed="", events=(), title="It starts again")
    path = tmp_path_factory.mktemp("page") / "report.html"
    write_page([failed, passed, SKIPPED], path, Run("2026-11-21T10:49:01Z", 26.5, facts_of([failed])))
    return path


@pytest.fixture(scope="session")
def whole_page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the page of a run of all features: one failed, what needs containers was skipped, the others passed."""
    failed = recorded_result(RECORDING)
    results = [
        ScenarioResult(
            f"{entry.file}::{entry.title}",
            f"features/{entry.file}",
            entry.title,
            number,
            "skipped" if "needs_containers" in entry.tags else "passed",
            number % 7,
            message="needs a cluster that runs containers: fake nodes run none" * ("needs_containers" in entry.tags),
            feature_title=entry.promise,
            tags=tuple(sorted(entry.tags)),
            promises={"ordered start": "kept", "single volume writer": "not applicable"},
            timing=Timing(60.0, 40.0, 15.0, 2.0),
        )
        for number, entry in enumerate(catalogue(FEATURES))
    ]
    path = tmp_path_factory.mktemp("whole") / "report.html"
    write_page([failed, *results], path, Run("2026-11-21T10:49:01Z", 1264.5, facts_of([failed])))
    return path


@pytest.fixture
def page(browser: Browser, page_file: Path) -> Iterator[Browser]:
    """Open the page anew in light colours; it must not have complained at the end."""
    browser.prefer("light")
    browser.open(page_file)
    yield browser
    assert browser.complaints() == []
