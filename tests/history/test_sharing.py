"""What is shared is equal to what was given, and holds nothing twice."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from harness.history.sharing import share

LEAVES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([0.0, 1.0, "", "a", "b"])
OBJECTS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=12,
)


@given(OBJECTS, OBJECTS)
def test_nothing_is_lost_or_changed(value, former):
    before = json.dumps(former)

    assert json.dumps(share(value, former)) == json.dumps(value)
    assert json.dumps(former) == before


@given(OBJECTS)
def test_an_equal_object_is_the_former_one(value):
    former = json.loads(json.dumps(value))

    assert isinstance(value, float | int | None) or share(value, former) is former


def test_what_has_not_changed_is_the_same_in_memory():
    former = {"spec": {"image": "v1"}, "status": {"ready": False, "conditions": [{"type": "A"}, {"type": "B"}]}}
    value = json.loads(json.dumps(former))
    value["status"]["ready"] = True
    value["status"]["conditions"][0]["type"] = "C"

    shared = share(value, former)

    assert shared["spec"] is former["spec"]
    assert shared["status"]["conditions"][1] is former["status"]["conditions"][1]
    assert former["status"]["conditions"][0] == {"type": "A"}
