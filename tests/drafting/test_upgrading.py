"""Two releases of an application: what is asked while one becomes the other, and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.drafting.application import Application, ManifestSource
from harness.drafting.case import DraftedCase, NotAsked
from tests.drafting.test_choosing import APPLICATION


def releases(tmp_path: Path, *changes: tuple[str, str]) -> Application:
    text = APPLICATION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "one.yaml").write_text(APPLICATION)
    (tmp_path / "two.yaml").write_text(text)
    return ManifestSource(tmp_path / "one.yaml").read_with(ManifestSource(tmp_path / "two.yaml"))


def asked(application: Application) -> list[DraftedCase]:
    _, found = application.chosen["db"]
    return [one for one in found if isinstance(one, DraftedCase) and "two" in " ".join(one.steps)]


def test_a_set_is_asked_the_same_there_and_back(tmp_path: Path) -> None:
    there, back = asked(releases(tmp_path, ("etcd:3.6.8-0", "etcd:3.7.0-0")))
    assert there.promise == "is upgraded to two, and serves meanwhile"
    assert list(there.steps) == [
        'Given StatefulSet "db" with 3 ready replicas',
        'And each replica of "db" has written its own data',
        'When release "one" is upgraded to "two"',
        'Then within 240 seconds the rollout of "db" is complete',
        'And at no time since the event were fewer than 2 pods of "db" ready',
        'And each replica of "db" reads its own data',
    ]
    assert back.promise == "is rolled back to one, and serves meanwhile"
    assert 'And release "one" has been upgraded to "two"' in back.steps
    assert 'When release "two" is rolled back to "one"' in back.steps
    assert set(there.tags) == {"needs_containers", "needs_registry"}


def test_fewer_replicas_than_before_are_asked_for_no_more_than_they_are(tmp_path: Path) -> None:
    there, back = asked(releases(tmp_path, ("replicas: 3", "replicas: 2")))
    assert 'And at no time since the event were fewer than 1 pods of "db" ready' in there.steps
    assert not any("reads its own data" in step for step in (*there.steps, *back.steps))


def test_a_release_that_updates_on_demand_keeps_its_replicas(tmp_path: Path) -> None:
    change = ("  serviceName: db-peers\n", "  serviceName: db-peers\n  updateStrategy: {type: OnDelete}\n")
    there, _ = asked(releases(tmp_path, change))
    assert 'Then within 10 seconds all 3 replicas of "db" are ready' in there.steps


def test_a_set_that_goes_and_one_that_comes_are_told(tmp_path: Path) -> None:
    application = releases(
        tmp_path, ("kind: StatefulSet\nmetadata: {name: db}", "kind: StatefulSet\nmetadata: {name: d}")
    )
    _, found = application.chosen["db"]
    reasons = [one.reason for one in found if isinstance(one, NotAsked)]
    assert "release two has no StatefulSet of that name, so that the upgrade deletes it" in reasons
    assert NotAsked("d", "all", "only release two has it") in application.spared


def test_the_feature_says_where_both_are(tmp_path: Path) -> None:
    text = releases(tmp_path).feature(tmp_path)
    given = '    Given release "one" is in "one.yaml"\n    And release "two" is in "two.yaml"\n'
    assert f"  Background:\n{given}" in text


@pytest.mark.parametrize(
    ("old", "new", "names"), [("1.2.0", "1.3.0", ("1.2.0", "1.3.0")), ("1.2.0", "1.2.0", ("before", "after"))]
)
def test_charts_are_called_by_their_versions_and_keep_the_name_of_the_release(
    old: str, new: str, names: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, version in (("before", old), ("after", new)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: db\nversion: {version}\n")
    (tmp_path / "app.yaml").write_text(APPLICATION)
    (tmp_path / "helm").write_text(f"#!/bin/sh\nexec /bin/cat {tmp_path}/app.yaml\n")
    (tmp_path / "helm").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    application = ManifestSource(tmp_path / "before").read_with(ManifestSource(tmp_path / "after"))
    assert tuple(application.sources) == names
    assert 'is in "after --release before"' in application.feature(tmp_path)
