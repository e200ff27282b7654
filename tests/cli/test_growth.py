"""The benchmark of how the harness's own cost grows: what it judges is judged, and drawn."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

SCRIPT = Path(__file__).resolve().parents[2] / "ci" / "benchmark_growth.py"


def test_set_of_a_few_replicas(tmp_path: Path) -> None:
    """A set that starts and is rolled out keeps every promise, and its figures are told and drawn."""
    picture = tmp_path / "growth.svg"
    command = [sys.executable, str(SCRIPT), "--sizes", "3", "5", "--picture", str(picture)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert [line.split(":")[0].split() for line in told.splitlines()] == [
        ["3", "replicas", "offline"],
        ["5", "replicas", "offline"],
    ]
    circles = ET.fromstring(picture.read_text(encoding="utf-8")).findall("{http://www.w3.org/2000/svg}circle")
    assert [circle.get("class") for circle in circles] == ["of0", "of0", "of1", "of1"]
