"""
The command `statefulspec`: one module per group of subcommands.

Belongs here: arguments in, lines and exit codes out. Whatever a command does, the engine does, imported when it is
asked to: no command pays for what another needs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from harness.cli import (
    bugs,
    checking,
    clusters,
    compare,
    coverage,
    draft,
    init,
    judging,
    machine,
    merge,
    runs,
    steps,
    sweep,
    trends,
)
from harness.errors import HarnessError

__all__ = ["main", "parser_of_commands"]


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Return the exit code of the command that the arguments name: 0 where it did what was asked.

    A HarnessError is printed as its text alone and gives 2; an interruption gives 130, a closed stdout, as
    with `| head`, 141.
    """
    parser = parser_of_commands()
    given, rest = parser.parse_known_args(arguments)
    if rest and not getattr(given, "passes_on", False):
        parser.error(f"unrecognised: {' '.join(rest)}")
    given.rest = rest
    if given.command is None:
        parser.print_help()
        return 0
    try:
        code: int = given.command(given)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the interpreter's own flush fails too
        return 141
    except HarnessError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def parser_of_commands() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; without a command, `command` is None."""
    parser = argparse.ArgumentParser("statefulspec", description="Stateful promises, judged over the whole history.")
    parser.add_argument("--version", action="version", version=f"statefulspec {version('statefulspec')}")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="COMMAND")
    for group in (
        runs,
        sweep,
        bugs,
        init,
        draft,
        checking,
        judging,
        compare,
        merge,
        trends,
        coverage,
        clusters,
        machine,
        steps,
    ):
        group.add_commands(commands)
    return parser
