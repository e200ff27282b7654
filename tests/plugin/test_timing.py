"""Where a scenario's time went, on its way from the process that ran it into the reports."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

GLUE = """\
import pytest
from pytest_bdd import given, parsers, then
from harness.plugin.attempt import attempt_of
from harness.reports.results import Timing

@pytest.fixture
def harness_run(request):
    yield None
    attempt_of(request.node).timing = Timing(4.0, 2.0, 1.0, 0.9)

@given("a shelf")
def a_shelf(harness_run):
    pass

@then(parsers.parse("a book is found within {span:d} seconds"))
def a_book_is_found(span):
    assert span == 2
"""


@pytest.mark.parametrize("workers", [(), ("-n1",)])
def test_timing_is_in_every_report(pytester, write_feature, workers):
    write_feature(glue=GLUE)

    run = pytester.runpytest("shelf.feature", "--junit-xml=junit.xml", *workers)

    run.stdout.fnmatch_lines(
        ["scenarios' time: 4 s*the harness's own: 100 ms, 2.5%*", "*A book is found where it was*"]
    )
    folder = pytester.path / "statefulspec-report"
    assert json.loads((folder / "results.jsonl").read_text())["timing"]["own_s"] == pytest.approx(0.1)
    assert "the harness itself: 2.5%" in (folder / "report.html").read_text()
    properties = ET.parse(pytester.path / "junit.xml").iter("property")
    assert {one.get("name"): one.get("value") for one in properties}["own_s"] == "0.1"
