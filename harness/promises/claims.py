"""What a pod keeps over its lives: its claims, their volumes, and the data in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from harness.history.history import History, Incarnation
from harness.history.observation import Observation
from harness.model import Object
from harness.promises import statefulsets
from harness.promises.changes import in_record, incarnations_of
from harness.promises.outputs import READ, WROTE, about, content
from harness.promises.own_actions import removals
from harness.promises.ownership import controller
from harness.promises.subjects import NamedPods, incarnations_of_subject, named_pods
from harness.promises.verdict import Breach, NotApplicable, Subject, Window, promise

__all__ = ["claim_identity", "data_kept"]

SOURCE = "https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage"


@promise(
    "claim identity",
    "Every ordinal keeps its claims and their volumes over all lives of its pod",
    clauses={
        "mounts": "A pod mounts, for each claim template, the claim named template-set-ordinal; "
        "a pod that no set makes mounts the claims of the pod before it",
        "kept": "A claim is not removed, unless the set's retention policy or somebody else asks for it",
        "foreign": "A claim that something else controls is not removed, whatever the set's retention policy",
        "same claim": "The claim of an ordinal stays the same object",
        "same volume": "A claim once bound stays bound to the same volume",
        "reference": "The volume of a claim refers to that very claim",
    },
    kinds=("Pod", "StatefulSet", "PersistentVolumeClaim", "PersistentVolume"),
    source=SOURCE,
)
def claim_identity(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """
    Judge the claims of the set's templates, by name, uid, volume name and the volume's reference to the claim.

    Pods that the scenario has named are judged by what the first pod of each member mounts.
    """
    named = named_pods(history, subject.name)
    if named:
        return _of_named(history, named, window)
    names = {name for life in in_record(history, subject) for name in statefulsets.templates(life.last.data)}
    if not names:
        raise NotApplicable(f'"{subject.name}" has no volume claim templates')
    pods = [life for life in incarnations_of(history, subject) if window.start <= life.last.seq]
    owned = {
        f"{template}-{subject.name}-{ordinal}": ordinal
        for template in names
        for life in incarnations_of(history, subject)
        if (ordinal := subject.ordinal(life.name)) is not None
    }
    claims = [life for life in history.incarnations("PersistentVolumeClaim") if life.name in owned]
    breaches = [breach for life in pods for breach in _mounts(life, subject, names)]
    breaches += [breach for life in claims for breach in _kept(history, subject, window, life, owned[life.name])]
    breaches += [breach for name in owned for breach in _same_claim(history, subject, window, name, owned[name])]
    return breaches + [breach for life in claims for breach in _volume(history, window, life)]


@promise(
    "data kept",
    "What was written into an ordinal's volume is read there afterwards",
    clauses={
        "present": "A file that was written can be read",
        "content": "A file that is read has the content that was written last",
    },
    kinds=("Pod",),
    source=SOURCE,
)
def data_kept(history: History, subject: Subject, window: Window) -> Iterable[Breach]:
    """Judge each reading of a file by the last writing of it before, for the same ordinal."""
    written: dict[tuple[str, str], Observation] = {}
    judged, breaches = 0, []
    for seen in about(history, subject, Window(0, window.end, window.asked), WROTE, READ):
        place = (str(seen.data["pod"]), str(seen.data.get("file", "")))
        if seen.data["purpose"] == WROTE:
            if seen.data["code"] == 0:
                written[place] = seen
        elif place in written and seen.seq >= window.start:
            judged += 1
            breaches += _lost(written[place], seen)
    if not judged:
        raise NotApplicable("nothing that had been written was read in this window")
    return breaches


def _of_named(history: History, named: NamedPods, window: Window) -> list[Breach]:
    members: dict[str, list[Incarnation]] = {}
    for life in incarnations_of_subject(history, named.name):
        members.setdefault(named.member_of(life.first.data), []).append(life)
    owned = {claim: lives for lives in members.values() for claim in _mounted(lives[0])}
    if not owned:
        raise NotApplicable(f'the pods that "{named.name}" names mount no claims')
    breaches = []
    for former, later in (pair for lives in members.values() for pair in pairwise(lives)):
        mounted, before = _mounted(later), _mounted(former)
        if mounted != before and later.first.seq >= window.start:
            text = f"{later.name} mounts {_listed(mounted)}, the pod before it {_listed(before)}"
            breaches.append(Breach("mounts", text, (former.first, later.first)))
    ours = removals(history, "PersistentVolumeClaim")
    for name, lives in owned.items():
        claims = history.incarnations("PersistentVolumeClaim", name)
        for claim in claims:
            gone = claim.deleted
            used = gone and any(life.deleted is None or life.deleted.seq > gone.seq for life in lives)
            lost = gone and used and claim is claims[-1]  # of one that came back the next clause tells
            if gone and lost and gone.seq >= window.start and claim.uid not in ours:
                text = f"claim {name} was deleted, though its member went on; nobody asked for it"
                breaches.append(Breach("kept", text, (gone,)))
        for former, later in pairwise(claims):
            if later.first.seq >= window.start and former.uid not in ours:
                text = f"claim {name} is another one than before: uid {later.uid}, not {former.uid}"
                breaches.append(Breach("same claim", text, (former.first, later.first)))
        breaches += [breach for claim in claims for breach in _volume(history, window, claim)]
    return breaches


def _mounted(pod: Incarnation) -> list[str]:
    """Return the names of the claims that a pod mounts, in order."""
    volumes = pod.first.data["spec"].get("volumes") or ()
    return sorted(str(one["persistentVolumeClaim"]["claimName"]) for one in volumes if one.get("persistentVolumeClaim"))


def _listed(claims: list[str]) -> str:
    return ", ".join(claims) or "no claim"


def _mounts(life: Incarnation, subject: Subject, names: set[str]) -> Iterator[Breach]:
    volumes = {volume["name"]: volume for volume in life.first.data["spec"].get("volumes", [])}
    for template in sorted(names):
        wanted = f"{template}-{subject.name}-{subject.ordinal(life.name)}"
        found = volumes.get(template, {}).get("persistentVolumeClaim", {}).get("claimName", "no claim")
        if found != wanted:
            yield Breach("mounts", f"{life.name} mounts {found} as {template}, not {wanted}", (life.first,))


def _kept(history: History, subject: Subject, window: Window, claim: Incarnation, ordinal: int) -> Iterator[Breach]:
    gone = claim.deleted
    back = any(life.first.seq > claim.first.seq for life in history.incarnations("PersistentVolumeClaim", claim.name))
    if gone is None or back or gone.seq < window.start:
        return
    owner = controller(gone.data)
    if owner and owner["kind"] not in ("StatefulSet", "Pod") and claim.uid not in removals(history, claim.topic):
        yield Breach("foreign", f"claim {claim.name} was deleted, and {owner['kind']} {owner['name']} had it", (gone,))
    elif not _excused(history, subject, claim, gone, ordinal):
        yield Breach("kept", f"claim {claim.name} was deleted, and neither policy nor person asked for it", (gone,))


def _excused(history: History, subject: Subject, claim: Incarnation, gone: Observation, ordinal: int) -> bool:
    """Whether somebody deleted the claim, or the retention policy of the set may have."""
    if claim.uid in removals(history, "PersistentVolumeClaim"):
        return True
    ends = {end.uid: end for end in statefulsets.ends(history, subject.name)}
    for life in history.incarnations("StatefulSet", subject.name):
        policy = life.last.data["spec"].get("persistentVolumeClaimRetentionPolicy", {})
        if policy.get("whenDeleted") == "Delete" and life.uid in ends and ends[life.uid].at <= gone.at + history.lag:
            return True
        scaled = any(
            ordinal not in statefulsets.ordinals(state) for state in statefulsets.governing(history, subject.name, gone)
        )
        if policy.get("whenScaled") == "Delete" and scaled:
            return True
    return False


def _same_claim(history: History, subject: Subject, window: Window, name: str, ordinal: int) -> Iterator[Breach]:
    lives = history.incarnations("PersistentVolumeClaim", name)
    for former, later in pairwise(lives):
        gone = former.deleted or former.last
        if later.first.seq >= window.start and not _excused(history, subject, former, gone, ordinal):
            text = f"claim {name} is another one than before: uid {later.uid}, not {former.uid}"
            yield Breach("same claim", text, (former.first, later.first))


def _volume(history: History, window: Window, claim: Incarnation) -> Iterator[Breach]:
    bound: Observation | None = None
    for seen in claim.seen:
        name = seen.data["spec"].get("volumeName", "")
        if bound and name != bound.data["spec"]["volumeName"] and seen.seq >= window.start:
            text = f"claim {claim.name} was bound to {bound.data['spec']['volumeName']}, then to {name or 'none'}"
            yield Breach("same volume", text, (bound, seen))
            return
        bound = bound or (seen if name and _phase(seen.data) == "Bound" else None)
    if bound:
        yield from _reference(history, window, claim, bound)


def _reference(history: History, window: Window, claim: Incarnation, bound: Observation) -> Iterator[Breach]:
    for volume in history.incarnations("PersistentVolume", bound.data["spec"]["volumeName"]):
        for seen in volume.seen:
            reference = seen.data["spec"].get("claimRef", {})
            other = reference.get("uid") not in (None, claim.uid)
            in_time = seen.seq >= window.start and bound.at + history.lag < seen.at
            if other and in_time and (claim.deleted is None or seen.at < claim.deleted.at - history.lag):
                text = f"volume {volume.name} of claim {claim.name} (uid {claim.uid}) refers to uid {reference['uid']}"
                yield Breach("reference", text, (bound, seen))
                return


def _phase(claim: Object) -> str:
    return str(claim.get("status", {}).get("phase", ""))


def _lost(wrote: Observation, read: Observation) -> list[Breach]:
    file = f"{read.data.get('file')} of {read.data['pod']}"
    if read.data["code"] != 0:
        return [Breach("present", f"{file} cannot be read: {read.data.get('stderr', '')}".strip(), (wrote, read))]
    if content(read) != content(wrote):
        text = f"{file} has {content(read)!r}, written was {content(wrote)!r}"
        return [Breach("content", text, (wrote, read))]
    return []
