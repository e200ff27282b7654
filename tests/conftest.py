"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from harness.kube.api import Api
from tests.fakes.apiserver import FakeServer, kubeconfig, serving

# How long an example takes, and the first one in particular, for which Hypothesis makes a table of Unicode, says what
# else this machine does. Tests about time measure it themselves.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# Under CI Hypothesis draws the same examples in each run, so that a change is not red by chance. At night it draws
# others (`--hypothesis-profile=nightly`), and tells how to draw them again.
settings.register_profile("nightly", settings.get_profile("any machine"), derandomize=False, print_blob=True)

pytest_plugins = ["pytester"]
collect_ignore = ["neighbours"]
"""What `ci/neighbours` runs, in an environment of its own."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark here, so that a run without the folder `embedded` can deselect by it too."""
    config.addinivalue_line("markers", "embedded: starts a real cluster on this machine")
    config.addinivalue_line("markers", "row(number, …): shows these rows of tests/reliability.yaml")


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """Give an API server that holds nothing yet; tests that want another one have a fixture of this name."""
    with serving() as fake:
        yield fake


@pytest.fixture
def api(server: FakeServer, tmp_path: Path) -> Iterator[Api]:
    """Give a client of that server."""
    with closing(Api.connect(kubeconfig(tmp_path, server.url))) as connected:
        yield connected
