"""Where the plugin keeps what belongs to a run: the keys of pytest's stash. A scenario has its attempt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.api_server import ApiServer
    from harness.plugin.hosting import ClusterHost
    from harness.plugin.run_settings import Settings
    from harness.reports.live_status import LiveStatus
    from harness.scenario.folders import Folders

__all__ = ["FOLDER", "FOLDERS", "HOST", "IDLE", "NAMESPACES", "RUN", "SERVER", "SETTINGS", "UNAVAILABLE"]

SETTINGS: pytest.StashKey[Settings] = pytest.StashKey()
HOST: pytest.StashKey[ClusterHost] = pytest.StashKey()
"""Only in the process that controls the run."""
UNAVAILABLE: pytest.StashKey[str] = pytest.StashKey()
"""Why this process cannot have the run's cluster, in one line; known once it has asked for it in vain."""
FOLDER: pytest.StashKey[Path] = pytest.StashKey()
"""A folder of the run's own, shared by its workers, removed at its end."""
RUN: pytest.StashKey[str] = pytest.StashKey()
"""The run's id, a label of everything it makes."""
SERVER: pytest.StashKey[ApiServer] = pytest.StashKey()
"""What the run's API server says of itself, asked for once."""
IDLE: pytest.StashKey[Callable[[LiveStatus], None]] = pytest.StashKey()
"""Shown, about twice a second, what is to be seen of a scenario that waits."""
FOLDERS: pytest.StashKey[Folders] = pytest.StashKey()
"""The folders that the scenarios of this process have on nodes, where somebody must remove them."""
NAMESPACES: pytest.StashKey[list[str]] = pytest.StashKey()
"""The namespaces that this process has made and asked the server to remove."""
