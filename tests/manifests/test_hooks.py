"""Hooks that a rendered chart brings along: played in Helm's order, left out as by an installation, else refused."""

from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.manifests.hooks import due, parted
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
        ("helm.sh/hook: test-success, post-delete", "a hook of Helm (test-success, post-delete)"),
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
        "helm.sh/hook: crd-install",
        "argocd.argoproj.io/hook: PreSync",
    ],
)
def test_what_nobody_here_can_run_is_refused_with_its_line(annotation: str) -> None:
    with pytest.raises(BadInput, match=r"Pod hook: is a hook of ") as refusal:
        parted(parse(CHART.replace("HOOK", annotation), "chart.yaml"))
    assert refusal.value.line == 11
    assert "--no-hooks" in refusal.value.remedy


def test_a_hook_that_is_asked_for_by_its_name_is_refused_too() -> None:
    _, (hook,) = parted(parse(CHART.replace("HOOK", "helm.sh/hook: test"), "chart.yaml"))
    assert str(hook.refused()).startswith("chart.yaml:11: Pod hook: is a hook of Helm (test)")


HOOKS = """\
apiVersion: v1
kind: Pod
metadata: {name: NAME, annotations: {helm.sh/hook: "MOMENTS", helm.sh/hook-weight: "WEIGHT"}}
"""


def written(*hooks: tuple[str, str, str]) -> str:
    texts = (HOOKS.replace("NAME", a).replace("MOMENTS", b).replace("WEIGHT", c) for a, b, c in hooks)
    return "---\n".join(texts)


def test_hooks_of_a_moment_run_by_weight_and_then_by_name() -> None:
    """As Helm sorts them (pkg/action/hooks.go, hookByWeight): -5 before 0 before 10, as numbers."""
    text = written(
        *(("z", "pre-install", "-5"), ("b", "pre-install,pre-upgrade", "0"), ("a", "pre-install", "0")),
        *(("c", "pre-install", "10"), ("d", "post-install", "-9"), ("e", "pre-install", "9")),
    )
    _, hooks = parted(parse(text, "chart.yaml"))
    assert [hook.manifest.name for hook in due(hooks, "pre-install")] == ["z", "a", "b", "e", "c"]
    assert [hook.manifest.name for hook in due(hooks, "pre-upgrade")] == ["b"]
    assert due(hooks, "pre-rollback") == []


def test_a_weight_or_a_policy_that_helm_does_not_take_is_refused_with_its_line() -> None:
    _, (hook,) = parted(parse(written(("a", "pre-install", "heavy")), "chart.yaml"))
    with pytest.raises(BadInput, match=r"chart.yaml:3: Pod a: the weight heavy is no number"):
        due([hook], "pre-install")
    text = CHART.replace("HOOK", "helm.sh/hook: pre-install\n    helm.sh/hook-delete-policy: hook-succeeded, never")
    _, (hook,) = parted(parse(text, "chart.yaml"))
    with pytest.raises(BadInput, match=r"chart.yaml:12: Pod hook: never is no policy of Helm"):
        assert hook.policies
