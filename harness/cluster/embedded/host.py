"""
The machine's own programs that a cluster uses: from where the distribution keeps them, in an environment of ours.

Problem: whoever starts a cluster has a PATH, variables, a umask and a working folder of their own; a wrapper that they
put first, a proxy or a library path of theirs would become part of the cluster. Solution: it takes none of these. Every
program that is used once is run here; those that stay are started by `processes.spawn`, in the same environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness import timeouts
from harness.errors import EnvironmentUnfit

__all__ = ["ENVIRONMENT", "UMASK", "as_root", "ask", "distribution_program", "path_of", "run", "settings_of"]

UMASK = 0o022
"""Under a stricter one a container whose user is not root could not enter the root folder of its own image."""

ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "TZ": "UTC"}
"""
All that a program gets to know: no folder where somebody installs by hand, and no time zone, in which the controller
manager would read the schedules of cron jobs.
"""

_DOCTOR = ("statefulspec doctor",)
_TOLD = 1000
"""How many characters of what a program said go into an error."""


def distribution_program(name: str) -> Path | None:
    """Return where the distribution keeps a program, or None; the folders of root are searched for any user."""
    found = shutil.which(name, path=ENVIRONMENT["PATH"])
    return Path(found) if found else None


def path_of(name: str) -> str:
    """Return where a program of the distribution lies, the same for a path; EnvironmentUnfit where it is nowhere."""
    found = distribution_program(name)
    if found is None:
        raise EnvironmentUnfit(f"{name} is not installed", expected=f"{name} in {ENVIRONMENT['PATH']}", look_at=_DOCTOR)
    return str(found)


def ask(
    command: Sequence[str | Path],
    text: str = "",
    limit_s: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """
    Return what a program of the machine says, however it ends; `text` is its input.

    Raises EnvironmentUnfit where it is not there or does not end in time.
    """
    name, *arguments = map(str, command)
    within_s = timeouts.PROGRAM.s if limit_s is None else limit_s
    try:
        return subprocess.run(
            [path_of(name), *arguments],
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=within_s,
            start_new_session=True,
            cwd="/",
            umask=UMASK,
            env={**ENVIRONMENT, **(environment or {})},
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentUnfit(f"`{' '.join([name, *arguments])}` did not end within {within_s:.0f} s") from error
    except OSError as error:
        raise EnvironmentUnfit(f"{name} cannot be run", observed=str(error), look_at=_DOCTOR) from error


def run(
    command: Sequence[str | Path],
    purpose: str,
    text: str = "",
    limit_s: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return what a program of the machine prints; EnvironmentUnfit with what it said where it fails."""
    done = ask(command, text, limit_s, environment)
    if done.returncode:
        words = " ".join(map(str, command))
        raise EnvironmentUnfit(
            f"{purpose} failed",
            expected=f"`{words}` succeeds" + (f" with: {text}" if text else ""),
            observed=done.stderr.strip()[-_TOLD:] or f"exit status {done.returncode}",
            look_at=_DOCTOR,
        )
    return done.stdout


def as_root(line: str) -> str:
    """Return a line as this user has to enter it, so that root runs it."""
    if os.geteuid() == 0:
        return line
    return f"sudo {line}" if shutil.which("sudo") else f"as root: {line}"


def settings_of(names: Sequence[str]) -> dict[str, str]:
    """Return those of the user's variables that have one of these names, in capital or small letters."""
    wanted = {spelt for name in names for spelt in (name.upper(), name.lower())}
    return {name: value for name, value in os.environ.items() if name in wanted}
