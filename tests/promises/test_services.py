"""Which names a set and its services have, whoever owns the pods, and why a name is not there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.history.observation import Verb
from harness.promises import conditions
from harness.promises.services import Name, read_name
from harness.promises.verdict import PROMISES, Outcome, judge
from tests.promises.histories import SUBJECT, World, whole

FULL = "svc.cluster.local"


def service(world: World, name: str, **spec: Any) -> World:
    """Let there be a service, headless and of the set's pods where nothing else is said."""
    told = {"clusterIP": "None", "selector": {"app": "web"}} | spec
    known = {"metadata": {"name": name, "uid": f"uid-of-{name}", "namespace": "ns"}, "spec": told}
    world._put("Service", Verb.ADDED, known)
    return world


def stranger(world: World, name: str, address: str, *, ready: bool = True, **more: Any) -> World:
    """Let there be a pod that no set owns."""
    status = {"phase": "Running", "podIP": address, "conditions": [{"type": "Ready", "status": str(ready)}]}
    metadata = {"name": name, "uid": f"uid-of-{name}", "namespace": "ns", "labels": more.pop("labels", {"app": "web"})}
    world._put("Pod", Verb.ADDED, {"metadata": metadata, "spec": {"containers": [], **more}, "status": status})
    return world


def world() -> World:
    return World(replicas=2).apply().settle()


def clause(scene: World) -> str:
    """Return the clause of DNS identity that is broken; empty where it is kept."""
    record = scene.close()
    verdict = judge(PROMISES["DNS identity"], record, SUBJECT, whole(record))
    assert verdict.outcome in (Outcome.KEPT, Outcome.BROKEN), verdict.observed
    return verdict.clause


@pytest.mark.parametrize("name", ["web-0.readers", "web-0.readers.ns", f"web-0.readers.ns.{FULL}."])
def test_a_second_headless_service_gives_no_pod_a_name(name: str) -> None:
    """R03: only the service that the set names does."""
    scene = service(world(), "readers").rest(30)
    assert clause(scene.ask(name, rcode="NXDOMAIN")) == ""
    assert clause(scene.ask(name, "A", scene.address(0))) == "absent"


def test_a_second_headless_service_leads_to_the_pods() -> None:
    """Its SRV records call them by their addresses, since it gives them no names."""
    scene = service(world(), "readers").rest(30)
    both = (scene.address(0), scene.address(1))
    assert clause(scene.ask(f"readers.ns.{FULL}", "A", *both)) == ""
    targets = [f"0 50 80 {address.replace('.', '-')}.readers.ns.{FULL}" for address in both]
    assert clause(scene.ask(f"_web._tcp.readers.ns.{FULL}", "SRV", *targets)) == ""
    served = conditions.serves(f"_web._tcp.readers.ns.{FULL}", "web")
    assert served.ask(scene.close(), 0).met
    assert clause(scene.ask(f"readers.ns.{FULL}", "A", both[0])) == "service"


@pytest.mark.parametrize("name", ["web-0", "web-0.ns", "web-0.ns.svc", f"web-0.ns.{FULL}", f"web-0.ns.{FULL}."])
def test_a_service_may_have_the_name_of_a_pod(name: str) -> None:
    """R05: it leads to its own address, and the pod's name has one label more."""
    scene = service(world(), "web-0", clusterIP="10.96.0.9", clusterIPs=["10.96.0.9"]).rest(30)
    assert clause(scene.ask(f"web-0.web-svc.ns.{FULL}", "A", scene.address(0)).ask(name, "A", "10.96.0.9")) == ""
    assert clause(scene.ask(name, "A", scene.address(0))) == "service"


def test_a_service_leads_to_whom_it_selects_whoever_owns_them() -> None:
    """Some of the set's pods, and pods of nobody; not those that are unready, but where it publishes them."""
    own, all_own = {"statefulset.kubernetes.io/pod-name": "web-1"}, {"app": "web"}
    scene = service(service(world(), "one", selector=own), "every", selector=all_own, publishNotReadyAddresses=True)
    stranger(stranger(scene, "tool", "10.9.0.1"), "spare", "10.9.0.2", ready=False).rest(30)
    stranger(scene, "other", "10.9.0.3", labels={"app": "other"}).rest(30)
    first, second = scene.address(0), scene.address(1)
    scene.ask("web-svc", "A", first, second, "10.9.0.1")
    scene.ask("one", "A", second)
    assert clause(scene.ask("every", "A", first, second, "10.9.0.1", "10.9.0.2")) == ""
    for name, wrong in (("web-svc", (first, second)), ("one", (first, second)), ("every", (first, second))):
        assert clause(scene.ask(name, "A", *wrong)) == "service"


def test_a_pod_that_is_no_longer_selected_has_no_name() -> None:
    scene = world()
    pod = scene.pods[1]
    pod["metadata"]["labels"].pop("app")
    scene._put("Pod", Verb.MODIFIED, pod)
    scene.rest(30).ask("web-svc", "A", scene.address(0))
    assert clause(scene.ask("web-1.web-svc", rcode="NXDOMAIN")) == ""
    assert clause(scene.ask("web-1.web-svc", "A", scene.address(1))) == "absent"


