"""Conditions about answers, outputs, revisions and volumes rest on what was asked, run or seen since the event."""

from __future__ import annotations

from typing import Any

from harness.history.observation import ANSWER, OUTPUT, STEP, Verb
from harness.promises import conditions
from harness.promises.condition import Answer, Condition
from tests.promises.histories import World, history

POD = "web-1.web-svc.ns.svc.cluster.local"
SERVICE = "web-svc.ns.svc.cluster.local"


def ask(condition: Condition, world: World) -> Answer:
    record = world.close()
    marks = record.of(STEP)
    return condition.ask(record, marks[-1].seq if marks else 0)


def mark(world: World) -> World:
    world._emit(STEP, Verb.BEGAN, "something happens", "", {})
    return world


def test_name_leads_to_exactly_its_pod() -> None:
    """Too few, too many, or another address: the name leads elsewhere."""
    world = World().apply().settle()
    assert ask(conditions.leads_to(POD, "web-1"), world).observed == f"{POD} has not been asked for yet"
    assert ask(conditions.leads_to(POD, "web-1"), world.ask(POD, "A", world.address(1))).met
    both = (world.address(0), world.address(1))
    assert not ask(conditions.leads_to(POD, "web-1"), world.ask(POD, "A", *both)).met
    assert not ask(conditions.leads_to(POD, "web-1"), world.ask(POD, "A", world.address(2))).met
    assert ask(conditions.leads_to(POD, "web-9"), world).observed == "web-9 does not exist"


def test_name_leads_nowhere_while_its_pod_has_no_address() -> None:
    """No answer, and a pod without an address: that they agree is no way to lead to the pod."""
    world = World().apply().observe().sync()
    assert not ask(conditions.leads_to("web-0.web-svc", "web-0"), world.ask("web-0.web-svc", "A", rcode="NXDOMAIN")).met
    assert not ask(conditions.leads_to_ready(SERVICE, "web"), world.ask(SERVICE, "A", rcode="NXDOMAIN")).met
    assert not ask(conditions.serves(SERVICE, "web"), world.ask(SERVICE, "SRV", rcode="NXDOMAIN")).met


def test_name_leads_to_a_new_pod() -> None:
    """After the event only another pod than before is a new one, and only an answer since then counts."""
    world = World().apply().settle()
    mark(world.ask(POD, "A", world.address(1)))
    assert not ask(conditions.leads_to(POD, "web-1"), world).met
    world.ask(POD, "A", world.address(1))
    assert "still the pod it was" in ask(conditions.leads_to(POD, "web-1", new=True), world).observed
    world.delete(1).settle().ask(POD, "A", world.address(1))
    assert ask(conditions.leads_to(POD, "web-1", new=True), world).met


def test_service_leads_to_the_ready_pods() -> None:
    """A pod that is not ready must not be among the answers; a ready one must."""
    world = World().apply().settle().break_pod(2).settle()
    world.ask(SERVICE, "A", world.address(0), world.address(1))
    world.ask(SERVICE, "SRV", "0 50 80 web-0.web-svc.ns.svc", "0 50 80 web-1.web-svc.ns.svc")
    for condition in (conditions.leads_to_ready(SERVICE, "web"), conditions.serves(SERVICE, "web")):
        assert ask(condition, world).met
    world.mend_pod(2).settle()
    for condition in (conditions.leads_to_ready(SERVICE, "web"), conditions.serves(SERVICE, "web")):
        assert not ask(condition, world).met


def test_no_name_and_no_record() -> None:
    """NXDOMAIN says that there is no name; an empty answer, that it has no record of this type."""
    world = World().ask(POD, "A", rcode="NXDOMAIN").ask(POD, "AAAA")
    assert ask(conditions.leads_nowhere(POD), world).met
    assert ask(conditions.no_record(POD, "AAAA"), world).met
    world.ask(POD, "A", "10.0.0.1").ask(POD, "AAAA", rcode="NXDOMAIN")
    assert not ask(conditions.leads_nowhere(POD), world).met
    assert not ask(conditions.no_record(POD, "AAAA"), world).met


def test_what_a_command_printed() -> None:
    """The newest output counts, and what went wrong is told with it."""
    world = World()
    assert ask(conditions.printed("hostname", "web-0"), world).observed == "nothing was run as hostname"
    world._emit(OUTPUT, Verb.DONE, "hostname", "", {"stdout": "web-0\n", "stderr": "", "code": 0})
    assert ask(conditions.printed("hostname", "web-0"), world).met
    world._emit(OUTPUT, Verb.DONE, "hostname", "", {"stdout": "", "stderr": "no such program", "code": 127})
    assert ask(conditions.printed("hostname", "web-0"), world).observed == "hostname printed '' (no such program)"
    assert not ask(conditions.printed("hostname", ""), world).met


def test_what_a_command_printed_among_other_lines() -> None:
    """Each line must be there, whole; more lines may be."""
    world = World()
    wanted = conditions.printed_among("file", "nameserver 192.0.2.53", "search a b")
    assert ask(wanted, world).observed == "nothing was run as file"
    world._emit(OUTPUT, Verb.DONE, "file", "", {"stdout": "search a b\nnameserver 192.0.2.5\n", "code": 0})
    assert not ask(wanted, world).met
    world._emit(OUTPUT, Verb.DONE, "file", "", {"stdout": "search a b\nnameserver 192.0.2.53\noptions x\n", "code": 0})
    assert ask(wanted, world).met


