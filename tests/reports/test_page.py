"""The page as it is written; what a browser makes of it is tested in tests/browser."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.reports.page import Run, facts_of, write_page
from harness.reports.results import ScenarioResult, recorded_result

PASSED = ScenarioResult("s::p", "shelf.feature", "A book is there", 9, "passed", 1.0, feature_title="Shelves")
SKIPPED = ScenarioResult("s::s", "shelf.feature", "A map is there", 19, "skipped", 0.0, message="no volumes here")


class _Reader(HTMLParser):
    """Collects start tags and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag

    def handle_data(self, data):
        if self._inside not in ("script", "style"):
            self.text += data


@pytest.fixture
def page(failed, tmp_path):
    """Write a page of a passed, a skipped and a failed scenario; return its text."""
    path = tmp_path / "report.html"
    write_page([PASSED, SKIPPED, failed], path, Run("2026-01-01T00:00:00Z", 75.0, facts_of([failed])))
    return path.read_text(encoding="utf-8")


def test_the_page_says_first_what_the_run_came_to(page):
    text = " ".join(_Reader(page).text.split())

    assert "1 of 2 scenarios did not pass" in text
    assert "took75 s" in text
    assert "Kubernetesv1.36.3" in text
    assert "no volumes here 1" in text


def test_broken_scenarios_come_first_and_open(page):
    scenarios = [attrs for tag, attrs in _Reader(page).tags if tag == "details" and "data-verdict" in attrs]

    assert [one["data-verdict"] for one in scenarios] == ["failed", "passed", "skipped"]
    assert ["open" in one for one in scenarios] == [True, False, False]


@pytest.mark.row(49)
def test_nothing_that_a_stranger_wrote_becomes_markup(page):
    reader = _Reader(page)

    assert "xss" not in {tag for tag, _ in reader.tags}
    assert "</script><xss>it is not" in reader.text
    assert [tag for tag, _ in reader.tags].count("script") == page.count("</script>") == 2


def test_the_page_asks_nothing_of_a_network(page):
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)""", page)
    assert "default-src 'none'" in page
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


def test_the_counterexample_is_numbered_in_table_and_picture(page, counterexample):
    rings = re.findall(r'class="ring" data-seq="(\d+)"', page)
    rows = re.findall(r'<tr data-seq="(\d+)">', page)

    assert [int(seq) for seq in rows] == list(counterexample)
    assert set(map(int, rings)) == set(counterexample)
    assert len(rings) == 2 * len(counterexample)


def test_every_mark_has_its_object(page, recorded):
    [packed] = re.findall(r'class="objects">([^<]+)<', page)
    entries = {entry["seq"]: entry for entry in json.loads(gzip.decompress(base64.b64decode(packed)))}
    marks = set(map(int, re.findall(r'data-seq="(\d+)"', page)))

    assert marks - entries.keys() == set()
    assert all(entry["data"] == recorded[seq].data for seq, entry in entries.items())


def test_a_recording_that_cannot_be_read_is_named_with_the_reason(failed, tmp_path):
    Path(failed.recording).write_bytes(b"no recording")

    write_page([failed], tmp_path / "report.html", Run())

    assert "shelf.jsonl.gz" in (tmp_path / "report.html").read_text()
    assert "it is unreadable: Not a gzipped file" in (tmp_path / "report.html").read_text()


def test_a_report_that_was_moved_finds_its_recordings_beside_it(failed, tmp_path):
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    (tmp_path / "recordings").rename(moved / "recordings")

    write_page([failed], moved / "report.html", Run())

    assert "<svg viewBox" in (moved / "report.html").read_text()


def test_evidence_is_part_of_the_page(failed, tmp_path):
    folder = tmp_path / "evidence" / "shelf"
    folder.mkdir(parents=True)
    (folder / "evidence.txt").write_text("containers:\n  web-0: <waiting>\n")

    write_page([replace(failed, evidence=str(folder))], tmp_path / "report.html", Run())

    assert "web-0: &lt;waiting&gt;" in (tmp_path / "report.html").read_text()


def test_a_stored_result_is_the_one_of_the_run(failed):
    assert recorded_result(Path(failed.recording)) == failed


def test_two_hundred_scenarios_make_a_page_of_a_few_megabytes(failed, tmp_path):
    """What a browser opens in time: measured are 30 kB a scenario."""
    write_page([failed] * 200, tmp_path / "report.html", Run())

    assert (tmp_path / "report.html").stat().st_size < 20e6
