"""The command line: lines for people on standard output, what went wrong on standard error, exit codes for scripts."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version

import pytest

from harness.cli import main, parser_of_commands
from harness.cluster.components import Component
from harness.cluster.embedded import lifecycle
from harness.cluster.embedded.state import ClusterPaths, ClusterState
from harness.cluster.outages import Outage


def test_steps_lists_the_sentences(capsys):
    assert main(["steps"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert "Then  within {span:Span} {objects:Objects} is/are deleted" in lines
    assert len(lines) == len(set(lines))


def test_a_reader_that_has_gone_gets_no_traceback():
    reading, writing = os.pipe()
    os.close(reading)
    program = [sys.executable, "-c", "import sys; from harness.cli import main; sys.exit(main())", "steps"]

    ended = subprocess.run(program, stdout=writing, stderr=subprocess.PIPE, check=False, text=True)
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, "")


def test_unknown_command_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["juge"])

    assert ended.value.code == 2
    assert "invalid choice: 'juge'" in capsys.readouterr().err


def test_words_that_mean_nothing_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["steps", "--colour"])

    assert "unrecognised: --colour" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["judge", "missing.jsonl.gz"], "missing.jsonl.gz: there is no such recording"),
        (["cluster", "kubeconfig", "--name", "nobodys"], "there is no cluster nobodys"),
        (["cluster", "up", "--nodes", "9"], "9 is not a number of real nodes"),
        (["reap", "--kubeconfig", "missing"], "missing: there is no such kubeconfig"),
    ],
)
def test_what_cannot_be_done_is_told_in_words(arguments, told, capsys):
    assert main(arguments) == 2

    assert told in capsys.readouterr().err


def test_down_of_no_cluster_is_no_failure(capsys):
    assert main(["cluster", "down", "--name", "nobodys"]) == 0
    assert "there is no cluster nobodys" in capsys.readouterr().err


def test_recording_of_no_scenario_is_refused(tmp_path, capsys):
    path = tmp_path / "stray.jsonl.gz"
    with gzip.open(path, "wt") as file:
        file.write(json.dumps({"schema": "statefulspec-history/1", "header": {}}) + "\n")

    assert main(["judge", str(path)]) == 2
    assert "stray.jsonl.gz" in capsys.readouterr().err


def test_doctor_names_every_need(capsys):
    code = main(["doctor"])

    lines = capsys.readouterr().out.splitlines()
    needs = [line for line in lines if line.startswith(("ok", "MISSING"))]
    assert len(needs) > 5
    assert code == (1 if any(line.startswith("MISSING") for line in needs) else 0)


def test_status_tells_what_is_out_on_purpose(tmp_path, monkeypatch, capsys):
    by = Component("maker", 1, 2)
    outages = (Outage("node-1", "off", by), Outage("kube-scheduler", "frozen", by))
    state = ClusterState("demo", "real", 1, ready=True, outages=outages, kubernetes="v1.37.2")
    place = ClusterPaths("demo", tmp_path, tmp_path, tmp_path / "lock")
    monkeypatch.setattr(lifecycle, "list_clusters", lambda: [lifecycle.Status(place, state, ())])
    assert main(["cluster", "status"]) == 0
    told = "demo  1 real nodes  Kubernetes 1.37  runs, node-1 off on purpose, kube-scheduler frozen on purpose"
    assert capsys.readouterr().out == f"{told}  {tmp_path}/kubeconfig\n"


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"statefulspec {version('statefulspec')}\n"


def test_without_a_command_the_commands_are_listed(capsys):
    assert main([]) == 0

    told = capsys.readouterr().out
    assert "judge recordings again, without a cluster" in told


def _parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in action.choices.values():
                yield from _parsers(one)


def test_every_argument_has_help():
    bare = [
        f"{parser.prog} {action.option_strings or action.dest}"
        for parser in _parsers(parser_of_commands())
        for action in parser._actions
        if not action.help and not isinstance(action, argparse._SubParsersAction)
    ]
    assert bare == []
