"""The features on claims without a volume hold, and can fail, where the default class waits for a pod, as on kind."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from harness.cluster.embedded import lifecycle
from harness.kube.api import Api
from harness.model import KINDS

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
FEATURE = "features/volumes/waiting/unbound-claims.feature"


@pytest.fixture
def waiting(name: str) -> str:
    """Return the name of a cluster whose default class makes a volume for the first pod alone."""
    running = lifecycle.up(name, 1, "fake", progress=print)
    with closing(Api.connect(running.paths.kubeconfig)) as api:
        found = api.read(KINDS["StorageClass"], "standard")
        metadata = {key: found["metadata"][key] for key in ("name", "annotations")}
        api.delete(KINDS["StorageClass"], "standard")
        waits = {"metadata": metadata, "volumeBindingMode": "WaitForFirstConsumer"}
        api.create(KINDS["StorageClass"], {**found, **waits})
    return name


@pytest.mark.parametrize("more", [[], ["--harness-prove"]], ids=["hold", "can fail"])
def test_claims_of_a_class_that_waits(waiting, tmp_path, more):
    command = [sys.executable, "-m", "pytest", FEATURE, "--harness-cluster=fake", f"--harness-cluster-name={waiting}"]
    command += [f"--harness-report={tmp_path}", "-p", "no:cacheprovider", *more]

    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stdout[-3000:]
    assert "3 passed, 1 skipped" in run.stdout