def test_a_pod_of_nobody_has_the_name_that_it_gives_itself() -> None:
    """Its hostname may be that of a replica, in a service that is not the set's."""
    scene = stranger(service(world(), "readers"), "tool", "10.9.0.1", hostname="web-0", subdomain="readers").rest(30)
    scene.ask("web-0.web-svc", "A", scene.address(0))
    assert clause(scene.ask("web-0.readers", "A", "10.9.0.1")) == ""
    assert clause(scene.ask("web-0.readers", "A", scene.address(0))) == "pod"


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "ExternalName", "externalName": "db.example.org", "clusterIP": ""},
        {"selector": None},
    ],
)
def test_where_a_service_without_pods_of_its_own_leads_is_no_promise(spec: dict[str, Any]) -> None:
    """What stands elsewhere, and slices that somebody writes, the set does not answer for."""
    scene = World(replicas=1)
    scene._spec["serviceName"] = "db"
    service(scene, "db", **spec).apply().settle().rest(30)
    assert clause(scene.ask("db", "A", "192.0.2.7")) == ""


@pytest.mark.parametrize(
    "spec",
    [
        {"clusterIP": "10.96.0.9"},
        {"type": "ExternalName", "externalName": "db.example.org", "clusterIP": ""},
        {"selector": None},
        {"selector": {"app": "nobody"}},
    ],
)
def test_a_replica_has_a_name_whatever_its_service_is_like(spec: dict[str, Any]) -> None:
    """A service that gives the replicas of its set no names is what breaks the promise, and is told."""
    scene = World(replicas=1)
    scene._put("Service", Verb.DELETED, {"metadata": {"name": "web-svc", "uid": "uid-0001"}, "spec": {}})
    service(scene, "web-svc", **spec).apply().settle().rest(30).ask("web-0.web-svc", "A", scene.address(0))
    assert clause(scene) == ""
    record = scene.ask("web-0.web-svc", rcode="NXDOMAIN").close()
    verdict = judge(PROMISES["DNS identity"], record, SUBJECT, whole(record))
    assert (verdict.clause, verdict.observed.startswith('service "web-svc" ')) == ("pod", True)


def test_a_name_of_another_namespace_is_none_of_the_sets() -> None:
    scene = service(world(), "readers").rest(30)
    scene.ask("web-0.web-svc.other.svc.cluster.local", rcode="NXDOMAIN").ask("web-svc.other.svc", rcode="NXDOMAIN")
    record = scene.close()
    assert judge(PROMISES["DNS identity"], record, SUBJECT, whole(record)).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("web-svc", Name("web-svc")),
        ("WEB-0.web-svc", Name("web-svc", "web-0")),
        ("web-0.web-svc.ns", Name("web-svc", "web-0")),
        ("web-0.web-svc.ns.svc", Name("web-svc", "web-0")),
        (f"web-0.web-svc.ns.{FULL}.", Name("web-svc", "web-0")),
        ("web-0.web-svc.ns.svc.k8s.example.org", Name("web-svc", "web-0")),
        ("web-svc.ns", Name("web-svc")),
        ("web-0.web-svc.", None),
        ("web-0.web-svc.ns.svc.", None),
        ("web-0.elsewhere", Name("elsewhere", "web-0")),
        (f"_web._tcp.web-svc.ns.{FULL}", Name("web-svc", port="web")),
        (f"web-0.svc.ns.{FULL}", Name("svc", "web-0")),
        ("web-0.ns", Name("web-0")),
        ("web-0.svc", Name("svc", "web-0")),
        (f"kubernetes.default.{FULL}", None),
        ("old.example.org", None),
        (f"a.b.web-svc.ns.{FULL}", None),
    ],
)
def test_a_name_is_read_in_every_form(text: str, name: Name | None) -> None:
    """Of two labels the first is a host where there is such a pod, as for a resolver; else the second tells."""
    scene = service(service(world(), "svc"), "ns")
    assert read_name(scene.close(), text) == name


def gone(scene: World) -> World:
    scene._put("Service", Verb.DELETED, {"metadata": {"name": "web-svc", "uid": "uid-0001"}, "spec": {}})
    return service(scene, "web")


