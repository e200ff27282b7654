"""What undoes the faults of a scenario, whatever else goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from harness.errors import EnvironmentUnfit, HarnessError

__all__ = ["Healing"]


class Healing:
    """The healings of a scenario's faults: each runs once, the newest first, none is stopped by another's failure."""

    def __init__(self) -> None:
        self._pending: list[tuple[str, Callable[[], object]]] = []
        self._concluding: dict[str, Callable[[], object]] = {}

    def add(self, what: str, heal: Callable[[], object]) -> None:
        """Have `heal` called at the end; `what` completes the sentence "could not …"."""
        self._pending.append((what, heal))

    def conclude(self, what: str, heal: Callable[[], object]) -> None:
        """Have `heal` called once, after all others, however often it is asked for; `what` as in `add`."""
        self._concluding[what] = heal

    def heal(self) -> None:
        """
        Undo every fault that is not yet undone.

        Raises EnvironmentUnfit that lists those which could not be undone, after all the others were.
        """
        failed: list[tuple[str, HarnessError | OSError]] = []
        while self._pending or self._concluding:
            what, heal = self._pending.pop() if self._pending else self._concluding.popitem()
            try:
                heal()
            except (HarnessError, OSError) as error:
                failed.append((what, error))
        if failed:
            observed = "\n".join(f"could not {what}: {error}" for what, error in failed)
            raise EnvironmentUnfit("the cluster is not as it was before the scenario", observed=observed)
