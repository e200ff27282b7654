"""Conditions about what clients in the cluster tell of the service they get."""

from __future__ import annotations

from harness.history.history import History
from harness.history.observation import SAMPLE, Observation
from harness.history.sampling import ANSWERED, WRITTEN
from harness.model import format_seconds
from harness.promises import statefulsets
from harness.promises.clients import Downtime, downtimes, samples
from harness.promises.condition import Answer, Condition, unmet
from harness.promises.conditions.combined import opposite
from harness.promises.subjects import bears, named_pods, pods_of

__all__ = [
    "acknowledged_in_a_row",
    "acknowledges",
    "acknowledges_nothing",
    "all_answer",
    "enough_acknowledged",
    "fewer_answering",
    "refused_write",
    "silent",
]


def all_answer(client: str, set_name: str) -> Condition:
    """Every member the set wants has answered the client when it was asked last."""

    def ask(history: History, since: int) -> Answer:
        stateful_set = history.current("StatefulSet", set_name)
        if named_pods(history, set_name):
            wanted = [life.name for life in pods_of(history, set_name)]
        elif stateful_set is None:
            return unmet(f'there is no set "{set_name}"')
        else:
            wanted = [f"{set_name}-{ordinal}" for ordinal in statefulsets.ordinals(stateful_set)]
        last = _last(samples(history, ANSWERED, since=since, client=client))
        told = [f"{member}: {last[member].data['outcome'] if member in last else 'not asked'}" for member in wanted]
        met = bool(wanted) and all(member in last and last[member].data["outcome"] == "ok" for member in wanted)
        return Answer(met, ", ".join(told), tuple(last[member] for member in wanted if member in last))

    return Condition(f'all members of "{set_name}" answer {client}', (SAMPLE, "StatefulSet"), ask)


def fewer_answering(set_name: str, number: int) -> Condition:
    """
    At one instant fewer members of the set than this answered a client.

    Who has answered a client since recording began is a member to it. Members count as silent at one instant only where
    samples prove it for each of them (see `Downtime`).
    """

    def ask(history: History, since: int) -> Answer:
        own_name = bears(history, set_name)
        asked = [seen for seen in samples(history, ANSWERED) if own_name(str(seen.data["subject"]))]
        if not asked:
            return unmet(f'no client asks "{set_name}"')
        found = downtimes(history, since, own_name)
        for client in dict.fromkeys(seen.name for seen in asked):
            members = _last([seen for seen in asked if seen.name == client and seen.data["outcome"] == "ok"])
            own = [downtime for downtime in found if downtime.client == client and downtime.member in members]
            if len(members) < number:
                return Answer(met=True, observed=f"only {', '.join(members) or 'nobody'} ever answered {client}")
            for downtime in own:
                silent = [one for one in own if one.begin <= downtime.begin <= one.end]
                if len(members) - len(silent) < number:
                    return Answer(met=True, observed=_spell(silent, members, client), events=_events(silent))
        return unmet(f"{number} or more answered at every instant")

    return Condition(f'fewer than {number} members of "{set_name}" answer', (SAMPLE,), ask)


def silent(subject: str, longer_than_s: float) -> Condition:
    """What clients ask for by this name gave no answer for longer than so many seconds."""

    def ask(history: History, since: int) -> Answer:
        if subject not in _last(samples(history, ANSWERED)):
            return Answer(met=True, observed=f"no client ever asked {subject}")
        for downtime in downtimes(history, since, lambda member: member == subject):
            if downtime.end - downtime.begin > longer_than_s:
                text = f"{subject} did not answer {downtime.client} for {format_seconds(downtime.end - downtime.begin)}"
                return Answer(
                    met=True, observed=f"{text}: {_told(downtime.last)}", events=(downtime.first, downtime.last)
                )
        return unmet(f"{subject} answered")

    return Condition(f"{subject} gives no answer for more than {format_seconds(longer_than_s)}", (SAMPLE,), ask)


