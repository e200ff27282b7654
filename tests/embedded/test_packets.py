"""Packets that are dropped in a network namespace pass again, whichever program of the packet filter a node has."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from harness.cluster.packets import PASS_ALL, dropping_all_through, dropping_from

pytestmark = [pytest.mark.embedded, pytest.mark.usefixtures("needs_root")]

_PAIR = """
ip link set lo up
ip link add eth0 type veth peer name far netns "$1"
ip addr add 10.9.9.1/24 dev eth0 && ip link set eth0 up
nsenter --net=/proc/$1/ns/net ip addr add 10.9.9.2/24 dev far
nsenter --net=/proc/$1/ns/net ip link set far up
# A worker of the kernel notices the carrier a moment later (linkwatch); until then packets are dropped.
until ip link show eth0 | busybox grep -q 'state UP'; do :; done
until nsenter --net=/proc/$1/ns/net ip link show far | busybox grep -q 'state UP'; do :; done
reached() { nsenter --net=/proc/$1/ns/net busybox ping -c 1 -W 1 10.9.9.1 >/dev/null && echo yes || echo no; }
"""
ALL, OTHER, NEAR = dropping_from([]), dropping_from(["10.9.9.3", "fd00::3"]), dropping_from(["10.9.9.2"])


@pytest.fixture(params=["nft", "iptables"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Give a folder with the programs that a node has: minikube's have no nft."""
    for name in (
        "sh",
        "ip",
        "busybox",
        "nsenter",
        "unshare",
        *({"nft"} if request.param == "nft" else {"iptables", "ip6tables"}),
    ):
        found = subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip()
        (tmp_path / name).symlink_to(found)
    return tmp_path


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (ALL, "yes no yes"),
        (NEAR, "yes no yes"),
        (OTHER, "yes yes yes"),
        (dropping_all_through("eth0"), "yes no yes"),
        (dropping_all_through("eth1"), "yes yes yes"),
    ],
)
def test_what_is_dropped_passes_again(folder: Path, script: str, told: str) -> None:
    steps = ["reached $1", f"sh -c {shlex.quote(script)}", "reached $1", *[f"sh -c {shlex.quote(PASS_ALL)}"] * 2]
    inside = "\n".join(["set -e", _PAIR, *steps, "reached $1"])
    far = ["unshare", "--net", "sh", "-c", "echo there; exec sleep 60"]
    with subprocess.Popen(far, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"there\n"
        ran = subprocess.run(
            ["unshare", "--net", "sh", "-c", inside, "sh", str(other.pid)],
            env={"PATH": str(folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        other.kill()
    assert (ran.stdout.split(), ran.stderr) == (told.split(), "")
