"""Changes that break claims and the data in their volumes."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.history import History, Incarnation
from harness.history.observation import Observation, Verb
from harness.promises.changes import incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import outputs_of, rewrite_newest, rewrite_newest_pod
from harness.promises.verdict import Subject


@breaks("claim identity", "mounts")
def _mount_another_claim(history: History, subject: Subject) -> History | None:
    def swap(pod: Raw) -> None:
        for volume in pod["spec"].get("volumes", []):
            if "persistentVolumeClaim" in volume:
                volume["persistentVolumeClaim"]["claimName"] = "another"

    return rewrite_newest_pod(history, subject, swap) if any(_claims(history, subject)) else None


@breaks("claim identity", "kept")
def _lose_claim(history: History, subject: Subject) -> History | None:
    for place, claim in _claims(history, subject):
        draft = HistoryEditor(history)
        draft.insert(place, claim.last, Verb.DELETED, _as_it_was)
        return draft.history()
    return None


@breaks("claim identity", "foreign")
def _lose_claim_of_another(history: History, subject: Subject) -> History | None:
    def belong_elsewhere(found: Raw) -> None:
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "another", "uid": "another", "controller": True}
        found["metadata"]["ownerReferences"] = [owner]

    proofs = history.of("PersistentVolumeClaim", Verb.SYNCED)
    for claim in reversed(history.incarnations("PersistentVolumeClaim")):
        if claim.deleted is None and subject.ordinal(claim.name.partition("-")[2]) is not None and proofs:
            draft = HistoryEditor(history)
            draft.insert(proofs[-1], claim.last, Verb.DELETED, belong_elsewhere)
            return draft.history()
    return None


@breaks("claim identity", "same claim")
def _exchange_claim(history: History, subject: Subject) -> History | None:
    def exchange(found: Raw) -> None:
        found["metadata"]["uid"] += "-other"

    for place, claim in _claims(history, subject):
        draft = HistoryEditor(history)
        draft.insert(place, claim.last, Verb.DELETED, _as_it_was)
        draft.insert(place, claim.last, Verb.ADDED, exchange)
        return draft.history()
    return None


@breaks("claim identity", "same volume")
def _exchange_volume(history: History, subject: Subject) -> History | None:
    for place, claim in _claims(history, subject):
        draft = HistoryEditor(history)
        draft.insert(place, claim.last, Verb.MODIFIED, lambda found: found["spec"].update(volumeName="another"))
        return draft.history()
    return None


@breaks("claim identity", "reference")
def _refer_to_another_claim(history: History, subject: Subject) -> History | None:
    for place, claim in _claims(history, subject):
        volume = next(iter(history.incarnations("PersistentVolume", claim.last.data["spec"]["volumeName"])), None)
        if volume:
            draft = HistoryEditor(history)
            draft.delay(place, 1)
            draft.insert(place, volume.last, Verb.MODIFIED, _refer_elsewhere)
            return draft.history()
    return None


@breaks("data kept", "present")
def _lose_file(history: History, subject: Subject) -> History | None:
    return rewrite_newest(
        history, outputs_of(history, subject, "read"), lambda output: output.update(code=1, content="")
    )


@breaks("data kept", "content")
def _change_file(history: History, subject: Subject) -> History | None:
    return rewrite_newest(
        history, outputs_of(history, subject, "read"), lambda output: output.update(content="something else")
    )


def _claims(history: History, subject: Subject) -> Iterator[tuple[Observation, Incarnation]]:
    """Yield the newest creation of a pod with each bound claim that the pod mounts."""
    for life in reversed(incarnations_of(history, subject)):
        for volume in life.first.data["spec"].get("volumes", []):
            name = volume.get("persistentVolumeClaim", {}).get("claimName", "")
            for claim in history.incarnations("PersistentVolumeClaim", name):
                bound = claim.last.data.get("status", {}).get("phase") == "Bound" and claim.deleted is None
                if life.created and bound and claim.last.seq < life.first.seq:
                    yield life.first, claim


def _as_it_was(found: Raw) -> None:
    del found


def _refer_elsewhere(volume: Raw) -> None:
    volume["spec"]["claimRef"]["uid"] = "another"
