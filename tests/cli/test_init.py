"""A project that is begun with `init`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harness.cli import main
from harness.cli.init import _FILES
from harness.plugin.catalogue import catalogue


def test_a_project_has_all_that_it_needs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "My Shop")]) == 0
    made = {str(path.relative_to(tmp_path / "My Shop")) for path in tmp_path.rglob("*") if path.is_file()}
    assert made == set(_FILES.values())
    assert tomllib.loads((tmp_path / "My Shop" / "pyproject.toml").read_text())["project"]["name"] == "my-shop"
    assert len(catalogue(tmp_path / "My Shop")) == 2
    assert "pytest --harness-cluster=kind" in capsys.readouterr().out


def test_what_is_there_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text("mine")
    assert main(["init", str(tmp_path)]) == 2
    assert "there is already pyproject.toml" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]
    assert (tmp_path / "pyproject.toml").read_text() == "mine"


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["init", str(tmp_path / "file" / "below")]) == 2
    assert "cannot be written" in capsys.readouterr().err
