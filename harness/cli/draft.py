"""Commands about an application of one's own: draft."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.manifests.charts import OPTIONS

if TYPE_CHECKING:
    from harness.drafting.application import Application

__all__ = ["add_commands", "add_target", "application_of"]


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    draft = commands.add_parser("draft", help="write a feature that asks for what an application's manifests promise")
    add_target(draft)
    draft.add_argument("--output", type=Path, metavar="FILE", help="the feature's file, by default standard output")
    draft.set_defaults(command=_draft)


def add_target(parser: argparse.ArgumentParser, *, optional: bool = False) -> None:
    """Add what names an application."""
    what = "a file, a folder, a kustomization or a Helm chart"
    parser.add_argument("target", nargs="?" if optional else None, type=Path, metavar="TARGET", help=what)
    following = "the release that follows, to be upgraded to and rolled back from; of a chart, with the same options"
    parser.add_argument("--upgrade-to", type=Path, metavar="TARGET", help=following)
    chart = parser.add_argument_group("where the target is a Helm chart")
    for option in OPTIONS:
        chart.add_argument(option, action="append", default=[], metavar="VALUE", help=f"as helm has it{_ADDED[option]}")


_ADDED = dict.fromkeys(OPTIONS, "") | {"--release": ": the release's name, by default the chart's"}


def application_of(given: argparse.Namespace) -> Application:
    """Return the application that was named, with the release that it is upgraded to where one was."""
    from harness.drafting.application import ManifestSource
    from harness.manifests.charts import is_chart

    pairs = ((option, value) for option in OPTIONS for value in getattr(given, option[2:].replace("-", "_")))
    words = tuple(word for pair in pairs for word in pair)
    source = ManifestSource(given.target, words)
    if given.upgrade_to is None:
        return source.read()
    return source.read_with(ManifestSource(given.upgrade_to, words if is_chart(given.upgrade_to) else ()))


def _draft(given: argparse.Namespace) -> int:
    application = application_of(given)
    text = application.feature(given.output.parent if given.output else _folder_of_output())
    if given.output:
        given.output.write_text(text, encoding="utf-8")
        print(given.output)
    else:
        sys.stdout.write(text)
    return 0


def _folder_of_output() -> Path:
    """Return the folder of the file that the shell has standard output go to, else the current one."""
    try:
        file = Path(f"/proc/self/fd/{sys.stdout.fileno()}").readlink()
    except (OSError, ValueError):  # no /proc, as on macOS; no descriptor, as under a test
        return Path()
    return file.parent if file.is_file() else Path()
