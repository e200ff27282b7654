"""
The command `check`: an application of one's own, judged by the feature that `draft` writes of it.

There is one truth: the feature lies in a folder of this run's own, and pytest plays it as it plays any other.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.draft import add_target, application_of
from harness.cli.runs import report_asked_for
from harness.errors import BadInput, EnvironmentUnfit, KubeError
from harness.workplace import workplace

if TYPE_CHECKING:
    from harness.cluster.provider import Cluster
    from harness.drafting.application import Application
    from harness.reports.results import ScenarioResult

__all__ = ["add_commands"]

_USAGE_ERROR, _INTERRUPTED = 4, 2
"""Pytest's exit codes for options that it does not take, and for an end by Ctrl-C."""
_CHOSEN = [f"--harness-{name}" for name in ("nodes", "cluster-name", "context", "kubeconfig", "in-cluster")]
"""Options by which somebody has decided how many nodes there are."""
_ATTACHED = [f"--harness-{name}" for name in ("context", "kubeconfig", "in-cluster")]
"""Options that name a cluster which is there, whose images are its own affair."""
_CODES = """\
exit code:
  0  every promise that was asked for is kept
  1  a promise is broken: its counterexample is told, and what to change where that is known
  2  the manifests, or the options, cannot be used
  3  inconclusive: something could not be judged, or nothing at all; the reasons are told
"""


