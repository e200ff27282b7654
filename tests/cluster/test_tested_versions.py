"""A server of a release that nobody has tried is told of at the start."""

from __future__ import annotations

import pytest

from harness.cluster.embedded.families import kubernetes_versions, release_of
from harness.cluster.tested_versions import untried


@pytest.mark.parametrize("version", [*map(release_of, kubernetes_versions()), "v1.35.2-gke.100", "v1.36.0+k3s1"])
def test_of_a_release_that_was_tried_nothing_is_said(version: str) -> None:
    assert untried(version) == ""


@pytest.mark.row(51)
@pytest.mark.parametrize(
    ("version", "said"),
    [
        (
            "v1.29.3",
            "is older: the features were tried on 1.34 to 1.37; a promise may fail for want of what came later",
        ),
        ("v1.4.0", "is older"),  # compared as numbers
        ("v1.38.0-beta.0", "is newer: the features were tried on 1.34 to 1.37; a promise may no longer hold"),
        ("v2.0.0", "is newer"),
        ("", "of a version that it does not tell"),
        ("development", "development: the features were tried on"),
    ],
)
def test_a_release_that_was_not_tried_is_told_with_those_that_were(version: str, said: str) -> None:
    assert said in untried(version)
