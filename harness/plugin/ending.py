"""An orderly end of a run that is told to end: by a CI system that gives up, by a terminal that is closed."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from harness import timeouts
from harness.plugin.compat import pid_of

__all__ = ["GracefulShutdown"]

NAME = "harness-ending"
SIGNALS = (signal.SIGTERM, signal.SIGHUP)
AGAIN_S = 1.0
"""A second signal within this time is the first one's twin; a later one means that nobody heard the first."""


class GracefulShutdown:
    """
    Makes SIGTERM and SIGHUP what Ctrl-C is: the running scenario is cleaned up, and nothing else begins.

    A signal that somebody else handles, or that was to be ignored (as after nohup), stays theirs. Once the end has
    begun, further signals change nothing: a CI system that sends them one after the other does not stop the cleaning.

    Workers of xdist are told at once and waited for. Left to xdist they learn of the end after five seconds, by a
    SIGINT that strikes a clean-up too, and are killed after ten.
    """

    def __init__(self) -> None:
        self._former: dict[int, Any] = {}
        self._ending = False
        self._told_at = -AGAIN_S
        self._told_by = ""
        self._workers: list[Any] = []

    @classmethod
    def ensure(cls, config: pytest.Config) -> None:
        """Take the signals over for this run, if that has not been done."""
        if not config.pluginmanager.has_plugin(NAME):
            end = cls()
            config.pluginmanager.register(end, NAME)
            end.begin()

    def begin(self) -> None:
        """Take the signals over; from another thread than the main one there is no way to."""
        if threading.current_thread() is threading.main_thread():
            for each in (*SIGNALS, signal.SIGINT):
                if signal.getsignal(each) in (signal.SIG_DFL, signal.default_int_handler):
                    self._former[each] = signal.signal(each, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:
        del frame
        if not self._ending and time.monotonic() - self._told_at > AGAIN_S:
            self._told_at = time.monotonic()
            self._told_by = signal.Signals(number).name
            raise KeyboardInterrupt(f"ended by {self._told_by}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> None:
        """
        Begin nothing more once a signal was heard.

        Python drops an exception that strikes in a finalizer, and one that strikes just after threading.Condition.wait
        has released its lock comes out as a RuntimeError of that lock (Python 3.11): the run would go on.
        """
        if self._told_by and not self._ending:
            raise KeyboardInterrupt(f"ended by {self._told_by}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Take note of a worker of xdist that can be told."""
        if node.gateway.spec.popen:
            self._workers.append(node)

    def pytest_keyboard_interrupt(self) -> None:
        """Take note that the end has begun, and tell the workers."""
        self._ending = True
        for worker in self._workers:
            if not worker.channel.isclosed():
                os.kill(pid_of(worker), signal.SIGTERM)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Take note that nothing is left but to clean up and to write the report; let the workers clean up first."""
        interrupted, self._ending = self._ending, True
        deadline = time.monotonic() + timeouts.CLEANING.s
        for worker in self._workers if interrupted else ():
            with suppress(worker.channel.TimeoutError, worker.channel.RemoteError, EOFError):  # EOF: it has gone
                worker.channel.waitclose(max(0.1, deadline - time.monotonic()))

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Give the signals back."""
        for each, former in self._former.items():
            signal.signal(each, former)
        self._former.clear()
