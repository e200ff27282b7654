"""Changes that break what clients were told and find afterwards."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import OUTPUT, Observation
from harness.promises.clients import STORED, acknowledged_writes
from harness.promises.mutations.history_editor import Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import rewrite_newest
from harness.promises.verdict import Subject


@breaks("acknowledged writes kept", "kept")
def _lose_a_write(history: History, subject: Subject) -> History | None:
    acknowledged = [str(seen.data["subject"]) for seen in acknowledged_writes(history, subject.name)]

    def lose(reading: Raw) -> None:
        reading["stdout"] = " ".join(key for key in reading["stdout"].split() if key != acknowledged[0])

    return rewrite_newest(history, _readings(history, subject), lose) if acknowledged else None


@breaks("acknowledged writes kept", "known")
def _find_what_nobody_wrote(history: History, subject: Subject) -> History | None:
    return rewrite_newest(
        history, _readings(history, subject), lambda reading: reading.update(stdout=f"{reading['stdout']} nobodys")
    )


@breaks("acknowledged writes kept", "readable")
def _fail_to_read(history: History, subject: Subject) -> History | None:
    return rewrite_newest(
        history, _readings(history, subject), lambda reading: reading.update(code=1, stdout="", stderr="no answer")
    )


def _readings(history: History, subject: Subject) -> list[Observation]:
    readings = [seen for seen in history.of(OUTPUT) if seen.data.get("purpose") == STORED]
    return [seen for seen in readings if seen.data.get("client") == subject.name and seen.data.get("code") == 0]
