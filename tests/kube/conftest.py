"""A fake API server for the tests of the door to Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.kube.api import Api
from tests.fakes.apiserver import FakeServer, kubeconfig, serving


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with serving() as served:
        yield served


@pytest.fixture
def api(server: FakeServer, tmp_path: Path) -> Api:
    return Api.connect(kubeconfig(tmp_path, server.url))
