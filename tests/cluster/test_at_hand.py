"""A cluster that kind makes is given the images that lie here already; nothing is built or fetched for it."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.cluster.embedded import at_hand, servers
from harness.cluster.embedded.cache import Cache
from harness.cluster.embedded.families import Family, family_of
from harness.cluster.embedded.go_modules import GoModules
from harness.cluster.embedded.packages import Packages
from harness.plugin.cluster_choice import start_cluster
from harness.plugin.run_settings import read_settings
from tests.fakes.apiserver import FakeServer, serving
from tests.fakes.programs import ENGINE, KIND, Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine.of(tmp_path, monkeypatch)
    machine.install("kind", KIND)
    machine.install("docker", ENGINE)
    busybox = tmp_path / "busybox"
    busybox.write_text("a shell")
    monkeypatch.setattr(at_hand, "distribution_program", lambda _: busybox)
    monkeypatch.setattr(servers, "distribution_program", lambda _: busybox)
    return machine


@pytest.fixture(autouse=True)
def _nothing_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("nothing may be built or fetched")

    monkeypatch.setattr(GoModules, "_build", refuse)
    monkeypatch.setattr("harness.cluster.embedded.packages._fetch", refuse)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    with serving() as served:
        monkeypatch.setenv("FAKE_SERVER", served.url)
        served.answers["GET", "/apis/storage.k8s.io/v1"] = lambda _: (200, {"resources": []})
        served.put("", "nodes", "n1")
        served.put_dns()
        yield served


def have_built(monkeypatch: pytest.MonkeyPatch, *programs: str) -> None:
    """Have the families of these programs in the cache, as if they had been built for an embedded cluster."""

    def build(_: GoModules, family: Family, folder: Path) -> None:
        for name in [*(program.name for program in family.programs), *family.files]:
            (folder / name).write_text(name)

    with monkeypatch.context() as patched:
        patched.setattr(GoModules, "_build", build)
        for name in programs:
            GoModules(Cache.of_user(), print).ensure(family_of(name))


def have_fetched(*packages: Packages) -> None:
    for each in packages:
        make = lambda folder: (folder / "layer.tar").write_bytes(b"")  # noqa: E731
        Cache.of_user().ensure("packages", f"{each.names[0]}-{each.release}", each.key(), make)


def start(pytester: pytest.Pytester, said: list[str], *given: str):
    return start_cluster(read_settings(pytester.parseconfig("--harness-cluster=kind", *given)), said.append)


def loaded(machine: Machine) -> list[str]:
    """Return the names of the archives that kind was told to load, without their hashes."""
    paths = [Path(call.split()[-1]) for call in machine.calls if call.startswith("kind load")]
    return [path.parent.name.rpartition("-")[0] for path in paths]


def test_who_has_built_nothing_has_everything_pulled(pytester, machine, server):
    cluster = start(pytester, [])
    cluster.provide("needs_servers", print)
    cluster.stop()

    assert loaded(machine) == []


def test_what_was_built_is_loaded_and_named_as_manifests_name_it(pytester, machine, server, monkeypatch):
    have_built(monkeypatch, "agnhost")
    said: list[str] = []

    start(pytester, said).stop()

    assert loaded(machine) == ["specifications"]
    assert any(line.startswith("loaded specifications-") for line in said)
    archive = next(Path(call.split()[-1]) for call in machine.calls if call.startswith("kind load"))
    with tarfile.open(archive) as opened:
        manifest = opened.extractfile("manifest.json")
        assert manifest is not None
        assert b"docker.io/library/busybox:1.35" in (told := manifest.read())
        assert b"registry.k8s.io/e2e-test-images/agnhost:2.53" in told


def test_servers_are_loaded_as_far_as_they_are_at_hand_and_when_they_are_asked_for(
    pytester, machine, server, monkeypatch
):
    have_built(monkeypatch, "agnhost", "etcd")
    have_fetched(*(Packages(release, ("nginx",), servers._NGINX_FILES) for release in servers._NGINX.values()))
    cluster = start(pytester, [])
    assert loaded(machine) == ["specifications"]

    cluster.provide("needs_servers", print)

    assert loaded(machine) == ["specifications", "nginx", "etcd"]
    cluster.stop()


def test_cluster_that_was_there_keeps_its_images(pytester, machine, server, monkeypatch):
    have_built(monkeypatch, "agnhost", "etcd")
    (machine.clusters / "shelf").touch()

    cluster = start(pytester, [], "--harness-cluster-name=shelf")
    cluster.provide("needs_servers", print)
    cluster.stop()

    assert loaded(machine) == []


def test_what_cannot_be_loaded_is_told_and_left_to_the_cluster(pytester, machine, server, monkeypatch):
    have_built(monkeypatch, "agnhost")
    monkeypatch.setenv("FAKE_LOAD", "fail")
    said: list[str] = []

    start(pytester, said).stop()

    told = next(line for line in said if "are pulled nevertheless" in line)
    assert "no such archive" in told
