"""Runs pytest inside pytest, with the plugin as users have it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

FEATURE = """\
Feature: A shelf keeps what is put on it
  Scenario: A book is found where it was put
    Given a shelf
    Then a book is found within 2 seconds
"""
GLUE = """\
import pytest
from pytest_bdd import given, parsers, then

@pytest.fixture
def harness_run():
    return None

@given("a shelf")
def a_shelf():
    pass

@then(parsers.parse("a book is found within {span:d} seconds"))
def a_book_is_found(span):
    assert span == 2
"""


@pytest.fixture
def write_feature(pytester: pytest.Pytester) -> Callable[..., Path]:
    """Write a feature file and the glue of its steps, which need no cluster; returns the feature's path."""

    def write(text: str = FEATURE, glue: str = GLUE, name: str = "shelf") -> Path:
        pytester.makeconftest(glue)
        return pytester.makefile(".feature", **{name: text})

    return write
