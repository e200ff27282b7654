"""Commands about clusters: up, status, down, kubeconfig, build."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any, Literal

from harness import timeouts
from harness.cluster.passing import Voice
from harness.cluster.provider import DEFAULT_NAME
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    cluster = commands.add_parser("cluster", help="start, look at and remove embedded clusters")
    actions = cluster.add_subparsers(required=True, metavar="ACTION")
    up = actions.add_parser("up", help="start a cluster, or leave a running one as it is; prints its kubeconfig's path")
    up.add_argument("--nodes", type=int, default=1, help="number of nodes, 1 to 5 (default 1)")
    up.add_argument("--fake", action="store_true", help="fake nodes, which run no containers; needs no root")
    up.add_argument("--servers", action="store_true", help="load the images of real servers as well")
    up.add_argument(
        "--timeout-scale",
        type=timeouts.factor,
        default=os.environ.get("HARNESS_TIMEOUT_SCALE", "1"),
        metavar="X",
        help="wait X times as long for every part of the cluster, on a slow machine",
    )
    _add_version(up)
    up.add_argument(
        "--feature-gates",
        type=_gates,
        default=os.environ.get("HARNESS_FEATURE_GATES", ""),
        metavar="NAME=BOOL,…",
        help="gates to turn on or off in every component, as in StatefulSetRecreateStrategy=true",
    )
    up.set_defaults(command=_up)
    down = actions.add_parser("down", help="remove a cluster and all that belongs to it")
    down.set_defaults(command=_down)
    kubeconfig = actions.add_parser("kubeconfig", help="print the path of a cluster's kubeconfig")
    kubeconfig.set_defaults(command=_kubeconfig)
    for action in (up, down, kubeconfig):
        action.add_argument("--name", default=DEFAULT_NAME, help=f"of the cluster, default {DEFAULT_NAME}")
    actions.add_parser("status", help="list the clusters of this machine").set_defaults(command=_status)
    build = actions.add_parser("build", help="get the programs and images ready, so that up takes seconds")
    build.add_argument("--fake", action="store_true", help="only what nodes that run nothing need; needs no root")
    build.add_argument(
        "--servers", action="store_true", help="images of real servers as well, else made when asked for"
    )
    _add_version(build)
    build.set_defaults(command=_build)


def _add_version(action: argparse.ArgumentParser) -> None:
    from harness.cluster.embedded.families import DEFAULT, kubernetes_versions

    action.add_argument(
        "--kubernetes-version",
        default=os.environ.get("HARNESS_KUBERNETES_VERSION", DEFAULT),
        metavar="MINOR",
        help=f"of Kubernetes: {', '.join(kubernetes_versions())}; default {DEFAULT}",
    )


def _gates(text: str) -> dict[str, bool]:
    from harness.cluster.embedded.gates import parse

    try:
        return parse(text)
    except BadInput as error:
        raise argparse.ArgumentTypeError(f"{error.problem}: {error.remedy}") from None


def _written(text: str) -> None:
    print(text, file=sys.stderr, end="", flush=True)


_say = Voice(_written, terminal=sys.stderr.isatty()).say


def _up(given: argparse.Namespace) -> int:
    from harness.cluster.embedded import lifecycle
    from harness.cluster.embedded.embedded import Embedded

    timeouts.set_scale(given.timeout_scale)
    kind: Literal["real", "fake"] = "fake" if given.fake else "real"
    found = lifecycle.up(
        given.name, given.nodes, kind, progress=_say, kubernetes=given.kubernetes_version, gates=given.feature_gates
    )
    if given.servers:
        Embedded.attach(given.name).provide("needs_servers", _say)
    print(found.paths.kubeconfig)
    return 0


def _down(given: argparse.Namespace) -> int:
    from harness.cluster.embedded import lifecycle
    from harness.cluster.embedded.host import as_root

    if lifecycle.down(given.name):
        _say(f"cluster {given.name} is removed")
    elif lifecycle.status(given.name):
        again = as_root(f"statefulspec cluster down --name {given.name}")
        raise EnvironmentUnfit(f"cluster {given.name} belongs to root", look_at=(again,))
    else:
        _say(f"there is no cluster {given.name}")
    return 0


def _status(given: argparse.Namespace) -> int:
    from harness.cluster.embedded import lifecycle

    del given
    for found in lifecycle.list_clusters():
        state = found.state
        health = "runs" if found.runs else f"broken: {', '.join(found.ended) or 'not brought up completely'}"
        health += "".join(f", {outage.what} {outage.how} on purpose" for outage in state.outages)
        nodes = f"{state.nodes} {state.kind} nodes  Kubernetes {found.minor}"
        print(f"{state.name}  {nodes}  {health}  {found.paths.kubeconfig}")
    return 0


def _kubeconfig(given: argparse.Namespace) -> int:
    from harness.cluster.embedded import lifecycle

    found = lifecycle.status(given.name)
    if found is None:
        raise BadInput(f"there is no cluster {given.name}", remedy="start it with: statefulspec cluster up")
    print(found.paths.kubeconfig)
    return 0


def _build(given: argparse.Namespace) -> int:
    from harness.cluster.embedded import lifecycle

    kind: Literal["real", "fake"] = "fake" if given.fake else "real"
    lifecycle.prepare(kind, servers_too=given.servers, progress=_say, kubernetes=given.kubernetes_version)
    return 0
