"""Manifests of one namespace, made for another."""

from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.manifests.loading import parse
from harness.manifests.moving import home_of, moved

SHOP = """\
kind: Namespace
apiVersion: v1
metadata: {name: shop}
---
kind: Service
apiVersion: v1
metadata: {name: tills, namespace: shop}
---
kind: ConfigMap
apiVersion: v1
metadata: {name: peers, namespace: shop}
data: {TEXT}
"""


def text_of(data: str) -> str:
    manifests = moved(parse(SHOP.replace("TEXT", f"peers: {data!r}"), "shop.yaml"), "play")
    assert [manifest.kind for manifest in manifests] == ["Service", "ConfigMap"]
    assert all("namespace" not in manifest.body["metadata"] for manifest in manifests)
    return str(manifests[-1].body["data"]["peers"])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("till-0.tills.shop.svc.cluster.local", "till-0.tills.play.svc.cluster.local"),
        ("http://till-0.tills.shop.svc:2380,x", "http://till-0.tills.play.svc:2380,x"),
        ("till-0.tills.shop:2380", "till-0.tills.play:2380"),
        ("bank.shop.svc", "bank.play.svc"),
        ("tills.shop.example.com", "tills.shop.example.com"),
        ("www.shop.example", "www.shop.example"),
        ("my-tills.shop", "my-tills.shop"),
        ("tills.workshop.svc", "tills.workshop.svc"),
        ("shop", "shop"),
    ],
)
def test_names_move_with_the_namespace_and_domains_do_not(written: str, meant: str) -> None:
    assert text_of(written) == meant


def test_manifests_without_a_namespace_stay_as_they_are() -> None:
    manifests = parse("kind: Service\napiVersion: v1\nmetadata: {name: tills}\n", "shop.yaml")
    assert moved(manifests, "play") == manifests
    assert home_of(manifests) == ""


def test_a_second_namespace_is_refused_with_its_line() -> None:
    text = SHOP.replace("{name: peers, namespace: shop}", "\n  name: peers\n  namespace: back-office")
    with pytest.raises(BadInput) as told:
        moved(parse(text.replace("TEXT", "a: b"), "shop.yaml"), "play")
    assert (told.value.file, told.value.line) == ("shop.yaml", 13)
    assert "back-office, and other objects are in shop" in str(told.value)
