"""What is taken from kind's own sources, and the two scripts that stand in its nodes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from ci.offline_kind import sources

GO = """package nodeimage

const networkImage = "docker.io/kindest/kindnetd:v1"

const defaultManifest = `
kind: DaemonSet
image: ` + networkImage + `
args:
- ` + networkImage + `
`
"""


def test_a_manifest_has_the_constants_between_its_raw_strings() -> None:
    image = "docker.io/kindest/kindnetd:v1"
    assert sources.quoted(GO) == {"networkImage": image}
    assert sources.manifest(GO) == f"\nkind: DaemonSet\nimage: {image}\nargs:\n- {image}\n"


def test_runc_gets_no_capability_that_root_lacks(tmp_path: Path) -> None:
    (tmp_path / "runc").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "runc").chmod(0o755)
    given = {"capabilities": ["CAP_SYS_RAWIO", "CAP_SYS_RESOURCE", "CAP_SYS_TIME"]}
    for name in ("config.json", "process.json"):
        (tmp_path / name).write_text(json.dumps(given, separators=(",", ":")))
    runc = [Path(sources.__file__).parent / "files" / "runc.sh", "--root", "x"]
    env = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    for option, value in (("--bundle", tmp_path), ("--process", tmp_path / "process.json")):
        told = subprocess.run([*runc, option, value, "id"], env=env, capture_output=True, text=True, check=True)
        assert told.stdout == f"--root x {option} {value} id\n"
    for name in ("config.json", "process.json"):
        assert json.loads((tmp_path / name).read_text()) == {"capabilities": ["CAP_SYS_RAWIO", "CAP_SYS_TIME"]}
