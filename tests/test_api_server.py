"""Versions of Kubernetes as servers and people write them."""

from __future__ import annotations

import pytest

from harness.api_server import ApiServer, minor_of


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1.37", (1, 37)), ("v1.36.3", (1, 36)), ("v1.31.4-eks-2d5f260", (1, 31)), ("1.9", (1, 9)), ("latest", None)],
)
def test_minor_release_of_a_version(text, minor):
    assert minor_of(text) == minor


def test_releases_compare_by_number():
    assert ApiServer("v1.9.0").minor < ApiServer("v1.10.0").minor
