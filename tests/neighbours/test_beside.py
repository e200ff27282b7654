"""Tests that use other plugins, and some of them ours as well; `ci/neighbours` runs them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from harness.kube.api import Api

TRIED: list[int] = []


@pytest.mark.asyncio
async def test_a_coroutine_asks_the_run_s_cluster(harness_api: Api) -> None:
    assert (await asyncio.to_thread(harness_api.version)).startswith("v1.")


@pytest.mark.flaky(reruns=1)
def test_what_is_run_again_keeps_the_settings_of_the_run(harness_settings: Any) -> None:
    TRIED.append(harness_settings.nodes)
    assert len(TRIED) == 2


@pytest.mark.parametrize("name", ["kind_cluster", "k8s"])
def test_fixtures_of_others_are_there(name: str, pytestconfig: pytest.Config) -> None:
    """Of pytest-kind and pytest-kubernetes: both make clusters of their own, which nobody asks for here."""
    known = {plugin for plugin, _ in pytestconfig.pluginmanager.list_name_plugin()}
    assert {"kind_cluster": "pytest-kind", "k8s": "pytest-kubernetes"}[name] in " ".join(known)
