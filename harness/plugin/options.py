"""
What a run can be told: one table of options, from the command line, the environment and the ini file, in that order.

`--harness-cluster-name` is `HARNESS_CLUSTER_NAME` in the environment and `harness_cluster_name` in the ini file.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

import pytest

from harness.cluster.embedded.families import DEFAULT, kubernetes_versions
from harness.cluster.providers import LOCAL

__all__ = ["CLUSTERS", "KEEP", "OPTIONS", "RECORD", "Option", "add_options", "are_told", "value_of"]

CLUSTERS = {
    "embedded": "a real Kubernetes with real nodes, started on this machine (Linux, root)",
    "fake": "the same control plane with nodes that run nothing (no root needed)",
    "context": "an existing cluster, by its kubeconfig context",
    **{name: provider.makes for name, provider in LOCAL.items()},
}


_MAKERS = " and ".join(LOCAL)
RECORD = ("on", "off", "retain-on-failure")
KEEP = ("never", "failed", "always")


class Option(NamedTuple):
    """One option; `kind` is how often it may be given: `one`, `many` or `flag`."""

    name: str
    help: str
    kind: str = "one"
    metavar: str = "NAME"

    @property
    def dest(self) -> str:
        """The ini key and the attribute that the value is stored under."""
        return "harness_" + self.name.replace("-", "_")


OPTIONS = (
    Option("cluster", "cluster to run on: " + "; ".join(f"{name} = {text}" for name, text in CLUSTERS.items())),
    Option("nodes", "number of nodes that pods may use of a cluster that is started, 1 to 5 (default 1)", metavar="N"),
    Option("cluster-name", f"attach to the cluster of this name; only {_MAKERS} make one where there is none"),
    Option("cluster-keep", "leave the cluster running for the next run; made where there is none of its name", "flag"),
    *(
        Option(f"{name}-{own}", f"{text}; for --harness-cluster={name}", metavar=metavar)
        for name, provider in LOCAL.items()
        for own, (text, metavar) in provider.options.items()
    ),
    Option(
        "kubernetes-version",
        f"minor release of Kubernetes of a cluster that is started here: {', '.join(kubernetes_versions())} "
        f"(default {DEFAULT}, or that of the running cluster)",
        metavar="MINOR",
    ),
    Option("feature-gates", "feature gates of that cluster, in every component: A=true,B=false", metavar="NAME=BOOL,…"),
    Option("program", "run this build of a component: kube-controller-manager=PATH", "many", "NAME=PATH"),
    Option("kubeconfig", "kubeconfig file of --harness-cluster=context", metavar="FILE"),
    Option("context", "context of that kubeconfig; implies --harness-cluster=context"),
    Option("allow-contexts", "context that may be used although it does not look like a test cluster's", "many"),
    Option("allow-credential-plugins", "program of a kubeconfig's `exec` that may be run, as `aws`", "many", "PROGRAM"),
    Option("allow-faults", "context of a cluster that the run did not make, and whose nodes it may make fail", "many"),
    Option("in-cluster", "use the service account of the pod this runs in", "flag"),
    Option(
        "may-lack",
        "tag whose scenarios may be skipped where the cluster lacks it, or none; another lack fails the run",
        "many",
        "TAG",
    ),
    Option(
        "timeout-scale",
        "factor for all bounds that no feature states: Givens, start and healing of a cluster (default 1)",
        metavar="X",
    ),
    Option("report", "folder for the report, the recordings and the evidence", metavar="DIR"),
    Option("record", "which recordings to keep: on (all), off, retain-on-failure", metavar="WHICH"),
    Option("keep", "which namespaces to keep: never (default), failed, always", metavar="WHICH"),
    Option("pause-on-failure", "wait for Enter before what a failed scenario has made is removed", "flag"),
    Option(
        "shard", "run part I of N of what was selected; `statefulspec merge` makes one report of all", metavar="I/N"
    ),
    Option("messages", "write the run as Cucumber Messages (NDJSON) into this file", metavar="FILE"),
    Option("replay", "judge the recordings of this folder (or this one) again, without a cluster", metavar="PATH"),
    Option("prove", "run every scenario under its control, where it must fail; one that passes is a defect", "flag"),
)


def add_options(parser: pytest.Parser) -> None:
    """Register every option of the table with its ini twin."""
    group = parser.getgroup("harness", "statefulspec: stateful applications on Kubernetes")
    for option in OPTIONS:
        flag = f"--harness-{option.name}"
        if option.kind == "flag":
            group.addoption(flag, dest=option.dest, action="store_true", default=None, help=option.help)
        else:
            action = "append" if option.kind == "many" else "store"
            group.addoption(
                flag, dest=option.dest, action=action, default=None, metavar=option.metavar, help=option.help
            )
        ini = {"one": "string", "many": "linelist", "flag": "bool"}[option.kind]
        parser.addini(option.dest, option.help, type=ini, default=None)  # type: ignore[arg-type]


def are_told(config: pytest.Config) -> bool:
    """Whether anybody has told this run anything."""
    return any(value_of(config, option) for option in OPTIONS)


def value_of(config: pytest.Config, option: Option) -> Any:
    """Return what was given for an option: on the command line, in the environment, or in the ini file."""
    given = config.getoption(option.dest)
    if given is not None:
        return given
    text = os.environ.get(option.dest.upper())
    if text:
        return text.split() if option.kind == "many" else text not in ("0", "false") if option.kind == "flag" else text
    return config.getini(option.dest)
