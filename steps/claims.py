"""Claims: created, bound, deleted; the data that replicas find in their volumes, shared or their own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from pytest_bdd import given, then, when

from harness.actions.claims import delete_claim
from harness.actions.commands import begun, read_file, run_command, write_file
from harness.actions.metadata import set_controller
from harness.actions.pods import delete_pods
from harness.app_container import data_folder, mount_of
from harness.errors import BadInput, EnvironmentUnfit
from harness.history.observation import OUTPUT
from harness.manifests.editing import labelled
from harness.model import Since, TimeWord
from harness.promises import conditions
from harness.promises.access import why_denied
from harness.promises.claims import claim_identity, data_kept
from harness.promises.identity import one_process
from harness.promises.outputs import JOURNAL
from harness.scenario.common_folder import accuse_nobody
from harness.scenario.judge import Judge
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import CLAIM, sentence
from .statefulsets import pods_of, set_of
from .subjects import of_any_pods

WRITTEN = "written"
JOURNAL_NAME = "journal"
"""The files in a replica's claim: what it is given to keep, and where it notes who writes."""
SHELL = "the image needs a shell, `cat` and `sync` for files to be written and read"


@given(sentence('claim "{claim:Name}" has been deleted(, and volume "{volume:Name}" is available again)'))
def claim_has_been_deleted(
    claim: str, volume: str | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    harness_actions.perform(delete_claim, claim)
    harness_judge.awaits(conditions.gone(claim, CLAIM))
    if volume:
        harness_judge.awaits(conditions.volume_phase(harness_actions.own_name(volume), "Available"))


@given(sentence('claim "{claim:Name}" has another controller'))
def claim_has_another_controller(claim: str, harness_actions: ScenarioActions) -> None:
    harness_actions.perform(set_controller, claim)


@given(
    sentence(
        'each replica of "{name:Name}" has written {which:its own/new} data( to "{first:Name}" and "{second:Name}")'
    )
)
@of_any_pods
def each_replica_has_written(
    name: str,
    which: str,
    first: str | None,
    second: str | None,
    harness_actions: ScenarioActions,
    harness_judge: Judge,
) -> None:
    again = " again" * (which == "new")
    for pod in pods_of(harness_judge, name):
        for path in files_in(first, second):
            where = f" into {path}" * bool(path)
            write(harness_actions, pod, f"written{again}{where} by {pod} of {harness_actions.namespace}", path)


@given(sentence('Deployment "{name:Name}" with {replicas:Replicas} sharing a claim'))
def deployment_shares_a_claim(name: str, replicas: int, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(name, labelled("app", name))
    harness_judge.awaits(conditions.crew_ready(name, replicas))


@given(sentence('a replica of "{name:Name}" has written a file'))
@when(sentence('a replica of "{name:Name}" writes a file'))
@of_any_pods
def replica_writes(name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    pod = next(replicas_of(harness_judge, name))
    write(harness_actions, pod, f"written by {pod} of {harness_actions.namespace}")


@when(sentence('all replicas of "{name:Name}" are deleted'))
@of_any_pods
def replicas_are_deleted(name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.perform(delete_pods, list(replicas_of(harness_judge, name)))


@then(sentence('for {span:Span} claim "{claim:Name}" is not bound'))
def claim_is_not_bound(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.unbound(claim))
    harness_judge.shows(conditions.claim_pending(claim))


@then(sentence('within {span:Span} claim "{claim:Name}" is recreated'))
def claim_is_recreated(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.remade(claim, CLAIM))


@then(sentence('within {span:Span} {claims:Claims} has/have an owner reference to "{owner:Name}"'))
def claims_have_owner(span: float, claims: list[str], owner: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.all_of(*(conditions.belongs(claim, owner) for claim in claims)))


@then(sentence('within {span:Span} an event says why claim "{claim:Name}" is not provisioned'))
def event_says_why(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.refused_volume(claim))


@then(sentence('"{name:Name}" uses {claims:Claims}, which already existed'))
def set_uses_former_claims(name: str, claims: list[str], harness_judge: Judge) -> None:
    pods = [(f"{name}-{claim.rpartition('-')[2]}", claim) for claim in claims]
    harness_judge.shows(conditions.all_of(*(conditions.used_before(pod, claim) for pod, claim in pods)))


@then(sentence('at no time {since:Since} did a pod use claim "{claim:Name}"'))
def no_pod_used_claim(since: Since, claim: str, harness_judge: Judge) -> None:
    harness_judge.never(conditions.used(claim), since=since)


@then(sentence('at no time {since:Since} did a replica of "{name:Name}" lose its claim'))
@of_any_pods
def no_replica_lost_its_claim(since: Since, name: str, harness_judge: Judge) -> None:
    harness_judge.keeps(claim_identity, name, since=since)


@then(sentence('at no time {since:Since} did two pods write as "{pod:Name}"'))
def one_pod_wrote_at_a_time(since: Since, pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    file = data_file(harness_actions, pod, JOURNAL_NAME)
    name = f"{pod}:{file}"
    journal = partial(run_command, pod=pod, argv=["cat", file], name=name, file=file, purpose=JOURNAL)
    told = harness_actions.query(OUTPUT, name, journal).data
    if told["code"] != 0 or not str(told["stdout"]).strip():
        raise BadInput(
            f"{pod} keeps no journal in {file}: {told['stderr'] or told['error'] or 'it is empty'}".rstrip(),
            remedy="its application has to add a line to it each second: SECONDS UID-OF-THE-POD started|alive|stopped",
        )
    harness_judge.keeps(one_process, set_of(pod), since=since)


@then(sentence('each replica of "{name:Name}" reads its own data( in "{first:Name}" and "{second:Name}")'))
@of_any_pods
def each_replica_reads(
    name: str, first: str | None, second: str | None, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    for pod in pods_of(harness_judge, name):
        for path in files_in(first, second):
            read(harness_actions, pod, path)
    harness_judge.keeps(data_kept, name)


@then(sentence('{time:Time} {owners:Number} of {number:Number} replicas of "{name:Name}" has/have that file'))
@of_any_pods
def replicas_have_the_file(
    time: TimeWord, owners: int, number: int, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    read_all(harness_actions, harness_judge, name)
    there = conditions.crew_reads(name, number, owners=owners)
    harness_judge.holds(time, there, probe=partial(ask_all, harness_actions, harness_judge, name))


@then(sentence('within {span:Span} claim "{claim:Name}" says since when nobody uses it'))
def claim_says_it_is_unused(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.unused(claim))


def files_in(*folders: str | None) -> list[str]:
    """Return the paths of what a replica is given to keep in these folders; an empty one where none is said."""
    return [f"{folder}/{WRITTEN}" for folder in folders if folder] or [""]


def data_file(actions: ScenarioActions, pod: str, name: str = WRITTEN) -> str:
    """Return the path of a file in the claim of a pod's application; BadInput, with the reason, where it has none."""
    try:
        return f"{data_folder(actions.latest('Pod', pod)).rstrip('/')}/{name}"
    except ValueError as error:
        raise BadInput(str(error)) from error


def write(actions: ScenarioActions, pod: str, text: str, path: str = "") -> None:
    """
    Have a text written into a claim of the pod, by default into its `data_file`; the record calls it `POD:PATH`.

    Raises BadInput where the path is in no claim, EnvironmentUnfit where it cannot be written.
    """
    path = path or data_file(actions, pod)
    mount = mount_of(actions.latest("Pod", pod), path)
    if mount is None or not mount.claim:
        where = f'volume "{mount.volume}" ({mount.kind})' if mount else "the container alone"
        raise BadInput(f"{path} of {pod} is in no claim, but in {where}: what is written there goes with the pod")
    wrote = actions.query(
        OUTPUT, f"{pod}:{path}", lambda scenario: begun(write_file(scenario, pod, path, text), SHELL)
    ).data
    if wrote["code"] != 0:
        said = str(wrote["stderr"] or wrote["error"] or f"code {wrote['code']}").strip()
        why = why_denied(actions.run.history, pod, mount.claim) if "denied" in said.lower() else ""
        raise EnvironmentUnfit(
            f"{pod} cannot write into its claim {mount.claim}",
            expected=f"a file is written as {path} in container {wrote['container']}, and synced",
            observed=f"{said}\n{why}".strip(),
        )


def read(actions: ScenarioActions, pod: str, path: str = "") -> None:
    """Have a file of the pod read, by default its `data_file`; the record tells of it as `POD:PATH`."""
    path = path or data_file(actions, pod)
    question = f"{pod}:{path}"
    actions.query(
        OUTPUT, question, lambda scenario: accuse_nobody(scenario, begun(read_file(scenario, pod, path), SHELL))
    )


def replicas_of(judge: Judge, name: str) -> Iterator[str]:
    """Yield the names of any workload's pods as they are in the record now."""
    return (life.name for life in conditions.workload_pods(judge.history, name))


def read_all(actions: ScenarioActions, judge: Judge, name: str) -> None:
    """Have every replica asked for the file; the answers are in the record afterwards."""
    for pod in replicas_of(judge, name):
        read(actions, pod)


def ask_all(actions: ScenarioActions, judge: Judge, name: str) -> None:
    """Ask every replica for the file once more."""
    for pod in replicas_of(judge, name):
        accuse_nobody(actions.scenario, read_file(actions.scenario, pod, data_file(actions, pod)))
