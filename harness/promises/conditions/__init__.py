"""
What a step can wait for or forbid: conditions, made by the functions here.

Belongs here: questions about the state at one moment, or about what came about since one event, with an answer that a
reader understands. Does not belong here: rules over a whole window; those are promises.
Each module lists its own in `__all__`; all of them are had from here.
"""

from harness.promises.conditions.attachment import *
from harness.promises.conditions.binding import *
from harness.promises.conditions.clients import *
from harness.promises.conditions.combined import *
from harness.promises.conditions.disruption import *
from harness.promises.conditions.dns import *
from harness.promises.conditions.expansion import *
from harness.promises.conditions.members import *
from harness.promises.conditions.objects import *
from harness.promises.conditions.ordering import *
from harness.promises.conditions.outputs import *
from harness.promises.conditions.ownership import *
from harness.promises.conditions.pods import *
from harness.promises.conditions.replacements import *
from harness.promises.conditions.replicas import *
from harness.promises.conditions.requests import *
from harness.promises.conditions.services import *
from harness.promises.conditions.snapshots import *
from harness.promises.conditions.statefulsets import *
from harness.promises.conditions.usage import *
from harness.promises.conditions.volumes import *
from harness.promises.conditions.workloads import *
