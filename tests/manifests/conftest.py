"""A real kubectl, which manifests are held against."""

from __future__ import annotations

import os
import shutil

import pytest

from harness.cluster.embedded.cache import Cache


@pytest.fixture(scope="session")
def kubectl_program() -> str:
    """Return the kubectl that was built for the embedded cluster, or else the machine's own."""
    built = sorted(Cache.of_user().root.glob("programs/kubernetes-*/kubectl"))
    program = str(built[-1]) if built else shutil.which("kubectl")
    if program is None:
        pytest.skip("there is no kubectl, neither on the PATH nor built for the embedded cluster")
    return program


@pytest.fixture
def kubectl(kubectl_program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have that kubectl on the PATH."""
    monkeypatch.setenv("PATH", f"{os.path.dirname(kubectl_program)}:{os.environ['PATH']}")  # noqa: PTH120
