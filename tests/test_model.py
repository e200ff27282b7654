"""Sizes as manifests and servers spell them."""

from __future__ import annotations

import pytest

from harness.model import amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1073741824", 2**30),
        ("1Ki", 2**10),
        ("64Mi", 64 * 2**20),
        ("2Gi", 2**31),
        ("1.5Gi", 3 * 2**29),
        ("3Ti", 3 * 2**40),
        ("500M", 5 * 10**8),
        ("2k", 2000),
        ("1e3", 1000),
        ("1E", 10**18),
        ("1500m", 1.5),
        (".5Gi", 2**29),
        ("5.", 5),
        ("+1Gi", 2**30),
    ],
)
def test_a_size_is_a_number_of_bytes(text: str, number: float) -> None:
    assert amount(text) == number


@pytest.mark.parametrize("text", ["", "Gi", "2GB", "2 Gi", "two", "-1Gi", ".", ".Gi", "NaN", "1_000"])
def test_what_is_no_size_is_refused_with_its_form(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2Gi"):
        amount(text)
