"""
A stand-in for a container engine that runs the nodes of clusters: it notes how it was called and remembers its nodes.

A node is a folder: `running` is there while it is switched on, `machine-id` is what it says of itself, `lacks` what its
programs lack, `frozen` a list of components that stand still. Nothing is done in a node; what is asked of it is noted.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["Nodes"]

_ENGINE = """\
#!/bin/sh
PATH=/usr/bin:/bin
here=FOLDER
note() { echo "$*" >>"$here/calls"; }
case $1 in
  ps) ls "$here/nodes" ;;
  inspect) [ -e "$here/nodes/$4/running" ] && echo true || echo false ;;
  kill) note "kill $4"; cp "$here"/registers/*.json "$here/seen" || exit; rm "$here/nodes/$4/running" ;;
  wait) ;;
  logs) printf '\033[0;1;31mtoo many open files on %s\033[0m\r\n' "$4" ;;
  start) note "start $2"; touch "$here/nodes/$2/running" ;;
  exec)
    node=$3
    [ -e "$here/nodes/$node/running" ] || { echo "container $node is not running" >&2; exit 1; }
    case $6 in
      *kube-apiserver.yaml*) case $node in *control-plane) echo yes ;; esac ;;
      *machine-id*) cat "$here/nodes/$node/machine-id" "$here/nodes/$node/lacks" 2>/dev/null; true ;;
      *"kill -STOP"*) note "freeze $8 on $node"; echo "$8" >>"$here/nodes/$node/frozen" ;;
      *"kill -CONT"*) note "thaw $8 on $node"; grep -qx "$8" "$here/nodes/$node/frozen" || echo awake ;;
      *"kill -KILL"*) note "kill $8 on $node" ;;
      *"crictl rm"*) note "remove $8 on $node" ;;
      *"systemctl stop"*) note "stop kubelet on $node" ;;
      *"systemctl start"*) note "start kubelet on $node" ;;
      *"delete table"*) note "let packets pass on $node" ;;
      *iifname*) note "drop packets on $node" ;;
      *containers_of*) note "look for $8 on $node"; echo c0ffee ;;
      *) note "unknown: $*"; exit 9 ;;
    esac ;;
  *) note "unknown: $*"; exit 9 ;;
esac
"""


@dataclass(frozen=True)
class Nodes:
    """An engine called `docker`, alone on PATH, and its nodes."""

    root: Path

    @classmethod
    def of(cls, root: Path, monkeypatch: pytest.MonkeyPatch, *names: str) -> Nodes:
        """Have these nodes, switched on, each of the machine id `id-NAME`."""
        nodes = cls(root)
        for folder in ("bin", "nodes", "registers"):
            (root / folder).mkdir()
        for name in names:
            (root / "nodes" / name).mkdir()
            (root / "nodes" / name / "running").touch()
            (root / "nodes" / name / "machine-id").write_text(f"id-{name}\n")
        program = root / "bin" / "docker"
        program.write_text(_ENGINE.replace("FOLDER", str(root)))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(root / "bin"))
        monkeypatch.delenv("KIND_EXPERIMENTAL_PROVIDER", raising=False)
        return nodes

    @property
    def calls(self) -> list[str]:
        """What was done so far, questions aside."""
        noted = self.root / "calls"
        return noted.read_text().splitlines() if noted.exists() else []

    def folder(self, node: str) -> Path:
        """Return the folder of a node."""
        return self.root / "nodes" / node
