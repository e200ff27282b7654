"""What a person can do with the page in a real browser."""

from __future__ import annotations

import pytest

from harness.plugin.catalogue import catalogue
from harness.reports.page import Run, write_page
from harness.reports.results import recorded_result
from tests.browser.conftest import FEATURES, RECORDING

SHOWN = "return [...document.querySelectorAll('.scenario:not([hidden]) .title')].map(one => one.textContent)"
PANEL_ONCE = """
const panel = document.querySelector('#panel'), wanted = arguments[0];
return new Promise((found, lost) => {
  const look = () => !panel.hidden && panel.innerText.includes(wanted) && found(panel.innerText);
  new MutationObserver(look).observe(panel, {childList: true, attributes: true});
  setTimeout(() => lost(`the panel shows ${panel.innerText}, not ${wanted}`), 5000);
  look();
});
"""
OVERFLOWS = """
const all = [...document.querySelectorAll('body, body *')].filter(one => one.checkVisibility() && !one.closest('svg'));
const box = one => one.getBoundingClientRect();
const around = one => box(one.parentElement.closest('.card, .filters') ?? document.body);
const outside = all.filter(one => !one.closest('.scroll, pre')
  && (box(one).left < around(one).left - 1 || box(one).right > around(one).right + 1));
const cut = all.filter(one => one.closest('.card')).filter(one => getComputedStyle(one).overflow !== 'visible'
  || (one.clientWidth && one.scrollWidth > one.clientWidth)
  || (one.clientHeight && one.scrollHeight > one.clientHeight + 1));
const page = document.documentElement.scrollWidth > innerWidth ? ['the page itself'] : [];
const told = one => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`;
return [...page, ...[...outside, ...cut].map(told)];
"""
CREATED = "figure:last-of-type [data-lane='nginx-web-1'] .mark.created"


def test_what_went_wrong_is_seen_without_a_click(page, pictures):
    headline, rings = page.run(
        "const shows = one => one && one.checkVisibility() && one.getBoundingClientRect().top < innerHeight;"
        "return [[...document.querySelectorAll('.headline')].filter(shows).map(one => one.textContent),"
        "[...document.querySelectorAll('.ring')].filter(shows).map(one => one.textContent)]"
    )

    assert headline == [recorded_result(RECORDING).message.splitlines()[0]]
    assert rings == ["1", "2", "3"]
    page.picture(pictures / "report-light.png")
    page.prefer("dark")
    page.picture(pictures / "report-dark.png")


@pytest.mark.parametrize(("scheme", "paper"), [("light", 255), ("dark", 60)])
def test_colours_follow_the_readers_preference(page, scheme, paper):
    page.prefer(scheme)
    told = page.run("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")

    assert max(told) <= paper
    assert min(told) >= paper - 60


def test_text_verdict_and_tag_filter(page):
    page.press("/", *"again")
    assert page.run(SHOWN) == ["It starts again"]

    page.press(*["\ue003"] * 5)
    assert len(page.run(SHOWN)) == 3

    page.point("[name=verdict][value=failed]", click=True)
    assert page.run(SHOWN) == ["It starts again", "A map is there"]

    page.run(
        "const tag = document.querySelector('#tag'); tag.value = arguments[0]; tag.dispatchEvent(new Event('input'))",
        "needs_volumes",
    )
    assert page.run(SHOWN) == ["A map is there"]
    assert page.run("return document.querySelector('#shown').textContent") == "1 of 3 shown"


def test_a_click_shows_the_object_and_the_arrows_its_changes(page):
    page.point(CREATED, click=True)
    first = page.run(PANEL_ONCE, "Pod nginx-web-1")
    assert '"phase": "Pending"' in first
    assert "What changed" not in first

    page.press("right")
    changed = page.run(PANEL_ONCE, "What changed")
    assert "metadata.resourceVersion" in changed

    page.press("left")
    assert "created" in page.run(PANEL_ONCE, "created")

    page.press("escape")
    assert page.run("return document.querySelector('#panel').hidden")


def test_a_line_of_the_counterexample_leads_to_its_object(page):
    page.point(".counterexample tr[data-seq]:nth-child(2)", click=True)

    assert "Pod nginx-web-1" in page.run(PANEL_ONCE, "As it was then")


def test_the_mouse_over_a_stretch_tells_how_long_it_lasted(page):
    page.point("figure:last-of-type [data-lane='nginx-web-0'] .stretch")

    told = page.run("return document.querySelector('#tip').innerText")
    assert told.startswith("nginx-web-0: pending, v1: 0.1")


def test_paper_shows_every_scenario_and_no_controls(page):
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.prefer("light", media="print")
    try:
        shown = page.run(
            "return [...document.querySelectorAll('.filters, #panel, .steps')].filter(one => one.checkVisibility())"
            ".map(one => one.className)"
        )
        assert shown == ["steps", "steps"]
    finally:
        page.prefer("light")


@pytest.mark.parametrize("width", [1400, 1000, 400])
def test_nothing_is_cut_off_with_all_scenarios(browser, whole_page_file, width, pictures):
    browser.be_wide(width)
    try:
        browser.open(whole_page_file)
        browser.picture(pictures / f"whole-{width}.png")
        assert browser.run(OVERFLOWS) == []

        browser.run("for (const one of document.querySelectorAll('details')) one.open = true")
        assert browser.run(OVERFLOWS) == []
        browser.picture(pictures / f"whole-{width}-open.png")
    finally:
        browser.be_wide(0)


def test_the_overview_has_every_feature_and_begins_with_what_failed(browser, whole_page_file):
    browser.open(whole_page_file)
    first, count = browser.run(
        "const card = document.querySelector('.card'); const rows = [...card.querySelectorAll('li')];"
        "return [rows[0].textContent, rows.length]"
    )

    assert "1 failed" in first
    assert count == len({recorded_result(RECORDING).feature_title, *(one.promise for one in catalogue(FEATURES))})


def test_two_hundred_scenarios_are_all_on_the_page(browser, tmp_path):
    path = tmp_path / "report.html"
    write_page([recorded_result(RECORDING)] * 200, path, Run())

    browser.open(path)

    assert browser.run("return document.querySelectorAll('.scenario').length") == 200
