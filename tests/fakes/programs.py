"""
Stand-ins for kind, minikube, k3d and container engines: scripts that note their calls and remember their clusters.

How they behave is in the environment: FAKE_MAKE is `fail` or `hang` for a program that has made half of a cluster then,
FAKE_REMOVE, FAKE_LOAD, FAKE_EMPTY and FAKE_ADDON are `fail`. FAKE_SERVER is the address that the kubeconfig leads to,
FAKE_CGROUPS what an engine says of its cgroups.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

__all__ = ["ENGINE", "K3D", "KIND", "MINIKUBE", "Machine"]

_HEAD = """\
#!/bin/sh
PATH=/usr/bin:/bin
echo "$(basename "$0") $*" >>"$FAKE_CALLS"
write_kubeconfig() { cat >"$1" <<END
current-context: $2
contexts: [{name: $2, context: {cluster: $2, user: $2}}]
clusters: [{name: $2, cluster: {server: "${FAKE_SERVER:-https://127.0.0.1:1}"}}]
users: [{name: $2, user: {token: t}}]
END
}
make() {
  touch "$FAKE_CLUSTERS/$1"
  echo "preparing nodes of $1" >&2
  case ${FAKE_MAKE:-} in
    fail) echo "ERROR: could not find a log line" >&2; exit 3 ;;
    hang) echo $$ >"$FAKE_CALLS.hanging"; sleep 600 ;;
  esac
  printf "a last word" >&2
}
remove() {
  [ "${FAKE_REMOVE:-}" != fail ] || { echo "ERROR: the node does not let go" >&2; exit 4; }
  echo "removing $1" >&2
  rm -f "$FAKE_CLUSTERS/$1"
}
load() { [ "${FAKE_LOAD:-}" != fail ] || { echo "ERROR: no such archive" >&2; exit 5; } }
wanted="$*"
while [ $# -gt 0 ]; do
  case $1 in
    --name | --profile) name=$2 ;;
    --kubeconfig) kubeconfig=$2 ;;
    --config) cat "$2" >"$FAKE_CALLS.config" ;;
  esac
  shift
done
"""
KIND = """\
case $wanted in
  "get clusters") ls "$FAKE_CLUSTERS" ;;
  "create cluster"*) make "$name"; write_kubeconfig "$kubeconfig" "kind-$name" ;;
  "export kubeconfig"*) write_kubeconfig "$kubeconfig" "kind-$name" ;;
  "delete cluster"*) remove "$name" ;;
  "load image-archive"*) load ;;
  *) exit 2 ;;
esac
"""
MINIKUBE = """\
case $wanted in
  "profile list --output json"*)
    printf '{"invalid": [], "valid": ['
    ls "$FAKE_CLUSTERS" | sed 's/.*/{"Name": "&"}/' | paste -sd, -
    printf ']}' ;;
  "start"*) make "$name"; write_kubeconfig "$KUBECONFIG" "$name" ;;
  "delete"*) remove "$name" ;;
  "image load"*) load ;;
  "addons enable volumesnapshots --profile $name") ;;
  "addons enable csi-hostpath-driver --profile $name")
    [ "${FAKE_ADDON:-}" != fail ] || { echo "ERROR: the addon's pods do not get ready" >&2; exit 6; } ;;
  "kubectl --profile $name -- apply --filename -") cat >"$FAKE_CALLS.applied" ;;
  *) exit 2 ;;
esac
"""
K3D = """\
set -- $wanted
case $wanted in
  "cluster list --output json")
    printf '['
    ls "$FAKE_CLUSTERS" | sed 's/.*/{"name": "&"}/' | paste -sd, -
    printf ']' ;;
  "cluster create"*) make "$3"; write_kubeconfig "$KUBECONFIG" "k3d-$3" ;;
  "kubeconfig merge"*" --output "*) write_kubeconfig "${wanted##* --output }" "k3d-$3" ;;
  "cluster delete"*) remove "$3" ;;
  "image import"*) load ;;
  *) exit 2 ;;
esac
"""
ENGINE = """\
[ -z "${FAKE_ENGINE_ERROR:-}" ] || { echo "$FAKE_ENGINE_ERROR" >&2; exit 1; }
case $wanted in
  info*) echo "${FAKE_CGROUPS:-2}" ;;
  inspect*) echo sha256:of-the-node ;;
  run*) [ "${FAKE_EMPTY:-}" != fail ] || { echo "ERROR: no such image" >&2; exit 7; } ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """A machine with nothing on its PATH but what a test installs."""

    root: Path

    @classmethod
    def of(cls, root: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
        """Make PATH, temporary folder and environment of this process those of a new machine."""
        machine = cls(root)
        for folder in (machine.programs, machine.temporary, machine.clusters):
            folder.mkdir()
        monkeypatch.setenv("PATH", str(machine.programs))
        monkeypatch.setattr("tempfile.tempdir", str(machine.temporary))
        monkeypatch.setenv("TMPDIR", str(machine.temporary))
        monkeypatch.setenv("FAKE_CALLS", str(root / "calls"))
        monkeypatch.setenv("FAKE_CLUSTERS", str(machine.clusters))
        monkeypatch.setenv("HARNESS_CACHE", str(root / "cache"))
        monkeypatch.delenv("KIND_EXPERIMENTAL_PROVIDER", raising=False)
        return machine

    @property
    def programs(self) -> Path:
        """The one folder of PATH."""
        return self.root / "bin"

    @property
    def temporary(self) -> Path:
        """Where temporary folders are made."""
        return self.root / "temporary"

    @property
    def clusters(self) -> Path:
        """A folder with one file for each cluster there is."""
        return self.root / "clusters"

    @property
    def calls(self) -> list[str]:
        """Return every call so far, program and arguments."""
        return (self.root / "calls").read_text().splitlines()

    def install(self, name: str, script: str) -> None:
        """Put a program on PATH."""
        (self.programs / name).write_text(_HEAD + script)
        (self.programs / name).chmod(0o755)

    def nodes_file(self) -> str:
        """Return the last file of nodes that a program was given."""
        return (self.root / "calls.config").read_text()

    def applied(self) -> str:
        """Return the last manifests that a cluster was given."""
        return (self.root / "calls.applied").read_text()

    def hanging(self) -> int:
        """Return the pid of the program that hangs, 0 as long as there is none."""
        noted = self.root / "calls.hanging"
        return int(noted.read_text() or 0) if noted.exists() else 0

    def existing(self) -> list[str]:
        """Return the names of all clusters, sorted."""
        return sorted(path.name for path in self.clusters.iterdir())
