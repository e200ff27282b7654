"""The results of a run as they come in, also in disorder: from several workers, again, or from a clean-up."""

from __future__ import annotations

from dataclasses import replace

from harness.reports.results import ScenarioResult, Timing

__all__ = ["ResultCollector"]


class ResultCollector:
    """Counts each scenario once, with its last attempt; keeps the former ones."""

    def __init__(self) -> None:
        self._attempts: dict[str, list[ScenarioResult]] = {}

    def add(self, result: ScenarioResult) -> None:
        """Take note of an attempt; another one of the same scenario makes the former one count no more."""
        self._attempts.setdefault(result.id, []).append(result)

    def clean_up_failed(self, result: ScenarioResult) -> None:
        """Take note that what followed the last attempt failed: an error, unless the attempt was worse already."""
        attempts = self._attempts.setdefault(result.id, [])
        if not attempts:
            attempts.append(result)
            return
        last = attempts[-1]
        message = f"{last.message}\n\n{result.message}" if last.is_broken else result.message
        attempts[-1] = replace(last, outcome=last.outcome if last.is_broken else "error", message=message)

    def took(self, scenario: str, timing: Timing) -> None:
        """Take note of where the time of the last attempt went; that is known when it has been cleaned up."""
        attempts = self._attempts.get(scenario)
        if attempts:
            attempts[-1] = replace(attempts[-1], timing=timing)

    def __contains__(self, scenario: str) -> bool:
        return scenario in self._attempts

    def last(self, scenario: str) -> ScenarioResult:
        """Return the last attempt at a scenario that was tried; raises KeyError for another."""
        return self._attempts[scenario][-1]

    @property
    def results(self) -> list[ScenarioResult]:
        """The last attempt of each scenario, in the order in which they were first tried."""
        return [attempts[-1] for attempts in self._attempts.values()]

    @property
    def attempts(self) -> list[tuple[ScenarioResult, ...]]:
        """All attempts of each scenario, in the order in which they were first tried."""
        return [tuple(attempts) for attempts in self._attempts.values()]
