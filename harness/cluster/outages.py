"""
Outages of a cluster's components and nodes: made, written down, and mended whatever becomes of who made them.

Problem: whoever makes something fail may be killed before it is mended. Solution: each outage is written into the
cluster's register before it is done; one whose maker has ended is mended by the next who attaches to the cluster.
What a component is and how it fails is the affair of a `Power`: there is one for each way in which clusters run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol

from harness.cluster.components import Component, component_of, is_alive
from harness.errors import BadInput, EnvironmentUnfit

__all__ = ["How", "Outage", "Outages", "Power", "Register"]

How = Literal["stopped", "frozen", "restarted", "off", "cut off", "steered", "upgraded"]


@dataclass(frozen=True, slots=True)
class Outage:
    """
    What was made to fail on purpose: a component `stopped`, `frozen` or `restarted`, a node `off` or `cut off`.

    A component that was `upgraded` by one minor release does not fail, but has to be brought back as well.
    A component is called `kube-scheduler` or, on a node, `node-1/kubelet`. One that is `steered` has, after a colon,
    what is done to it: `kube-scheduler: sees nothing new of pods`. `by` is the process that did it and will
    mend it; once that has ended anybody may.
    """

    what: str
    how: How
    by: Component

    @classmethod
    def of(cls, written: Mapping[str, Any]) -> Outage:
        """Return the outage that `asdict` made this of."""
        return cls(written["what"], written["how"], Component(**written["by"]))


class Register(Protocol):
    """Where the outages of one cluster are written down, for all processes that use it."""

    def locked(self) -> AbstractContextManager[None]:
        """Keep every other process from changing it."""
        ...

    def read(self) -> tuple[Outage, ...]:
        """Return what is out, the newest last."""
        ...

    def write(self, outages: tuple[Outage, ...]) -> None:
        """Replace what was written."""
        ...


class Power(Protocol):
    """What can be done to the components of one kind of cluster; it remembers nothing."""

    def check(self, what: str, how: How) -> None:
        """Raise BadInput for a component or node that there is not, or that cannot fail in this way."""
        ...

    def begin(self, what: str, how: How) -> None:
        """Return once it has failed; raises EnvironmentUnfit where the machine refuses."""
        ...

    def undo(self, what: str, how: How) -> bool:
        """
        Return, once it is back or on its way, whether it was out until now.

        Nothing happens where it is back, or where its cluster is gone.
        """
        ...

    def steer(self, what: str, rule: Mapping[str, Any]) -> None:
        """Put a component under a rule of its go-between, until it is undone; `what` as an outage says it."""
        ...

    def met(self, what: str, timeout_s: float) -> tuple[int, bool]:
        """Return how much a rule has met, and whether that was all, at once where it was, else after this time."""
        ...

    def order(self, outages: Sequence[Outage]) -> list[Outage]:
        """Return in which order these, the newest last, are to be undone."""
        ...

    def kill_container(self, node: str, container: str) -> None:
        """Kill the first process of a container, known by its id, with SIGKILL."""
        ...

    def await_well(self, undone: Mapping[str, datetime]) -> None:
        """Return when the cluster is well again; `undone`: what was out → since when it is back or on its way."""
        ...


class Outages:
    """
    The outages of one cluster, made and mended by a user who may; safe to use from several processes.

    Every method raises BadInput for a component or node that there is not, or that is out already, and EnvironmentUnfit
    where the machine refuses.
    """

    def __init__(self, register: Register, power: Power) -> None:
        self._register, self._power = register, power
        self._back: dict[str, datetime] = {}

    def stop(self, component: str) -> None:
        """End a component; it is gone when this returns, and nobody starts it again."""
        self._make(component, "stopped")

    def freeze(self, component: str) -> None:
        """Halt a component where it stands, connections and all."""
        self._make(component, "frozen")

    def restart(self, component: str) -> None:
        """Kill a component and have it started anew; an API server answers again when this returns."""
        self._make(component, "restarted")
        self.restore(component)

    def switch_off(self, node: str) -> None:
        """End everything that runs on a node at once, as a power cut does; what it has on its disk stays."""
        self._make(node, "off")

    def cut_off(self, node: str) -> None:
        """Let no packet reach or leave a node; all that runs there goes on."""
        self._make(node, "cut off")

    def steer(self, component: str, said: str, rule: Mapping[str, Any]) -> None:
        """
        Let a component see or reach less of the API server than there is, as a rule of its go-between says.

        `said` says it in words, by which it is restored: `COMPONENT: SAID`.
        """
        what = f"{component}: {said}"
        with self._written(what, "steered"):
            self._power.steer(what, rule)

    def met(self, what: str, timeout_s: float = 0) -> tuple[int, bool]:
        """Return how many events or requests a rule has met, and whether that was all that it waits for."""
        return self._power.met(what, timeout_s)

    def kill_container(self, node: str, container: str) -> None:
        """Kill the first process of a container, known by its id, with SIGKILL; raises where there is none."""
        self._power.kill_container(node, container)

    def upgrade(self, component: str) -> None:
        """
        End a component and start it as what it is in the next minor release; an API server answers when this returns.

        It may fail then like any other. What undoes it starts it as what it was.
        """
        self._make(component, "upgraded")
        self._back[component] = datetime.now(UTC)

    def restore(self, what: str) -> None:
        """
        Undo all outages of a component or node, upgrades aside; nothing happens where there is none.

        Raises EnvironmentUnfit where it turns out to have come back by itself before.
        """
        self._undo(lambda outage: outage.what == what and outage.how != "upgraded")

    def mend(self, *, left_behind: bool = False) -> list[str]:
        """
        Undo all outages of this process, or with `left_behind` those whose maker has ended; return what they were of.

        What was left behind is mended when this returns: the cluster is well again. Raises as `restore` does of those
        of this process.
        """
        if not left_behind:
            return self._undo(lambda outage: outage.by.pid == os.getpid())
        mended = self._undo(lambda outage: not is_alive(outage.by), must_last=False)
        if mended:
            self.await_well()
        return mended

    def await_well(self) -> None:
        """Return when the cluster is well again: server, nodes, DNS; raises EnvironmentUnfit where it is not."""
        self._power.await_well(self._back)

    def _make(self, what: str, how: How) -> None:
        with self._written(what, how):
            self._power.begin(what, how)

    @contextmanager
    def _written(self, what: str, how: How) -> Iterator[None]:
        with self._register.locked():
            self._power.check(what, how)
            outages = self._register.read()
            if any(one.what in (what, what.partition("/")[0]) for one in outages if one.how != "upgraded"):
                raise BadInput(f"{what} is out already", remedy="let it come back before it fails again")
            self._register.write((*outages, Outage(what, how, component_of("maker", os.getpid()))))
            yield

    def _undo(self, chosen: Callable[[Outage], bool], *, must_last: bool = True) -> list[str]:
        if not any(map(chosen, self._register.read())):
            return []
        back = []
        with self._register.locked():
            outages = self._power.order([outage for outage in self._register.read() if chosen(outage)])
            for outage in outages:
                if not self._power.undo(outage.what, outage.how):
                    back.append(f"{outage.what} was not {outage.how} any more")
                self._back[outage.what] = datetime.now(UTC)
                self._register.write(tuple(one for one in self._register.read() if one != outage))
        if back and must_last:
            raise EnvironmentUnfit(
                "an outage has not lasted as long as it was to",
                expected="it lasts until it is undone",
                observed="; ".join(back),
                look_at=(
                    "let it be shorter: a kubelet starts a program anew whose probes fail for more than a minute",
                ),
            )
        return [outage.what for outage in outages]
