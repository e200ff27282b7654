"""The page on kind names exactly the scenarios that the profile of its nightly run leaves out."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from harness.cluster.providers import LOCAL
from harness.plugin.catalogue import catalogue

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "kind.md").read_text()


def lacks_of(engine: str, *arguments: str) -> set[str]:
    """Return what the profile of a nightly run lets a cluster lack."""
    script = (ROOT / "ci" / "conformance").read_text()
    profile = script[script.index("detached=") : script.index("venv=")]
    command = ["/bin/bash", "-c", f'engine=$0\n{profile}\necho "${{lacks[@]}}"', engine, *arguments]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_page_lists_what_kind_cannot_play():
    lacks = lacks_of("kind", "--harness-nodes=3")
    told = re.findall(r"^\| \[(.+?)\]\(\.\./features/(.+?)\) \| (.+?) \| `@(\w+)` \|$", PAGE, flags=re.MULTILINE)

    cannot = {(entry.file, entry.title) for entry in catalogue(ROOT / "features") if entry.tags & lacks}
    assert {(file, title) for file, _, title, _ in told} == cannot
    assert {tag for _, _, _, tag in told} <= lacks
    assert lacks_of("kind") - lacks == {"needs_three_nodes", "needs_lost_nodes"}


def test_page_knows_every_option_of_every_provider():
    for name, provider in LOCAL.items():
        assert all(f"--harness-{name}-{own}" in PAGE for own in provider.options)
