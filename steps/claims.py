"""Claims, their volumes, and the data in them."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.containers import data_folder, mount_of
from harness.errors import BadInput, EnvironmentUnfit
from harness.faults.commands import begun, read_file, run_command, write_file
from harness.history.observation import OUTPUT
from harness.manifests.editing import with_replicas
from harness.promises import conditions
from harness.promises.access import why_denied
from harness.promises.outputs import JOURNAL
from harness.promises.verdict import Subject
from harness.scenario.common_folder import accuse_nobody
from harness.scenario.judge import Judge
from harness.scenario.sandbox import Sandbox

from .parsing import sentence

SHELL = "the image needs a shell, `cat` and `sync` for files to be written and read"
WRITTEN = "written"
JOURNAL_NAME = "journal"
"""The files in a replica's claim: what it is given to keep, and where it notes who writes."""


@given("shared storage with these volumes:")
def shared_storage(datatable: list[list[str]], harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply("shared-storage")
    offered = (conditions.offers(harness_sandbox.own_name(name), size, access) for name, size, access in datatable[1:])
    harness_judge.awaits(conditions.all_of(*offered))


@given(sentence('stateful set "{name:Name}" with {replicas:Replicas} that waits for its claim'))
def stateful_set_waits_for_claim(name: str, replicas: int, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(name, with_replicas(name, replicas))
    harness_judge.awaits(conditions.held_back_by_claim(f"{name}-0"))


@given(sentence('each replica of "{name:Name}" has written data of its own'))
def each_replica_has_written(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    for pod in pods_of(harness_judge, name):
        text = f"written by {pod} of {harness_sandbox.namespace}"
        write(harness_sandbox, pod, text)


@given(sentence('each replica of "{name:Name}" has written another text into "{other:Name}" than into "{folder:Name}"'))
def each_replica_has_written_twice(
    name: str, other: str, folder: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    for pod in pods_of(harness_judge, name):
        for path in (f"{other}/{WRITTEN}", f"{folder}/{WRITTEN}"):
            text = f"written into {path} by {pod} of {harness_sandbox.namespace}"
            write(harness_sandbox, pod, text, path)


@when(sentence('volume "{volume:Name}" is added'))
def volume_is_added(volume: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(volume)


@then(sentence('each replica of "{name:Name}" reads the data it has written'))
def each_replica_reads(name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    for pod in pods_of(harness_judge, name):
        read(harness_sandbox, pod)
    harness_judge.keeps("data kept", name, since=0)


@then(sentence('each replica of "{name:Name}" reads in "{other:Name}" and "{folder:Name}" what it has written there'))
def each_replica_reads_both(name: str, other: str, folder: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    for pod in pods_of(harness_judge, name):
        for path in (f"{other}/{WRITTEN}", f"{folder}/{WRITTEN}"):
            read(harness_sandbox, pod, path)
    harness_judge.keeps("data kept", name, since=0)


@then(sentence('at no time did a replica of "{name:Name}" lose its claim'))
def no_replica_lost_its_claim(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("claim identity", name, since=0)


@then(sentence('at no time did two pods write as "{pod:Name}"'))
def one_pod_wrote_at_a_time(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    file = data_file(harness_sandbox, pod, JOURNAL_NAME)
    name = f"{pod}:{file}"
    journal = partial(run_command, pod=pod, argv=["cat", file], name=name, file=file, purpose=JOURNAL)
    told = harness_sandbox.look(OUTPUT, name, journal).data
    if told["code"] != 0 or not str(told["stdout"]).strip():
        raise BadInput(
            f"{pod} keeps no journal in {file}: {told['stderr'] or told['error'] or 'it is empty'}".rstrip(),
            remedy="its application has to add a line to it each second: SECONDS UID-OF-THE-POD started|alive|stopped",
        )
    harness_judge.keeps("at most one process per identity", pod.rpartition("-")[0], since=0)


@then(sentence("claims {claims:Names} are bound to a volume each"))
def claims_are_bound(claims: list[str], harness_judge: Judge) -> None:
    harness_judge.shows(conditions.all_of(*(conditions.claim_bound(claim) for claim in claims)))


@then(sentence("for {span:Span} claims {claims:Names} are bound to a volume each"))
def claims_stay_bound(span: float, claims: list[str], harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.all_of(*(conditions.claim_bound(claim) for claim in claims)))


@then(sentence('claim "{claim:Name}" is bound to volume "{volume:Name}"'))
def claim_is_bound_to_volume(claim: str, volume: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_judge.shows(conditions.claim_bound(claim, harness_sandbox.own_name(volume)))


@then(sentence('within {span:Span} claim "{claim:Name}" is pending'))
def claim_is_pending(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.claim_pending(claim))


@then(sentence('for {span:Span} claim "{claim:Name}" is pending'))
def claim_stays_pending(span: float, claim: str, harness_judge: Judge) -> None:
    harness_judge.throughout(span, conditions.claim_pending(claim))


@then(sentence('within {span:Span} pod "{pod:Name}" is held back by its claim'))
def pod_is_held_back(span: float, pod: str, harness_judge: Judge) -> None:
    harness_judge.within(span, conditions.held_back_by_claim(pod))


def data_file(sandbox: Sandbox, pod: str, name: str = WRITTEN) -> str:
    """Return the path of a file in the claim of a pod's application; BadInput, with the reason, where it has none."""
    try:
        return f"{data_folder(sandbox.known('Pod', pod)).rstrip('/')}/{name}"
    except ValueError as error:
        raise BadInput(str(error)) from error


def write(sandbox: Sandbox, pod: str, text: str, path: str = "") -> None:
    """
    Have a text written into a claim of the pod, by default into its `data_file`; the record calls it `POD:PATH`.

    Raises BadInput where the path is in no claim, EnvironmentUnfit where it cannot be written.
    """
    path = path or data_file(sandbox, pod)
    mount = mount_of(sandbox.known("Pod", pod), path)
    if mount is None or not mount.claim:
        where = f'volume "{mount.volume}" ({mount.kind})' if mount else "the container alone"
        raise BadInput(f"{path} of {pod} is in no claim, but in {where}: what is written there goes with the pod")
    wrote = sandbox.look(OUTPUT, f"{pod}:{path}", lambda place: begun(write_file(place, pod, path, text), SHELL)).data
    if wrote["code"] != 0:
        said = str(wrote["stderr"] or wrote["error"] or f"code {wrote['code']}").strip()
        why = why_denied(sandbox.stage.history, pod, mount.claim) if "denied" in said.lower() else ""
        raise EnvironmentUnfit(
            f"{pod} cannot write into its claim {mount.claim}",
            expected=f"a file is written as {path} in container {wrote['container']}, and synced",
            observed=f"{said}\n{why}".strip(),
        )


def read(sandbox: Sandbox, pod: str, path: str = "") -> None:
    """Have a file of the pod read, by default its `data_file`; the record tells of it as `POD:PATH`."""
    path = path or data_file(sandbox, pod)
    question = f"{pod}:{path}"
    sandbox.look(OUTPUT, question, lambda place: accuse_nobody(place, begun(read_file(place, pod, path), SHELL)))


def pods_of(judge: Judge, name: str) -> list[str]:
    """Return the names of the set's pods as they are in the record now."""
    return [pod for pod in judge.history.alive("Pod") if Subject(name).ordinal(pod) is not None]
