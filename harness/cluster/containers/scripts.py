"""
What is said to the shell of a node: how its programs are found, killed, frozen and brought back.

They take what kind's and minikube's nodes have: systemd around the kubelet, and crictl for the containers of kubeadm's
static pods. `$1` is `kubelet`, a program of the control plane, or the id of a container.
"""

from __future__ import annotations

__all__ = ["AWAKE", "FREEZE", "KILL_CONTAINER", "REMOVE", "RUNS", "START_KUBELET", "STOP_KUBELET", "THAW"]

_BOOTED = """
until state=$(systemctl is-system-running --wait 2>/dev/null) || [ "$state" = degraded ]; do sleep 0.1; done
"""
"""Waits until the services of a node that may just have been switched on were started."""
_FIND = """
containers_of() {
  crictl ps --quiet --state Running --label "io.kubernetes.container.name=$1" \\
    --label io.kubernetes.pod.namespace=kube-system
}
pid_of() { # what a runtime tells beside the CRI is its own affair: that of Docker tells nothing
  pid=$(crictl inspect --output go-template --template '{{.info.pid}}' "$1") || pid=
  case $pid in '' | *[!0-9]*) docker inspect --format '{{.State.Pid}}' "$1" ;; *) echo "$pid" ;; esac
}
pids_of() {
  if [ "$1" = kubelet ]; then
    systemctl show --property MainPID --value kubelet | grep -vx 0 || true
  else
    for id in $(containers_of "$1"); do pid_of "$id"; done
  fi
}
state_of() { sed 's/.*) //' "/proc/$1/stat" | cut -c1; }
"""
FREEZE = f"""{_FIND}
pids=$(pids_of "$1")
[ -n "$pids" ] || {{ echo "no $1 runs" >&2; exit 1; }}
kill -STOP $pids
for pid in $pids; do
  tries=0
  until [ "$(state_of "$pid")" = T ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 100 ] || {{ echo "process $pid of $1 does not stand still" >&2; exit 1; }}
    sleep 0.05
  done
done
"""
AWAKE = "awake"
THAW = f"""{_BOOTED}{_FIND}
for pid in $(pids_of "$1"); do
  if [ "$(state_of "$pid")" = T ]; then kill -CONT "$pid"; else echo {AWAKE}; fi
done
"""
"""Says AWAKE of a process that did not stand still any more."""
REMOVE = f"""{_FIND}
ids=$(containers_of "$1")
[ -n "$ids" ] || {{ echo "no $1 runs" >&2; exit 1; }}
crictl rm --force $ids >/dev/null
"""
"""Kills a program's container and forgets it: after one that has merely ended a kubelet waits, ever longer."""
RUNS = f"""{_FIND}
containers_of "$1"
"""
KILL_CONTAINER = f"""{_FIND}
kill -KILL "$(pid_of "$1")"
"""
STOP_KUBELET = "systemctl stop kubelet"
START_KUBELET = f"""{_BOOTED}
systemctl start kubelet
"""
