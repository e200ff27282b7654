"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes, and the first one in particular, for which Hypothesis makes a table of Unicode, says what
# else this machine does. Tests about time measure it themselves.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark here, so that a run without the folder `embedded` can deselect by it too."""
    config.addinivalue_line("markers", "embedded: starts a real cluster on this machine")
