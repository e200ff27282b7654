"""The one thing that cannot be watched: whether a server that is starting answers already."""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Callable

from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from harness.errors import EnvironmentUnfit

__all__ = ["TooLate", "await_answer"]

_INTERVAL_S = 0.05
"""Seconds between two questions to a server on this machine: short beside the second that it takes to start."""


class TooLate(EnvironmentUnfit):
    """What was waited for has not come in time; it does not say why."""


def await_answer(
    url: str, name: str, timeout_s: float, still_alive: Callable[[], None], tls: ssl.SSLContext | None = None
) -> None:
    """
    Return when the server answers 200 at the URL; `still_alive` is called between two tries and may raise.

    Raises TooLate, with the last answer, after `timeout_s` seconds.
    """
    last = ["no try was made"]
    # Without the proxies of whoever starts the cluster: nobody else has a way to it.
    handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=tls)]
    direct = urllib.request.build_opener(*handlers)

    def answers() -> bool:
        still_alive()
        try:
            with direct.open(url, timeout=2) as answer:
                last[0] = f"{answer.status}"
                return bool(answer.status == 200)
        except OSError as error:
            last[0] = str(error)
            return False

    retrying = Retrying(
        retry=retry_if_result(lambda answered: not answered),
        stop=stop_after_delay(timeout_s),
        wait=wait_fixed(_INTERVAL_S),
        retry_error_callback=lambda _: False,
    )
    if not retrying(answers):
        raise TooLate(
            f"{name} did not become ready", expected=f"200 from {url} within {timeout_s:.0f} s", observed=last[0]
        )
