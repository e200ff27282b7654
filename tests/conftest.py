"""What all tests share."""

import pytest

pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark here, so that a run without the folder `embedded` can deselect by it too."""
    config.addinivalue_line("markers", "embedded: starts a real cluster on this machine")
