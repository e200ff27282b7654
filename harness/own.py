"""
The door for promises of one's own: what such a module imports, and all that it needs.

A promise is a function from a recorded history to the breaches in it, made one by `@promise`; a control of it, made one
by `@breaks`, changes a recording so that exactly one clause is broken. `--harness-prove` shows that each clause rejects
its changed recording, and counts one that has no control as a survivor.
docs/own-promises.md has an example, with a test that uses it and the step that says it.
"""

from harness.history.history import Gap, History
from harness.history.incarnations import Incarnation
from harness.history.observation import Observation, Verb
from harness.promises.mutations.history_editor import HistoryEditor
from harness.promises.mutations.mutation import breaks
from harness.promises.verdict import Breach, NotApplicable, Promise, Subject, Verdict, Window, promise

__all__ = [
    "Breach",
    "Gap",
    "History",
    "HistoryEditor",
    "Incarnation",
    "NotApplicable",
    "Observation",
    "Promise",
    "Subject",
    "Verb",
    "Verdict",
    "Window",
    "breaks",
    "promise",
]