def acknowledges(client: str) -> Condition:
    """A write of the client was acknowledged that it sent since the event."""

    def ask(history: History, since: int) -> Answer:
        writes = samples(history, WRITTEN, since=since, client=client)
        began = {seen.data["subject"] for seen in writes if seen.data["outcome"] == "began"}
        ok = [seen for seen in writes if seen.data["outcome"] == "ok" and seen.data["subject"] in began]
        told = f"{len(began)} sent, {len(ok)} acknowledged"
        return Answer(bool(ok), told, (*ok[:1], *writes[-1:]))

    return Condition(f"a write of {client} is acknowledged", (SAMPLE,), ask)


def acknowledges_nothing(client: str) -> Condition:
    """No write of the client was acknowledged that it sent since the event."""
    return opposite(acknowledges(client), f"no write of {client} is acknowledged")


def refused_write(client: str) -> Condition:
    """A write of the client that it sent since the event was not acknowledged."""

    def ask(history: History, since: int) -> Answer:
        writes = samples(history, WRITTEN, since=since, client=client)
        began = {seen.data["subject"] for seen in writes if seen.data["outcome"] == "began"}
        refused = [seen for seen in writes if seen.data["outcome"] in ("failed", "unknown")]
        own = [seen for seen in refused if seen.data["subject"] in began]
        return Answer(bool(own), f"{len(began)} sent, {len(own)} not acknowledged", (*own[:1], *writes[-1:]))

    return Condition(f"a write of {client} is not acknowledged", (SAMPLE,), ask)


def acknowledged_in_a_row(client: str, number: int) -> Condition:
    """This many writes, sent one after the other since the event, were acknowledged."""

    def ask(history: History, since: int) -> Answer:
        writes = samples(history, WRITTEN, since=since, client=client)
        began = {seen.data["subject"] for seen in writes if seen.data["outcome"] == "began"}
        ends = [seen for seen in writes if seen.data["outcome"] != "began" and seen.data["subject"] in began]
        row = 0
        for seen in ends:
            row = row + 1 if seen.data["outcome"] == "ok" else 0
            if row == number:
                return Answer(met=True, observed=f"{row} in a row were acknowledged", events=(seen,))
        return unmet(f"only the last {row} of {len(ends)} in a row were acknowledged", *ends[-1:])

    return Condition(f"{number} writes of {client} in a row are acknowledged", (SAMPLE,), ask)


def enough_acknowledged(client: str, percent: int) -> Condition:
    """
    At least so many percent of the writes that the client sent since the event were acknowledged.

    The newest one does not count while it is under way.
    """

    def ask(history: History, since: int) -> Answer:
        writes = samples(history, WRITTEN, since=since, client=client)
        sent = {seen.data["subject"] for seen in writes if seen.data["outcome"] == "began"}
        under_way = bool(writes) and writes[-1].data["outcome"] == "began"
        number = len(sent) - under_way
        ok = sum(1 for seen in writes if seen.data["outcome"] == "ok" and seen.data["subject"] in sent)
        met = number > 0 and ok * 100 >= percent * number
        return Answer(met, f"{ok} of {number} writes of {client} were acknowledged", tuple(writes[-1:]))

    return Condition(f"{percent} percent of the writes of {client} are acknowledged", (SAMPLE,), ask)


def _last(seen: list[Observation]) -> dict[str, Observation]:
    return {str(sample.data["subject"]): sample for sample in seen}


def _told(sample: Observation) -> str:
    return f"{sample.data['outcome']} {sample.data.get('detail', '')}".strip()


def _spell(silent: list[Downtime], members: dict[str, Observation], client: str) -> str:
    names = ", ".join(sorted(downtime.member for downtime in silent))
    return f"{len(members) - len(silent)} of {len(members)} answered {client} while {names} did not"


def _events(silent: list[Downtime]) -> tuple[Observation, ...]:
    ordered = {seen.seq: seen for downtime in silent for seen in (downtime.first, downtime.last)}
    return tuple(ordered[seq] for seq in sorted(ordered))
