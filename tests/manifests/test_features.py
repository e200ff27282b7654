"""The manifests of our own features are read by the rules that everybody's are."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.manifests.loading import load

FEATURES = Path(__file__).parents[2] / "features"
LEDGERS = ("bugs.yaml", "controls.yaml", "seeds.yaml", "upstream.yaml", "versions.yaml")


@pytest.mark.parametrize(
    "path", [path for path in sorted(FEATURES.rglob("*.yaml")) if path.name not in LEDGERS], ids=str
)
def test_manifests_of_features_are_accepted(path: Path) -> None:
    assert load(path)
