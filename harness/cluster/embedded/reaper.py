"""
Waits for a process to end, then removes the cluster that it owned.

Problem: a test run that is killed cannot remove its cluster. Solution: this small process of the cluster, which holds
nothing but the kernel's handle of the owner, does it then. Should it be killed as well, the next `up` does it.
"""

from __future__ import annotations

import os
import select
import sys

from harness.cluster.components import Component, is_alive

__all__ = ["main"]


def main(name: str, owner: Component) -> None:
    """Return when the owner has ended and the cluster is removed."""
    try:
        handle = os.pidfd_open(owner.pid)
    except ProcessLookupError:
        pass  # it ended before we began
    else:
        if is_alive(owner):
            select.select([handle], [], [])
        os.close(handle)
    from harness.cluster.embedded import lifecycle  # noqa: PLC0415 - a reaper that waits should stay small

    lifecycle.down(name)


if __name__ == "__main__":
    main(sys.argv[1], Component("owner", int(sys.argv[2]), int(sys.argv[3])))