def test_records_of_a_name_are_compared_whole() -> None:
    """Exactly these records of this type, of SRV the targets; nothing wanted is nothing to be met."""
    world = World().ask(SERVICE, "CNAME", "old.example.org")
    assert ask(conditions.answers_with(SERVICE, "CNAME", ["old.example.org"]), world).met
    told = ask(conditions.answers_with(SERVICE, "CNAME", ["new.example.org"]), world)
    assert (told.met, told.observed) == (False, f"{SERVICE} was answered with old.example.org (NOERROR)")
    assert ask(conditions.answers_with(SERVICE, "A", ["10.0.0.1"]), world).observed.endswith("not been asked for yet")
    assert not ask(conditions.answers_with(SERVICE, "CNAME", []), world.ask(SERVICE, "CNAME")).met
    world.ask(SERVICE, "SRV", "0 100 80 front.ns.svc.cluster.local")
    assert ask(conditions.answers_with(SERVICE, "SRV", ["front.ns.svc.cluster.local"]), world).met


def test_name_leads_to_the_service_itself() -> None:
    """The one address that the service has of its own, and no pod's."""
    world = World().apply().settle().ask(SERVICE, "A", "10.96.0.9")
    assert ask(conditions.leads_to_service(SERVICE, "front"), world).observed == "service front does not exist"
    front = {"metadata": {"name": "front", "uid": "f"}, "spec": {"clusterIP": "None"}}
    world._put("Service", Verb.ADDED, front)
    assert ask(conditions.leads_to_service(SERVICE, "front"), world).observed.endswith("no address of its own")
    world._put("Service", Verb.MODIFIED, front | {"spec": {"clusterIP": "10.96.0.9"}})
    assert ask(conditions.leads_to_service(SERVICE, "front"), world).met
    assert not ask(conditions.leads_to_service(SERVICE, "front"), world.ask(SERVICE, "A", world.address(0))).met


def test_pod_knows_itself_only_without_a_server() -> None:
    """The same address from a server is no knowledge of its own."""

    def told(server: str) -> Answer:
        world = World().apply().settle()
        data = {"question": "web-0", "type": "A", "rcode": "NOERROR", "records": [world.address(0)], "server": server}
        world._emit(ANSWER, Verb.DONE, "web-0", "", data)
        return ask(conditions.knows_itself("web-0", "web-0"), world)

    assert told("/etc/hosts").met
    assert (told("10.96.0.10").met, told("10.96.0.10").observed.endswith("told by 10.96.0.10")) == (False, True)
    assert not ask(conditions.knows_itself("web-0", "web-0"), World().apply().settle()).met


def test_what_an_event_created_and_replaced() -> None:
    """Exactly these pods, each once; and none that was there is another one now."""
    world = mark(World(replicas=2).apply().settle()).change(replicas=3).settle()
    assert ask(conditions.created_only("web-2"), world).met
    assert ask(conditions.created_only("web-1", "web-2"), world).observed == "created: web-2"
    assert ask(conditions.none_replaced("web"), world).observed == "replaced: web-2"
    mark(world)
    assert ask(conditions.none_replaced("web"), world).met
    world.delete(0)
    assert ask(conditions.none_replaced("web"), world).observed == "replaced: web-0"


def test_revisions() -> None:
    """A rollout makes a new revision; going back uses the former one again."""
    world = World(replicas=1)
    mark(world.apply().settle())
    assert not ask(conditions.new_revision("web"), world).met
    world.change(image="app:v2")
    assert not ask(conditions.new_revision("web"), world).met
    world.settle()
    assert ask(conditions.new_revision("web"), world).met
    assert ask(conditions.former_revision("web"), world).observed.endswith("made by this rollout")
    world._put("ControllerRevision", Verb.DELETED, world.revisions["web-v2"])
    assert ask(conditions.former_revision("web"), world).observed.endswith("which does not exist")
    mark(world).change(image="app:v1").settle()
    assert ask(conditions.former_revision("web"), world).met
    assert ask(conditions.new_revision("other"), world).observed == 'StatefulSet "other" does not exist'


def test_what_a_volume_offers() -> None:
    """Size and access mode, both exactly."""
    spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}
    record = history(
        ("PersistentVolume", Verb.ADDED, "pv001", {"metadata": {"name": "pv001", "uid": "1"}, "spec": spec})
    )
    assert conditions.offers("pv001", "1Gi", "ReadWriteOnce").ask(record, 0).met
    assert not conditions.offers("pv001", "2Gi", "ReadWriteOnce").ask(record, 0).met
    assert not conditions.offers("pv001", "1Gi", "ReadWriteMany").ask(record, 0).met
    assert conditions.offers("pv002", "1Gi", "ReadWriteOnce").ask(record, 0).observed == "volume pv002 does not exist"


def test_pod_that_waits_for_its_claim() -> None:
    """The claim, and nothing else, must be what holds the pod back."""
    volumes = [{"name": "www", "persistentVolumeClaim": {"claimName": "www-web-0"}}]
    pod: dict[str, Any] = {
        "metadata": {"name": "web-0", "uid": "pod"},
        "spec": {"volumes": volumes},
        "status": {"phase": "Pending"},
    }
    claim = {"metadata": {"name": "www-web-0", "uid": "claim"}, "spec": {}, "status": {"phase": "Pending"}}
    told = {"metadata": {"uid": "event"}, "involvedObject": {"name": "www-web-0"}, "reason": "FailedBinding"}
    seen = [("PersistentVolumeClaim", Verb.ADDED, "www-web-0", claim), ("Pod", Verb.ADDED, "web-0", pod)]
    waits = conditions.held_back_by_claim("web-0")
    assert waits.ask(history(), 0).observed == "web-0 does not exist"
    assert waits.ask(history(*seen), 0).observed == "nothing is known to hold web-0 back"
    assert waits.ask(history(*seen, ("Event", Verb.ADDED, "event", told)), 0).met
