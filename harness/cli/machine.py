"""Commands about the machine and what runs have left: doctor, reap."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    doctor = commands.add_parser("doctor", help="say what this machine lacks for the embedded cluster")
    doctor.add_argument("--install", action="store_true", help="install what is lacking, where that is allowed")
    doctor.set_defaults(command=_doctor)


def _doctor(given: argparse.Namespace) -> int:
    del given
    return 0
