"""Feature gates are read as Kubernetes writes them, and the release itself is asked whether it takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cluster.embedded.gates import check, parse, spelled
from harness.errors import BadInput

REFUSAL = """\
I1130 16:06:35.416000   19972 options.go:1] words before
E1130 16:06:35.416754   19972 run.go:72] "command failed" err="[cannot set feature gate Locked to false, feature is \
locked to true, unrecognized feature gate: MaxUnavailableStatefulSets]"
"""
SERVER = """\
#!/bin/sh
case "$*" in
  --help) echo 'kube:AllAlpha=true|false (ALPHA) kube:MaxUnavailableStatefulSet=true|false (BETA - default=true)' ;;
  "--feature-gates=A=true,B=false --version") echo Kubernetes v1.37.2 ;;
  *) cat "$0.refusal" >&2; exit 1 ;;
esac
"""


@pytest.fixture
def server(tmp_path: Path) -> Path:
    path = tmp_path / "kube-apiserver"
    path.write_text(SERVER)
    path.chmod(0o755)
    Path(f"{path}.refusal").write_text(REFUSAL)
    return path


def test_gates_are_read_and_written_as_components_take_them():
    assert parse("B=false,A=true") == {"A": True, "B": False}
    assert spelled(parse("B=false, A=true")) == "A=true,B=false"
    assert parse("") == {}


@pytest.mark.parametrize("text", ["A", "A=", "A=yes", "A=True", "=true", "A-B=true", "A=true;B=true"])
def test_what_turns_no_gate_on_or_off_is_refused(text):
    with pytest.raises(BadInput, match="turns no feature gate on or off"):
        parse(text)


def test_gates_that_the_release_takes_pass(server):
    check(server, "v1.37.2", {"B": False, "A": True})


def test_gate_that_it_refuses_is_told_by_name_with_what_was_meant(server):
    with pytest.raises(BadInput) as refusal:
        check(server, "v1.37.2", {"MaxUnavailableStatefulSets": True, "Locked": False})

    assert refusal.value.problem == (
        "Kubernetes v1.37.2 refuses these feature gates: cannot set feature gate Locked to false, feature is locked to "
        "true, unrecognized feature gate: MaxUnavailableStatefulSets"
    )
    assert refusal.value.remedy == "was MaxUnavailableStatefulSet for MaxUnavailableStatefulSets meant?"