def add_commands(commands: Any) -> None:
    """Add the subcommand of this module."""
    check = commands.add_parser(
        "check",
        help="play what an application's manifests promise, and say what is kept; other arguments go to pytest",
        description="Plays in a namespace of its own what `draft` writes. Other arguments, as --harness-cluster=kind "
        "or --harness-context=NAME, go to pytest.",
        epilog=_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target(check, optional=True)
    check.add_argument("--plan", action="store_true", help="only say what would be played; no cluster is touched")
    check.add_argument(
        "--namespace",
        metavar="NAME",
        help="in the place of TARGET: what runs there, looked at and left as it is; with --harness-context=NAME, "
        "--harness-kubeconfig=FILE, --harness-allow-contexts=NAME, or --harness-cluster-name=NAME of an embedded one",
    )
    check.set_defaults(command=_check, passes_on=True)


def _check(given: argparse.Namespace) -> int:
    if (given.target is None) == (given.namespace is None):
        raise BadInput("what is to be checked?", remedy="name manifests, or what runs: --namespace=NAME")
    if given.namespace is not None:
        return _look(given.namespace, given.rest, plan=given.plan)
    application = application_of(given)
    if given.plan:
        for line in _plan(application):
            print(line)
        return 0
    from harness.drafting.verdicts import exit_code, judged, lines

    if _is_embedded(given.rest) and application.needs_registry:
        for line in lines(application, judged(application, [])):
            print(line)
        return 3
    found, report = _played(application, given.rest)
    if found is None:
        return 2
    verdicts = judged(application, found)
    print()
    for line in lines(application, verdicts):
        print(line)
    if found:
        print(f"report: {report / 'report.html'}")
    return exit_code(verdicts)


def _look(namespace: str, rest: list[str], *, plan: bool) -> int:
    """Say what runs in a namespace, and change nothing of it."""
    from harness.drafting.observing import observed
    from harness.drafting.verdicts import exit_code, summed, told_of
    from harness.kube.api import Api

    if plan:
        print(f"to look at: the StatefulSets in namespace {namespace}, their pods, claims, services and names")
        return 0
    cluster = _cluster_of(rest)
    try:
        found = observed(Api.connect(cluster.kubeconfig, cluster.context), namespace, cluster.dns)
    except (KubeError, EnvironmentUnfit) as error:
        print(error, file=sys.stderr)
        return 3
    finally:
        cluster.stop()
    for name, (stateful_set, verdicts) in found.items():
        print(f"{name}: {stateful_set['spec'].get('replicas', 1)} wanted, namespace {namespace}")
        for line in (*told_of(verdicts), ""):
            print(line)
    every = [one for _, verdicts in found.values() for one in verdicts]
    print(summed(every))
    return exit_code(every)


def _cluster_of(rest: list[str]) -> Cluster:
    """Return the cluster that the options name which pytest would be given; it is attached to, and not started."""
    from harness.cluster.context import attach
    from harness.cluster.embedded.embedded import Embedded

    where = argparse.ArgumentParser("statefulspec check --namespace", add_help=False, allow_abbrev=False)
    for option in ("kubeconfig", "context", "cluster-name"):
        where.add_argument(f"--harness-{option}", default="")
    where.add_argument("--harness-allow-contexts", action="append", default=[])
    told = where.parse_args(rest)
    if told.harness_cluster_name:
        return Embedded.attach(told.harness_cluster_name)
    file = Path(told.harness_kubeconfig) if told.harness_kubeconfig else None
    return attach(file, told.harness_context, told.harness_allow_contexts)


def _played(application: Application, rest: list[str]) -> tuple[list[ScenarioResult] | None, Path]:
    """Return the results of playing it, None where pytest does not take the options, and the report's folder."""
    from harness.reports.results import read_results

    said = report_asked_for(rest)
    report = said or Path("statefulspec-report")
    results = report / "results.jsonl"
    results.unlink(missing_ok=True)  # those of the run before are not of this one
    with workplace("check") as folder:
        feature = folder / f"{application.stem}.feature"
        feature.write_text(application.feature(folder), encoding="utf-8")
        told = [] if said else [f"--harness-report={report.absolute()}"]
        told += _nodes(application, rest)
        arguments = ["-p", "no:cacheprovider", "-p", "harness.plugin.foremost", f"--rootdir={folder}", *told, *rest]
        command = [sys.executable, "-m", "pytest", *arguments, str(feature)]
        code = subprocess.run(command, stdout=sys.stderr, check=False).returncode
    if code == _INTERRUPTED:
        raise KeyboardInterrupt
    if code == _USAGE_ERROR:
        return None, report
    return (read_results(results) if results.is_file() else []), report


def _is_embedded(rest: list[str]) -> bool:
    """Whether the run is on an embedded cluster of real nodes, which pulls no image."""
    where = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    where.add_argument("--harness-cluster", default=os.environ.get("HARNESS_CLUSTER", ""))
    told, _ = where.parse_known_args(rest)
    elsewhere = any(word.partition("=")[0] in _ATTACHED for word in rest)
    environment = any(os.environ.get(f"HARNESS_{name}") for name in ("CONTEXT", "KUBECONFIG", "IN_CLUSTER"))
    return told.harness_cluster in ("", "embedded") and not elsewhere and not environment


def _nodes(application: Application, rest: list[str]) -> list[str]:
    """Return the option for three nodes, where something takes them and nobody has said how many there are."""
    said = any(word.partition("=")[0] in _CHOSEN for word in rest)
    return [] if said or "needs_three_nodes" not in application.tags else ["--harness-nodes=3"]


def _plan(application: Application) -> Iterator[str]:
    from harness.drafting.case import DraftedCase
    from harness.drafting.feature import tags_of

    for workload, found in application.chosen.values():
        yield workload.heading
        for image, need in workload.images.items():
            yield f"  image {image}" + (f" ({need})" if need else "")
        yield from (f"  the cluster: {tag}" for tag in tags_of(workload))
        for one in found:
            if isinstance(one, DraftedCase):
                yield f"  to ask     {one.promise}" + (f" ({', '.join(one.tags)})" if one.tags else "")
                yield from (f"               {step}" for step in one.steps)
            else:
                yield f"  not asked  {one.promise}: {one.reason}"
        yield ""
    yield from (f"{one.subject}: {one.reason}" for one in application.spared)
