"""Lets the plugin take part in a run that has something for it: what it takes is imported then, and not before."""

from __future__ import annotations

import pytest

from harness.plugin.keys import SETTINGS

__all__ = ["is_awake", "settle", "wake"]

_AT_WORK = "harness-at-work"


def is_awake(config: pytest.Config) -> bool:
    """Return whether the plugin takes part in this run."""
    return bool(config.pluginmanager.has_plugin(_AT_WORK))


def settle(config: pytest.Config) -> None:
    """Read what the run was told, and scale the time-outs of this process; once. Raises pytest.UsageError."""
    if SETTINGS in config.stash:
        return
    from harness import timeouts
    from harness.plugin.run_settings import read_settings

    settings = config.stash[SETTINGS] = read_settings(config)
    timeouts.set_scale(settings.timeout_scale)
    if settings.pause_on_failure:
        from harness.plugin.pause import require_terminal

        require_terminal(config)


def wake(config: pytest.Config) -> None:
    """Let the plugin take part; from then on, again does nothing."""
    if not is_awake(config):
        settle(config)
        from harness.plugin import at_work

        config.pluginmanager.register(at_work, _AT_WORK)
        at_work.begin(config)
