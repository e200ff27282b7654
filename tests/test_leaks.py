"""`ci/leaks.py`: what a run leaves on the machine is told, by what it is."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from ci.leaks import machine


def left_of(before: set[tuple[str, str]], name: str) -> list[str]:
    return sorted(kind for kind, text in set(machine()) - before if name in text)


def test_a_file_and_a_process_that_stay_are_told_until_they_go() -> None:
    before = set(machine())
    with tempfile.TemporaryDirectory(prefix="statefulspec-left-") as folder:
        name = Path(folder).name
        argv = [sys.executable, "-c", "import sys; print('here', flush=True); sys.stdin.read()", folder]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            assert process.stdout
            process.stdout.readline()
            assert left_of(before, name) == ["file", "process"]
            process.communicate(b"")
        assert left_of(before, name) == ["file"]
    assert left_of(before, name) == []


def test_what_others_do_on_the_machine_is_not_told() -> None:
    before = set(machine())
    with tempfile.TemporaryDirectory(prefix="somebody-elses-") as folder:
        assert left_of(before, Path(folder).name) == []


def test_the_process_that_looks_and_those_that_wait_for_it_are_not_told() -> None:
    code = "import sys; from ci.leaks import machine; print([one for one in machine() if 'looks-here' in one[1]])"
    told = subprocess.run(
        [sys.executable, "-c", code, "statefulspec-looks-here"], check=True, capture_output=True, text=True
    )
    assert told.stdout == "[]\n", told.stderr
