"""Changes that break who a pod is."""

from __future__ import annotations

from collections.abc import Iterator

from harness.history.history import History, Incarnation
from harness.promises.changes import incarnations_of
from harness.promises.mutations.history_editor import HistoryEditor, Raw
from harness.promises.mutations.mutation import breaks
from harness.promises.mutations.occasions import outputs_of, rewrite_newest, rewrite_newest_pod
from harness.promises.verdict import Subject


@breaks("stable identity", "name")
def _misname(history: History, subject: Subject) -> History | None:
    def rename(pod: Raw) -> None:
        pod["metadata"]["name"] += "-x"

    return rewrite_newest_pod(history, subject, rename, suffix="-x")


@breaks("stable identity", "hostname")
def _change_hostname(history: History, subject: Subject) -> History | None:
    return rewrite_newest_pod(history, subject, lambda pod: pod["spec"].update(hostname="stranger"))


@breaks("stable identity", "index")
def _change_index(history: History, subject: Subject) -> History | None:
    wrong = {"apps.kubernetes.io/pod-index": "1000"}
    return rewrite_newest_pod(history, subject, lambda pod: pod["metadata"]["labels"].update(wrong))


@breaks("stable identity", "label")
def _change_label(history: History, subject: Subject) -> History | None:
    wrong = {"statefulset.kubernetes.io/pod-name": "stranger"}
    return rewrite_newest_pod(history, subject, lambda pod: pod["metadata"]["labels"].update(wrong))


@breaks("stable identity", "subdomain")
def _change_subdomain(history: History, subject: Subject) -> History | None:
    return rewrite_newest_pod(history, subject, lambda pod: pod["spec"].update(subdomain="elsewhere"))


@breaks("at most one process per identity", "containers")
def _start_before_former_ended(history: History, subject: Subject) -> History | None:
    ended = {"terminated": {"exitCode": 0, "finishedAt": "9999-12-31T23:59:59Z"}}

    def linger(pod: Raw) -> None:
        for container in pod["status"]["containerStatuses"]:
            container["state"] = ended

    for former, _ in _rebirths(history, subject):
        draft = HistoryEditor(history)
        draft.rewrite(former.last, linger)
        return draft.history()
    return None


@breaks("at most one process per identity", "writers")
def _write_after_successor(history: History, subject: Subject) -> History | None:
    def append(output: Raw) -> None:
        text = str(output.get("content") or output["stdout"]).rstrip("\n")
        writer = text.splitlines()[-1].split()[1]
        output["content"] = f"{text}\n0 another-pod started\n1 {writer} alive\n"

    journals = [seen for seen in outputs_of(history, subject, "journal") if seen.data.get("stdout")]
    return rewrite_newest(history, journals, append)


def _rebirths(history: History, subject: Subject) -> Iterator[tuple[Incarnation, Incarnation]]:
    """Yield lives under one name in a row whose containers' times are known, newest first."""
    lives = incarnations_of(history, subject)
    for later in reversed(lives):
        former = [life for life in lives if life.name == later.name and life.first.seq < later.first.seq]
        began = any(seen.data.get("status", {}).get("containerStatuses") for seen in later.seen)
        if former and began and former[-1].last.data.get("status", {}).get("containerStatuses"):
            yield former[-1], later
