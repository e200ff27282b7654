"""
Members of an application that keeps a list of its own members: what that list says, and who is to leave it.

How an application is asked belongs to its manifest: annotations of its StatefulSet are commands that run in a replica.
`statefulspec.dev/members` prints a line for each member that this replica knows of, `<pod> <id> <address> <role>`; the
role of one is `leader`, that of a member without a vote `learner`. `statefulspec.dev/forget`, with the name of a pod
behind it, has the application forget the member of that pod.
"""

from __future__ import annotations

from harness.actions.commands import begun, command_of, run_command
from harness.actions.target import Target, record_action
from harness.errors import EnvironmentUnfit
from harness.history.observation import Observation
from harness.model import KINDS
from harness.promises.members import MEMBERS

__all__ = ["FORGETTING", "LISTING", "ask_members", "forget_member"]

LISTING = "statefulspec.dev/members"
FORGETTING = "statefulspec.dev/forget"


def ask_members(target: Target, set_name: str, pod: str) -> Observation:
    """
    Return the record, found by `pod:members`, of what one replica says of all members; its `purpose` is `members`.

    Raises BadInput where the set does not say how its replicas are asked.
    """
    command = command_of(target.api.read(KINDS["StatefulSet"], set_name, target.namespace), LISTING)
    told = run_command(target, pod, command, name=f"{pod}:{MEMBERS}", purpose=MEMBERS)
    return begun(told, f"{LISTING} has to name a command that is there")


def forget_member(target: Target, set_name: str, member: str, *, through: str) -> Observation:
    """
    Return once the application has forgotten the member of a pod; the replica `through` was told to.

    Raises BadInput where the set does not say how that is done, EnvironmentUnfit where the application refuses.
    """
    owner = target.api.read(KINDS["StatefulSet"], set_name, target.namespace)
    ran = run_command(target, through, [*command_of(owner, FORGETTING), member], name=f"{through}:forget")
    if ran.data["code"] != 0:
        raise EnvironmentUnfit(
            f'member "{member}" is not forgotten',
            expected=f"{FORGETTING} of {set_name} ends with code 0 in {through}",
            observed=str(ran.data["stderr"] or ran.data["stdout"] or ran.data["error"]).strip(),
            look_at=(f"kubectl -n {target.namespace} logs {through}",),
        )
    return record_action(target, "forget", "StatefulSet", owner, member=member)
