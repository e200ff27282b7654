"""The objects of a scenario as a page carries them: compressed, unpacked by the browser at the first click."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any

from harness.history.history import History
from harness.history.observation import Observation
from harness.promises.explain import explain
from harness.reports.timeline import Timeline

__all__ = ["packed_objects"]


def packed_objects(history: History, timeline: Timeline) -> str:
    """
    Return every observation that the timeline shows, as base64 of gzip of a JSON list.

    Each entry has seq, at, wall, topic, verb, name, uid, told (in words) and data (the object). The states of one
    object stand together: what has not changed then costs next to nothing.
    """
    shown = {point.seq for lane in timeline.lanes for point in lane.points} | {step.seq for step in timeline.steps}
    shown |= {stretch.seq for lane in timeline.lanes for stretch in lane.stretches}
    told = {row.observation.seq: row.happened for row in explain(history, (history[seq] for seq in shown))}
    ordered = sorted(shown, key=lambda seq: (history[seq].topic, history[seq].uid, seq))
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as file:
        for number, seq in enumerate(ordered):
            entry = json.dumps(_entry(history[seq], told[seq]), ensure_ascii=False, separators=(",", ":"))
            file.write(f"{',' if number else '['}{entry}".encode())
        file.write(b"]" if ordered else b"[]")
    return base64.b64encode(packed.getvalue()).decode()


def _entry(seen: Observation, told: str) -> dict[str, Any]:
    return {
        "seq": seen.seq,
        "at": round(seen.at, 4),
        "wall": seen.wall,
        "topic": seen.topic,
        "verb": seen.verb.value,
        "name": seen.name,
        "uid": seen.uid,
        "told": told,
        "data": seen.data,
    }
