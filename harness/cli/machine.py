"""Commands about the machine, and about clusters of others: doctor, reap, rbac."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the subcommands of this module."""
    doctor = commands.add_parser("doctor", help="say what this machine lacks for the embedded cluster")
    doctor.add_argument("--fake", action="store_true", help="only what nodes that run nothing need")
    doctor.add_argument("--nodes", type=int, default=3, help="number of nodes to check for, default 3")
    doctor.add_argument("--install", action="store_true", help="install what is lacking; needs root")
    doctor.set_defaults(command=_doctor)
    reap = commands.add_parser("reap", help="remove what killed runs have left on an existing cluster")
    reap.add_argument("--kubeconfig", type=Path, help="the file with the context, by default that of kubectl")
    reap.add_argument("--context", default="", help="the cluster to look at, as kind-dev; by default the current one")
    allowing = "context to allow although it does not look like a test cluster; may be repeated"
    reap.add_argument("--allow-context", action="append", default=[], metavar="NAME", help=allowing)
    running = "a program of the kubeconfig's `exec` that may be run for credentials, as `aws`; may be repeated"
    reap.add_argument("--allow-credential-plugin", action="append", default=[], metavar="PROGRAM", help=running)
    reap.set_defaults(command=_reap)
    rbac = commands.add_parser(
        "rbac", help="print the service account and the role that a run needs on a shared cluster"
    )
    rbac.add_argument("--account", default="statefulspec/runner", metavar="NAMESPACE/NAME", help="default %(default)s")
    rbac.set_defaults(command=_rbac)


def _doctor(given: argparse.Namespace) -> int:
    from harness.cluster.embedded.requirements import install_line, requirements

    wanted = requirements("fake" if given.fake else "real", given.nodes)
    line = install_line(wanted)
    if given.install and line and os.geteuid() == 0:
        print(line, file=sys.stderr, flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=sys.stderr)
        subprocess.run(shlex.split(line), check=True, stdout=sys.stderr)
        wanted = requirements("fake" if given.fake else "real", given.nodes)
        line = install_line(wanted)
    for each in wanted:
        print(f"{'ok  ' if each.met else 'MISSING'} {each.name}: {each.found}")
        if not each.met and each.remedy:
            print(f"        {each.remedy}")
    if line:
        print(f"install what is missing with:\n  {line}")
    return 0 if all(each.met or each.optional for each in wanted) else 1


def _reap(given: argparse.Namespace) -> int:
    from harness.cluster.context import attach
    from harness.cluster.failing import mend_left_behind
    from harness.kube.api import Api
    from harness.scenario.remains import reap

    plugins = given.allow_credential_plugin
    cluster = attach(given.kubeconfig, given.context, given.allow_context, plugins=plugins)
    try:
        for what in mend_left_behind(cluster.kubeconfig, cluster.context):
            print(f"mended {what}, which a killed run had left out")
        for line in reap(Api.connect(cluster.kubeconfig, cluster.context)):
            print(line, flush=True)
    finally:
        cluster.stop()
    return 0


def _rbac(given: argparse.Namespace) -> int:
    from harness.cluster.rights import manifests

    print("\n".join(manifests(given.account)))
    return 0
