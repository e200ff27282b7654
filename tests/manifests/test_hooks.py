"""Hooks that a rendered chart brings along: left out where an installation leaves them out, else refused."""

from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.manifests.hooks import parted
from harness.manifests.loading import parse

CHART = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, annotations: {note: helm.sh/hook}}
---
apiVersion: v1
kind: Pod
metadata:
  name: hook
  annotations:
    helm.sh/hook-weight: "5"
    HOOK
"""


@pytest.mark.parametrize(
    ("annotation", "told"),
    [
        ("helm.sh/hook: pre-delete", "a hook of Helm (pre-delete)"),
        ("helm.sh/hook: test", "a hook of Helm (test)"),
        ("helm.sh/hook: test-success, post-upgrade", "a hook of Helm (test-success, post-upgrade)"),
        ("argocd.argoproj.io/hook: PostDelete", "a hook of Argo CD (PostDelete)"),
    ],
)
def test_what_no_installation_runs_is_left_out_and_told_with_its_line(annotation: str, told: str) -> None:
    plain, (hook,) = parted(parse(CHART.replace("HOOK", annotation), "chart.yaml"))
    assert [one.name for one in plain] == ["plain"]
    assert str(hook) == f"chart.yaml:11: left out: Pod hook, which is {told}"


@pytest.mark.parametrize(
    "annotation",
    [
        "helm.sh/hook: pre-install",
        "helm.sh/hook: pre-upgrade,post-install",
        "helm.sh/hook: crd-install",
        "argocd.argoproj.io/hook: PreSync",
    ],
)
def test_what_an_installation_runs_is_refused_with_its_line(annotation: str) -> None:
    with pytest.raises(BadInput, match=r"Pod hook: is a hook of ") as refusal:
        parted(parse(CHART.replace("HOOK", annotation), "chart.yaml"))
    assert refusal.value.line == 11
    assert "--no-hooks" in refusal.value.remedy


def test_a_hook_that_is_asked_for_by_its_name_is_refused_too() -> None:
    _, (hook,) = parted(parse(CHART.replace("HOOK", "helm.sh/hook: test"), "chart.yaml"))
    assert str(hook.refused()).startswith("chart.yaml:11: Pod hook: is a hook of Helm (test)")