def changed(**spec: Any) -> Callable[[World], World]:
    def change(scene: World) -> World:
        told = {"clusterIP": "None", "selector": {"app": "web"}} | spec
        scene._put("Service", Verb.MODIFIED, {"metadata": {"name": "web-svc", "uid": "uid-0001"}, "spec": told})
        return scene

    return change


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param(
            gone, 'there is no service "web-svc", which is to give web-0 its name; it is selected by "web"', id="R29"
        ),
        pytest.param(
            changed(selector={"app": "wbe"}), 'service "web-svc" selects app=wbe, and web-0 has app=web', id="selector"
        ),
        pytest.param(
            changed(selector={"tier": "db"}), "selects tier=db, and web-0 has tier=no such label", id="no label"
        ),
        pytest.param(changed(selector={}), 'service "web-svc" has no selector', id="no selector"),
        pytest.param(changed(clusterIP="10.96.0.9"), 'service "web-svc" is not headless: it has', id="not headless"),
        pytest.param(
            changed(type="ExternalName", externalName="db.example.org"), "is another name of db.example.org", id="else"
        ),
        pytest.param(lambda scene: scene.break_pod(0), "web-0 is Running, not ready, and service", id="not ready"),
    ],
)
def test_why_a_pod_has_no_name_is_said_first(change: Callable[[World], World], why: str) -> None:
    name = f"web-0.web-svc.ns.{FULL}"
    scene = change(World(replicas=2)).apply().settle().rest(30).ask(name, rcode="NXDOMAIN")
    told = conditions.leads_to(name, "web-0").ask(scene.close(), 0).observed
    assert told.startswith(why) or why in told.partition(";")[0]
    assert f"{name} was answered with nothing (NXDOMAIN)" in told


def test_the_promise_says_it_too() -> None:
    """R29: red is right, and it says that there is no such service."""
    scene = gone(World(replicas=2)).apply().settle().rest(30).ask(f"web-0.web-svc.ns.{FULL}", rcode="NXDOMAIN")
    record = scene.close()
    verdict = judge(PROMISES["DNS identity"], record, SUBJECT, whole(record))
    assert (verdict.outcome, verdict.clause) == (Outcome.BROKEN, "pod")
    assert verdict.observed.startswith('there is no service "web-svc"')


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("elsewhere", 'there is no service "elsewhere" (there are: "lone", "front", "web-svc")'),
        ("lone", 'service "lone" selects app=nobody, and no pod has that'),
        ("front", 'service "front" is not headless: it has an address of its own, 10.96.0.9'),
        ("_db._tcp.web-svc", 'service "web-svc" has no port of the name "db" (it has: none)'),
        ("web-0.lone", 'service "web-svc" gives web-0 its name; "lone" does not'),
    ],
)
def test_why_a_service_leads_to_no_pod(name: str, why: str) -> None:
    scene = service(service(world(), "lone", selector={"app": "nobody"}), "front", clusterIP="10.96.0.9")
    scene.ask(name, "SRV" if name.startswith("_") else "A", rcode="NXDOMAIN")
    condition = conditions.serves(name, "web") if name.startswith("_") else conditions.leads_to_ready(name, "web")
    assert condition.ask(scene.close(), 0).observed.startswith(f"{why}; {name} was answered with nothing")


def test_a_service_of_some_of_the_pods_is_told_to_lead_to_those() -> None:
    """That it does not lead to all pods of the set is its own choice."""
    scene = service(world(), "first", selector={"statefulset.kubernetes.io/pod-name": "web-0"})
    record = scene.ask("first", "A", scene.address(0)).close()
    assert conditions.leads_to_ready("first", "web").ask(record, 0).observed.endswith("; its service leads to web-0")
    assert conditions.leads_to_selected("first", "first").ask(record, 0).met
    assert not conditions.leads_to_selected("first", "web-svc").ask(record, 0).met
    assert conditions.leads_to_selected("x", "x").ask(record, 0).observed == "service x does not exist"


def test_a_wrong_address_needs_no_reason() -> None:
    """Where a name leads to another pod than it should, its service is there."""
    scene = gone(World(replicas=2)).apply().settle().ask("web-0.web-svc", "A", "10.0.0.99")
    scene.ask("web-0.web-svc", "A", scene.address(1))
    assert conditions.leads_to("web-0.web-svc", "web-0").ask(scene.close(), 0).observed.startswith("web-0.web-svc was")


def test_a_service_that_stands_before_some_of_the_pods_lists_those() -> None:
    """Others beside them may be there; one of the set must."""

    def lists(scene: World, *pods: str) -> bool:
        targets = [{"targetRef": {"name": pod}, "conditions": {"ready": True}} for pod in pods]
        labels = {"kubernetes.io/service-name": "one"}
        scene._put(
            "EndpointSlice", Verb.ADDED, {"metadata": {"name": "s", "uid": "s", "labels": labels}, "endpoints": targets}
        )
        return conditions.service_lists("one", "web").ask(scene.close(), 0).met

    first = {"statefulset.kubernetes.io/pod-name": "web-0"}
    assert lists(service(world(), "one", selector=first), "web-0")
    assert not lists(service(world(), "one", selector=first), "web-0", "web-1")
    assert lists(stranger(service(world(), "one"), "tool", "10.9.0.1"), "web-0", "web-1", "tool")
    tools = stranger(service(world(), "one", selector={"app": "tool"}), "tool", "10.9.0.1", labels={"app": "tool"})
    assert not lists(tools, "tool")
