"""Runs a command where kind works, and takes away everything afterwards: `ci/kind COMMAND ARGUMENT…`."""

from __future__ import annotations

import os
import signal
import sys

from ci.offline_kind import engine, sources
from ci.offline_kind.node_image import NAME, node_image
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.passing import Voice
from harness.errors import HarnessError


def main(command: list[str]) -> int:
    """Return the command's exit status; pytest in it takes the node image where nothing else is asked for."""
    signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    cache = Cache.of_user()
    image = node_image(cache, _say)
    os.environ.setdefault("HARNESS_KIND_IMAGE", NAME)
    return engine.run(image, GoModules(cache, _say).ensure(sources.KIND), command)


def _written(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


_say = Voice(_written, terminal=sys.stderr.isatty()).say


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except HarnessError as error:
        sys.exit(str(error))
