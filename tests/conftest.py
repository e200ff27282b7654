"""What all tests share."""

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes, and the first one in particular, for which Hypothesis makes a table of Unicode, says what
# else this machine does. Tests about time measure it themselves.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
# Under CI Hypothesis draws the same examples in each run, so that a change is not red by chance. At night it draws
# others (`--hypothesis-profile=nightly`), and tells how to draw them again.
settings.register_profile("nightly", settings.get_profile("any machine"), derandomize=False, print_blob=True)

pytest_plugins = ["pytester"]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark here, so that a run without the folder `embedded` can deselect by it too."""
    config.addinivalue_line("markers", "embedded: starts a real cluster on this machine")
    config.addinivalue_line("markers", "row(number, …): shows these rows of tests/reliability.yaml")
