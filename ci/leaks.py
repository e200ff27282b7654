"""
What a whole run leaves on the machine, found by looking before and after it.

    python ci/leaks.py FILE              write down what is there
    python ci/leaks.py --since FILE      say what has come and not gone; exit status 1 where anything has

Counted is what everybody on the machine shares: mounts, named network namespaces among them, links, routes, rules of
the packet filter, control groups; and of processes, with their inotify instances, and of files those with our name.
Meanwhile nothing else of this project may run on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

OURS = re.compile(r"statefulspec|\bharness\b|quick-start-")
"""What stands in the command lines of our processes and in the names of our files."""
FOLDERS = ("/run/statefulspec", "/var/lib/statefulspec", "/run/netns", tempfile.gettempdir(), "/var/tmp", "/dev/shm")
SETTLED_S = 10.0
"""A process that has been told to end, as a cluster's supervisor at the end of a run, has this long for it."""
_COUNTERS = re.compile(r"\[\d+:\d+\]|packets \d+ bytes \d+|# handle \d+")


def main() -> int:
    """Return the exit status."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("file", type=Path)
    arguments.add_argument("--since", action="store_true", help="compare with what FILE says")
    given = arguments.parse_args()
    if not given.since:
        given.file.write_text(json.dumps(sorted(machine())))
        return 0
    before = {tuple(one) for one in json.loads(given.file.read_text())}
    settling = Retrying(
        retry=retry_if_result(bool),
        stop=stop_after_delay(SETTLED_S),
        wait=wait_fixed(0.5),
        retry_error_callback=lambda state: state.outcome.result(),
    )
    left = settling(lambda: set(machine()) - before)
    for kind, name in sorted(left):
        print(f"left on the machine: {kind} {name}")
    if not left:
        print("nothing is left on the machine: no process, file, mount, namespace, link, route, rule or control group")
    return bool(left)


def machine() -> Iterator[tuple[str, str]]:
    """Yield what is there, each with its kind."""
    yield from mounts()
    yield from (("link", entry.name) for entry in Path("/sys/class/net").iterdir())
    for family in ("-4", "-6"):
        yield from (("route", line) for line in told("ip", family, "route", "show", "table", "all"))
    for command in (("iptables-save",), ("ip6tables-save",), ("nft", "list", "ruleset")):
        rules = (_COUNTERS.sub("", line).strip() for line in told(*command))
        yield from (("rule", f"of {command[0]}: {rule}") for rule in rules if rule and not rule.startswith("#"))
    yield from (("control group", str(folder)) for folder in Path("/sys/fs/cgroup").rglob("*/") if folder.is_dir())
    yield from (("file", str(entry)) for folder in FOLDERS for entry in entries(Path(folder)))
    yield from processes()


def mounts() -> Iterator[tuple[str, str]]:
    """Yield each mount of the machine's own namespace by where it is and its kind."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        words = line.split()
        yield "mount", f"{words[4]} ({words[words.index('-') + 1]})"


def entries(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder and is ours; all of it where the folder itself is."""
    if folder.is_dir():
        mine = OURS.search(str(folder)) or folder.name == "netns"
        yield from (entry for entry in folder.iterdir() if mine or OURS.search(entry.name))


def processes() -> Iterator[tuple[str, str]]:
    """Yield our processes but this one and those that wait for it, and their inotify instances."""
    waiting = set(ancestors(os.getpid()))
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            watching = [one for one in (folder / "fd").iterdir() if str(one.readlink()) == "anon_inode:inotify"]
        except OSError:  # it has ended meanwhile
            continue
        if int(folder.name) in waiting:
            continue
        if words and OURS.search(words):
            yield "process", f"{folder.name}: {words[:160]}"
            yield from (("inotify instance", f"{one} of {words[:80]}") for one in watching)


def ancestors(pid: int) -> Iterator[int]:
    """Yield a process and those above it."""
    while pid > 0:
        yield pid
        stat = Path(f"/proc/{pid}/stat").read_text()
        pid = int(stat.rpartition(")")[2].split()[1])


def told(*command: str) -> list[str]:
    """Return the lines that a command prints; none where the machine does not have it."""
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout.splitlines()
    except FileNotFoundError:
        return []


if __name__ == "__main__":
    sys.exit(main())
