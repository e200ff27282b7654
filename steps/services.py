"""Services with an address or another name, and what a pod knows of names by itself."""

from __future__ import annotations

from functools import partial

from pytest_bdd import given, then, when

from harness.faults.commands import run_command
from harness.history.observation import ANSWER, OUTPUT
from harness.manifests.editing import with_service
from harness.naming.names import reverse_name, service_name, srv_name
from harness.promises import conditions
from harness.promises.pods import addresses
from harness.scenario.judge import Judge
from harness.scenario.place import Place
from harness.scenario.sandbox import Sandbox

from .naming import ask
from .parsing import sentence

RESOLVER_FILE = "/etc/resolv.conf"
OWN_SERVICE = "kubernetes.default"


@given(sentence('service "{service:Name}" stands before "{name:Name}"'))
def service_stands_before(service: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.apply(service)
    harness_judge.awaits(conditions.service_lists(service, name))


@given(sentence('service "{service:Name}" stands for "{elsewhere:Name}"'))
@when(sentence('service "{service:Name}" comes to stand for "{elsewhere:Name}"'))
def service_stands_for(service: str, elsewhere: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(service, with_service(service, type="ExternalName", externalName=elsewhere))


@when(sentence('service "{service:Name}" gets an address of its own'))
def service_gets_an_address(service: str, harness_sandbox: Sandbox) -> None:
    harness_sandbox.apply(service, with_service(service, type="ClusterIP", ports=[{"name": "web", "port": 80}]))


@then(sentence('within {span:Span} name "{service:Name}" leads to the address of the service itself'))
def name_leads_to_service(span: float, service: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = service_name(service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_to_service(full, service), probe=again)


@then(
    sentence('within {span:Span} port "{port:Name}" of "{service:Name}" is served under the name of the service itself')
)
def port_is_served_by_service(
    span: float, port: str, service: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    full = srv_name(port, service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full, "SRV")
    targets = [service_name(service, harness_sandbox.namespace)]
    harness_judge.within(span, conditions.answers_with(full, "SRV", targets), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" is another name of "{elsewhere:Name}"'))
def name_is_another_name(
    span: float, service: str, elsewhere: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    full = service_name(service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full, "CNAME")
    harness_judge.within(span, conditions.answers_with(full, "CNAME", [elsewhere]), probe=again)


@then(sentence('within {span:Span} the address of pod "{pod:Name}" leads back to the name "{name:Name}"'))
def address_leads_back(span: float, pod: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    reverse = reverse_name(addresses(harness_sandbox.known("Pod", pod))[0])
    again = ask(harness_sandbox, reverse, "PTR")
    wanted = [service_name(name, harness_sandbox.namespace)]
    harness_judge.within(span, conditions.answers_with(reverse, "PTR", wanted), probe=again)


@then(
    sentence(
        'within {span:Span} pod "{pod:Name}" finds the ready pods of "{name:Name}" by each form of "{service:Name}"'
    )
)
def pod_finds_service(
    span: float, pod: str, name: str, service: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    forms = _forms(service, harness_sandbox.namespace)
    for form in forms:
        harness_sandbox.look(ANSWER, form, partial(Place.ask_inside, pod=pod, name=form))
    found = conditions.all_of(*(conditions.leads_to_ready(form, name) for form in forms))
    harness_judge.within(span, found, probe=lambda: [harness_sandbox.place.ask_inside(pod, form) for form in forms])


@then(sentence('pod "{pod:Name}" finds the service of the cluster by each form of its name'))
def pod_finds_cluster(pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    asked = partial(run_command, pod=pod, argv=["sh", "-c", "echo $KUBERNETES_SERVICE_HOST"], name=f"{pod}:host")
    address = str(harness_sandbox.look(OUTPUT, f"{pod}:host", asked).data["stdout"]).strip()
    forms = (OWN_SERVICE, f"{OWN_SERVICE}.svc", service_name("kubernetes", "default"))
    for form in forms:
        harness_sandbox.look(ANSWER, form, partial(Place.ask_inside, pod=pod, name=form))
    harness_judge.shows(conditions.all_of(*(conditions.answers_with(form, "A", [address]) for form in forms)))
    ask(harness_sandbox, forms[-1])
    harness_judge.shows(conditions.answers_with(forms[-1], "A", [address]))


@then(sentence('pod "{pod:Name}" knows its own address by its name and by "{name:Name}"'))
def pod_knows_itself(pod: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    names = (pod, service_name(name, harness_sandbox.namespace))
    for one in names:
        harness_sandbox.look(ANSWER, one, partial(Place.ask_inside, pod=pod, name=one))
    harness_judge.shows(conditions.all_of(*(conditions.knows_itself(one, pod) for one in names)))


@then(sentence('pod "{pod:Name}" asks name server "{server:Name}"'))
def pod_asks_server(pod: str, server: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    output = f"{pod}:{RESOLVER_FILE}"
    harness_sandbox.look(OUTPUT, output, partial(run_command, pod=pod, argv=["cat", RESOLVER_FILE], name=output))
    harness_judge.shows(conditions.printed_among(output, f"nameserver {server}"))


def _forms(service: str, namespace: str) -> tuple[str, ...]:
    return (service, f"{service}.{namespace}", f"{service}.{namespace}.svc", service_name(service, namespace))
