"""The examples that Hypothesis draws."""

from __future__ import annotations

from hypothesis import settings


def test_each_night_draws_examples_of_its_own_and_tells_how_to_draw_them_again():
    nightly = settings.get_profile("nightly")

    assert not nightly.derandomize
    assert nightly.print_blob
